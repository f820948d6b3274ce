using System.Diagnostics;
using System.Globalization;
using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>
/// Finds requests in the file. The list is read backwards in stretches of ids until a page is full or the time is used up: then
/// the page is short, and the next one goes on where this one stopped. So no filter, however rare what it lets through, takes long.
/// </summary>
internal static class RequestSearch
{
    private const int Stretch = 4_000;

    /// <summary>For an export, which nobody watches.</summary>
    private const int LongStretch = 20_000;

    /// <summary>Requests are written in the order of their end, except by two processes, which are a second apart at most.</summary>
    private const long OutOfOrderMs = 60_000;

    private const int MostWords = 500;

    /// <summary>Where a text is looked for, beside the error's message.</summary>
    private static readonly string[] NamedColumns = ["requested", "upstream", "session", "project", "error_type", "error_code"];

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(60);

    /// <param name="before">The cursor of the page before, or null.</param>
    public static RequestPage List(Database database, RequestFilter filter, int limit, string? before)
    {
        long start = Stopwatch.GetTimestamp();
        long lowest = First(database, filter.From) ?? long.MaxValue;
        long end = Math.Min(Cursor(before), Last(database, filter.To) + 1 ?? 0);
        (string condition, Action<Statement> bind) = ConditionOf(database, filter);
        string sql = $"SELECT {RequestRows.Columns} FROM requests WHERE id >= ?1 AND id < ?2 {condition} ORDER BY id DESC LIMIT ?3";

        var words = new Words(database);
        var found = new List<RequestEntry>();
        long lastId = 0;
        while (end > lowest && found.Count <= limit)
        {
            long begin = Math.Max(lowest, end - Stretch);
            Statement rows = database.Prepare(sql).Bind(1, begin).Bind(2, end).Bind(3, limit + 1 - found.Count);
            bind(rows);
            while (rows.Step())
            {
                if (found.Count == limit) return new RequestPage(found, Text(lastId));
                found.Add(RequestRows.Read(rows, words));
                lastId = rows.Long(0);
            }

            end = begin;
            if (end > lowest && Stopwatch.GetElapsedTime(start) > Patience) return new RequestPage(found, Text(end));
        }

        return new RequestPage(found, null);
    }

    public static RequestEntry? Find(Database database, string id)
    {
        Statement row = database.Prepare($"SELECT {RequestRows.Columns} FROM requests WHERE request = ?").Bind(1, RequestRows.KeyOf(id));
        if (!row.Step()) return null;
        Statement detail = database.Prepare("SELECT json FROM details WHERE id = ?").Bind(1, row.Long(0));
        return RequestRows.Read(row, new Words(database)) with { Detail = detail.Step() ? detail.Bytes(0).ToArray() : default };
    }

    /// <summary>A part of the requests that are meant, oldest first, so that nobody has to hold them all or the file for long. It may be short, or empty, and the next one not.</summary>
    /// <param name="after">Where the part before ended; 0 for the first.</param>
    public static RequestPart Part(Database database, RequestFilter filter, long after, int size)
    {
        long last = Last(database, filter.To) ?? 0;
        long begin = Math.Max(after, (First(database, filter.From) ?? long.MaxValue) - 1);
        if (begin >= last) return new RequestPart([], null);

        long end = Math.Min(last, begin + LongStretch);
        (string condition, Action<Statement> bind) = ConditionOf(database, filter);
        Statement rows = database.Prepare($"SELECT {RequestRows.Columns} FROM requests WHERE id > ?1 AND id <= ?2 {condition} ORDER BY id LIMIT ?3").Bind(1, begin).Bind(2, end).Bind(3, size);
        bind(rows);
        var words = new Words(database);
        var entries = new List<RequestEntry>();
        while (rows.Step())
        {
            entries.Add(RequestRows.Read(rows, words));
            if (entries.Count == size) end = rows.Long(0);
        }

        return new RequestPart(entries, end < last ? end : null);
    }

    /// <summary>The newest requests of a session or conversation, the oldest of them first; of those that were tried more than once with the detail.</summary>
    public static IReadOnlyList<RequestEntry> Turns(Database database, RequestFilter filter, int most)
    {
        (string condition, Action<Statement> bind) = ConditionOf(database, filter);
        Statement rows = database.Prepare($"""
            SELECT {RequestRows.Columns}, CASE WHEN attempts > 1 THEN (SELECT json FROM details WHERE details.id = requests.id) END FROM requests
            WHERE id >= ?1 AND id < ?2 {condition} ORDER BY id DESC LIMIT ?3
            """).Bind(1, 0).Bind(2, long.MaxValue).Bind(3, most);
        bind(rows);
        var words = new Words(database);
        var turns = new List<RequestEntry>();
        while (rows.Step()) turns.Add(RequestRows.Read(rows, words) with { Detail = rows.Bytes(37).ToArray() });
        turns.Reverse();
        return turns;
    }

