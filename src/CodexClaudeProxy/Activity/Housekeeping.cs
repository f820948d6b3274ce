using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>Keeps the file within its bounds: the oldest requests go first, their sums stay.</summary>
internal static class Housekeeping
{
    /// <summary>How many requests keep their attempts and selections.</summary>
    private const int DetailsKept = 20_000;

    /// <summary>Rows removed in one transaction: others must not wait long.</summary>
    private const int Portion = 5_000;

    /// <summary>Once at the limit, room is made for a while.</summary>
    private const double Target = 0.9;

    private static readonly TimeSpan HoursKept = TimeSpan.FromDays(100);
    private static readonly TimeSpan SessionDaysKept = TimeSpan.FromDays(400);

    public static void DropOldDetails(Database database) =>
        database.Prepare("DELETE FROM details WHERE id <= (SELECT max(id) FROM requests) - ?").Bind(1, DetailsKept).Run();

    /// <returns>True when something was dropped; words may be among it.</returns>
    public static bool KeepWithin(Database database, long limit, DateTimeOffset now)
    {
        if (UsedBytes(database) <= limit) return false;
        DropOldRollups(database, now);
        bool dropped = true;
        while (dropped && UsedBytes(database) > limit * Target)
        {
            database.InTransaction(() => dropped = DropOldest(database));
            database.Execute("PRAGMA incremental_vacuum");
        }

        DropUnusedWords(database);
        database.Execute("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
        return true;
    }

    private static bool DropOldest(Database database)
    {
        if (database.Number($"SELECT max(id) FROM (SELECT id FROM requests ORDER BY id LIMIT {Portion})") is not { } last) return false;
        foreach (string table in (ReadOnlySpan<string>)["requests", "details"]) database.Prepare($"DELETE FROM {table} WHERE id <= ?").Bind(1, last).Run();
        return true;
    }

    private static void DropOldRollups(Database database, DateTimeOffset now) => database.InTransaction(() =>
    {
        foreach (string table in (ReadOnlySpan<string>)["rollups", "tokens"])
        {
            database.Prepare($"DELETE FROM {table} WHERE span = ? AND at < ?").Bind(1, Rollups.Hour).Bind(2, (now - HoursKept).ToUnixTimeSeconds()).Run();
            database.Prepare($"DELETE FROM {table} WHERE span = ? AND dimension = ? AND at < ?")
                .Bind(1, Rollups.Day).Bind(2, (long)Dimension.Session).Bind(3, (now - SessionDaysKept).ToUnixTimeSeconds()).Run();
        }
    });

    /// <summary>Sessions and conversations are the words that come and go.</summary>
    private static void DropUnusedWords(Database database) => database.InTransaction(() => database.Execute("""
        DELETE FROM words WHERE id NOT IN (
          SELECT word FROM rollups
          UNION SELECT session FROM requests WHERE session IS NOT NULL UNION SELECT conversation FROM requests WHERE conversation IS NOT NULL
          UNION SELECT agent FROM requests WHERE agent IS NOT NULL UNION SELECT client FROM requests WHERE client IS NOT NULL
          UNION SELECT path FROM requests UNION SELECT lane FROM requests WHERE lane IS NOT NULL
          UNION SELECT effort FROM requests WHERE effort IS NOT NULL UNION SELECT stop FROM requests WHERE stop IS NOT NULL
          UNION SELECT error_code FROM requests WHERE error_code IS NOT NULL
          UNION SELECT requested FROM requests WHERE requested IS NOT NULL UNION SELECT upstream FROM requests WHERE upstream IS NOT NULL
          UNION SELECT account FROM requests WHERE account IS NOT NULL UNION SELECT project FROM requests WHERE project IS NOT NULL
          UNION SELECT error_type FROM requests WHERE error_type IS NOT NULL)
        """));

    private static long UsedBytes(Database database) =>
        ((database.Number("PRAGMA page_count") ?? 0) - (database.Number("PRAGMA freelist_count") ?? 0)) * (database.Number("PRAGMA page_size") ?? 0);
}
