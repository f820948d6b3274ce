using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>What the requests of a rollup have in common. The numbers are in the file.</summary>
internal enum Dimension { None = 0, Account = 1, Model = 2, RequestedModel = 3, Project = 4, Session = 5, ErrorType = 6, SideCall = 7, Client = 8, Key = 9 }

/// <summary>
/// The table <c>rollups</c>: for each hour and each day, and each value of each dimension, what the requests add up to. One dimension
/// at a time, so their number does not multiply; a number of 0 stands for an unknown value.
/// </summary>
internal static class Rollups
{
    public const int Hour = 3_600;
    public const int Day = 86_400;

    private const string Sums = "requests, failed, departed, measured, fresh, cached, written, output, reasoning, first_token, total";

    public static readonly Dimension[] Dimensions = Enum.GetValues<Dimension>();

    public static string? ValueOf(RequestEntry entry, Dimension dimension) => dimension switch
    {
        Dimension.Account => entry.Account,
        Dimension.Model => entry.UpstreamModel,
        Dimension.RequestedModel => entry.RequestedModel,
        Dimension.Project => entry.Project,
        Dimension.Session => entry.Session,
        Dimension.ErrorType => entry.ErrorType,
        Dimension.SideCall => entry.SideCall,
        Dimension.Client => entry.UserAgent,
        Dimension.Key => entry.Key,
        _ => null,
    };

    /// <summary>Only failures have an error, few requests are side calls, and without keys none has one: the others are no group of their own.</summary>
    public static bool IsOfSome(Dimension dimension) => dimension is Dimension.ErrorType or Dimension.SideCall or Dimension.Key;

    public static bool Counts(RequestEntry entry, Dimension dimension) => !IsOfSome(dimension) || ValueOf(entry, dimension) is not null;

    /// <summary>Adds a batch of requests.</summary>
    public static void Add(Database database, Words words, IEnumerable<RequestEntry> entries)
    {
        Dictionary<(int Span, Dimension Dimension, long At, long Word), Tally> added = [];
        foreach (RequestEntry entry in entries)
        {
            foreach (Dimension dimension in Dimensions)
            {
                if (!Counts(entry, dimension)) continue;
                long word = words.IdOf(ValueOf(entry, dimension)) ?? 0;
                foreach (int span in (ReadOnlySpan<int>)[Hour, Day])
                {
                    long seconds = entry.Ended.ToUnixTimeSeconds();
                    (int, Dimension, long, long) key = (span, dimension, seconds - seconds % span, word);
                    if (!added.TryGetValue(key, out Tally? tally)) added[key] = tally = new Tally();
                    tally.Add(entry);
                }
            }
        }

        foreach (((int span, Dimension dimension, long at, long word), Tally tally) in added) Add(database, span, dimension, at, word, tally);
    }

    /// <summary>Adds the rollups of a time to the tallies they belong to.</summary>
    /// <param name="from">In seconds since 1970, the first one.</param>
    /// <param name="to">The first one that does not count any more.</param>
    /// <param name="target">Time and number of the value → where to add, or null.</param>
    public static void Read(Database database, int span, Dimension dimension, long from, long to, Func<long, long, Tally?> target)
    {
        Statement rows = database.Prepare($"SELECT at, word, {Sums} FROM rollups WHERE span = ? AND dimension = ? AND at >= ? AND at < ?")
            .Bind(1, span).Bind(2, (long)dimension).Bind(3, from).Bind(4, to);
        while (rows.Step())
        {
            if (target(rows.Long(0), rows.Long(1)) is { } tally) Read(rows, 2, tally);
        }

        rows.Reset();
    }

    /// <summary>The values with most requests in a time.</summary>
    public static HashSet<long> Largest(Database database, int span, Dimension dimension, long from, long to, int count)
    {
        var largest = new HashSet<long>();
        Statement rows = database.Prepare("SELECT word FROM rollups WHERE span = ? AND dimension = ? AND at >= ? AND at < ? GROUP BY word ORDER BY sum(requests) DESC LIMIT ?")
            .Bind(1, span).Bind(2, (long)dimension).Bind(3, from).Bind(4, to).Bind(5, count);
        while (rows.Step()) largest.Add(rows.Long(0));
        rows.Reset();
        return largest;
    }

    /// <summary>Adds a tally to what is there.</summary>
    public static void Add(Database database, int span, Dimension dimension, long at, long word, Tally tally)
    {
        Statement known = database.Prepare($"SELECT {Sums} FROM rollups WHERE span = ? AND dimension = ? AND at = ? AND word = ?")
            .Bind(1, span).Bind(2, (long)dimension).Bind(3, at).Bind(4, word);
        if (known.Step()) Read(known, 0, tally);
        known.Reset();
        database.Prepare($"INSERT OR REPLACE INTO rollups(span, dimension, at, word, {Sums}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
            .Bind(1, span).Bind(2, (long)dimension).Bind(3, at).Bind(4, word)
            .Bind(5, tally.Requests).Bind(6, tally.Failed).Bind(7, tally.Left).Bind(8, tally.Measured)
            .Bind(9, tally.Fresh).Bind(10, tally.Cached).Bind(11, tally.Written).Bind(12, tally.Output).Bind(13, tally.Reasoning)
            .Bind(14, tally.FirstToken.Write()).Bind(15, tally.Total.Write())
            .Run();
    }

    /// <summary>Adds the sums of a row to what is there.</summary>
    private static void Read(Statement row, int column, Tally tally)
    {
        tally.Requests += row.Long(column);
        tally.Failed += row.Long(column + 1);
        tally.Left += row.Long(column + 2);
        tally.Measured += row.Long(column + 3);
        tally.Fresh += row.Long(column + 4);
        tally.Cached += row.Long(column + 5);
        tally.Written += row.Long(column + 6);
        tally.Output += row.Long(column + 7);
        tally.Reasoning += row.Long(column + 8);
        tally.FirstToken.Read(row.Bytes(column + 9));
        tally.Total.Read(row.Bytes(column + 10));
    }
}