    /// <summary>The numbers of the user agents that belong to a client. Each is in the rollups of some day.</summary>
    private static List<long> Clients(Database database, Words words, string name)
    {
        Statement agents = database.Prepare("SELECT DISTINCT word FROM rollups WHERE span = ? AND dimension = ? AND word <> 0").Bind(1, Rollups.Day).Bind(2, (long)Dimension.Client);
        var found = new List<long>();
        while (agents.Step())
        {
            if (ClientName.Fits(name, words.TextOf(agents.Long(0)))) found.Add(agents.Long(0));
        }

        agents.Reset();
        return found;
    }

    /// <summary>The numbers of what was written of a key. Each is in the rollups of some day.</summary>
    private static List<long> Keys(Database database, string key)
    {
        Statement texts = database.Prepare("SELECT DISTINCT rollups.word, words.text FROM rollups JOIN words ON words.id = rollups.word WHERE span = ? AND dimension = ?").Bind(1, Rollups.Day).Bind(2, (long)Dimension.Key);
        var found = new List<long>();
        while (texts.Step())
        {
            if (KeyName.Fits(key, texts.Text(1))) found.Add(texts.Long(0));
        }

        texts.Reset();
        return found;
    }

    private static long Cursor(string? before) =>
        before is null ? long.MaxValue : long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : 0;

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>The lowest id that can belong to the time.</summary>
    private static long? First(Database database, DateTimeOffset? from) => from is { } time
        ? Number(database.Prepare("SELECT id FROM requests WHERE ended >= ? ORDER BY ended LIMIT 1").Bind(1, time.ToUnixTimeMilliseconds() - OutOfOrderMs))
        : database.Number("SELECT min(id) FROM requests");

    private static long? Last(Database database, DateTimeOffset? to) => to is { } time
        ? Number(database.Prepare("SELECT id FROM requests WHERE ended < ? ORDER BY ended DESC LIMIT 1").Bind(1, time.ToUnixTimeMilliseconds() + OutOfOrderMs))
        : database.Number("SELECT max(id) FROM requests");

    private static long? Number(Statement statement)
    {
        long? number = statement.Step() ? statement.Number(0) : null;
        statement.Reset();
        return number;
    }

    /// <summary>What the filter says, as SQL, and what binds its values. A word that was never written fits nothing.</summary>
    private static (string Sql, Action<Statement> Bind) ConditionOf(Database database, RequestFilter filter)
    {
        var words = new Words(database);
        var sql = new List<string>();
        var values = new List<object>();
        Word("account", filter.Account);
        Word("path", filter.Path);
        Word("conversation", filter.Conversation);
        Word("session", filter.Session);
        Word("upstream", filter.UpstreamModel);
        Word("requested", filter.RequestedModel);
        Word("project", filter.Project);
        Word("error_type", filter.ErrorType);
        if (filter.Key is { } key) sql.Add($"access_key IN ({string.Join(',', Keys(database, key))})");
        if (filter.Client is { } client) sql.Add($"client IN ({string.Join(',', Clients(database, words, client))})");
        if (filter.Unknown != Dimension.None) sql.Add($"{StatisticsReading.ColumnOf(filter.Unknown)} IS NULL");
        if (filter.Side is RequestFilter.AnySide or RequestFilter.NoSide) sql.Add($"side IS {(filter.Side == RequestFilter.AnySide ? "NOT NULL" : "NULL")}");
        else Word("side", filter.Side);
        if (filter.Model is { } model) sql.Add($"(requested = {Value(words.Find(model) ?? -1)} OR upstream = {Value(words.Find(model) ?? -1)})");
        // The first half names the index.
        if (filter.Outcome is { } outcome) sql.Add((outcome == RequestOutcome.Ok ? "" : "outcome <> 0 AND ") + $"outcome = {(int)outcome}");
        if (filter.From is { } from) sql.Add($"ended >= {Value(from.ToUnixTimeMilliseconds())}");
        if (filter.To is { } to) sql.Add($"ended < {Value(to.ToUnixTimeMilliseconds())}");
        if (filter.Text is { } text) sql.Add(Containing(text));

        return (string.Concat(sql.Select(part => $" AND {part}")), statement =>
        {
            for (int i = 0; i < values.Count; i++)
            {
                if (values[i] is long number) statement.Bind(i + 4, number);
                else statement.Bind(i + 4, (string)values[i]);
            }
        });

        // SQLite counts the values by these numbers, wherever they stand.
        string Value(object value)
        {
            values.Add(value);
            return $"?{values.Count + 3}";
        }

        void Word(string column, string? word)
        {
            if (word is not null) sql.Add($"{column} = {Value(words.Find(word) ?? -1)}");
        }

        string Containing(string part)
        {
            string like = "%" + part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            Statement matching = database.Prepare("SELECT id FROM words WHERE text LIKE ? ESCAPE '\\' ORDER BY id DESC LIMIT ?").Bind(1, like).Bind(2, MostWords);
            var ids = new List<long>();
            while (matching.Step()) ids.Add(matching.Long(0));
            matching.Reset();
            string among = string.Join(',', ids);
            string named = string.Join(" OR ", NamedColumns.Select(column => $"{column} IN ({among})"));
            return $"({named} OR error_message LIKE {Value(like)} ESCAPE '\\')";
        }
    }
}
