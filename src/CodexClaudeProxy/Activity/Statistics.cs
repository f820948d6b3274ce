using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>What statistics are wanted.</summary>
/// <param name="From">Null for the beginning.</param>
internal sealed record StatisticsRange(DateTimeOffset? From, DateTimeOffset To);

/// <param name="BucketSeconds">The length of one point of the series.</param>
/// <param name="Previous">The time of the same length before; null when there is none.</param>
/// <param name="Since">The beginning of what is known; null when nothing is.</param>
internal sealed record StatisticsReport(
    DateTimeOffset From, DateTimeOffset To, int BucketSeconds, Tally Totals, IReadOnlyList<(DateTimeOffset At, Tally Tally)> Series,
    IReadOnlyList<(string? Key, Tally Tally)> Groups, Tally? Previous, DateTimeOffset? Since);

/// <summary>
/// Answers what happened in a time. A short and quiet one is counted request by request, to the minute; longer ones come from the
/// rollups, in full hours, and beyond a month in full days (UTC).
/// </summary>
internal static class Statistics
{
    private const int MostGroups = 200;

    /// <summary>More requests than these are not counted one by one.</summary>
    private const int MostRows = 20_000;

    private static readonly TimeSpan LongestByRows = TimeSpan.FromHours(25);
    private static readonly TimeSpan LongestByHours = TimeSpan.FromDays(32);

    /// <summary>Longer ones begin where something is known.</summary>
    private static readonly TimeSpan LongestSeries = TimeSpan.FromDays(400);

    private static readonly Tally Nothing = new();

    public static StatisticsReport Of(Database database, StatisticsRange range, Dimension by)
    {
        long? since = Since(database);
        // In full seconds; the one that has begun counts.
        long to = (range.To.ToUnixTimeMilliseconds() + 999) / 1000;
        long from = range.From?.ToUnixTimeSeconds() ?? since ?? to;
        TimeSpan length = TimeSpan.FromSeconds(Math.Max(0, to - from));

        var totals = new Tally();
        var previous = new Tally();
        Dictionary<long, Tally> series = [];
        Dictionary<long, Tally> groups = [];
        long before = from - (to - from);
        int bucket;
        if (length <= LongestByRows && CountOf(database, before, to) <= MostRows)
        {
            bucket = length <= TimeSpan.FromHours(2) ? 60 : 900;
            ReadRows(database, before, from, Dimension.None, (_, _) => [previous]);
            ReadRows(database, from, to, by, (at, word) => word is { } value ? [totals, At(series, at - at % bucket), At(groups, value)] : [totals, At(series, at - at % bucket)]);
        }
        else
        {
            int span = length <= LongestByHours ? Rollups.Hour : Rollups.Day;
            bucket = length <= TimeSpan.FromDays(8) ? Rollups.Hour : length <= LongestByHours ? 4 * Rollups.Hour : Rollups.Day;
            if (length > LongestSeries) from = Math.Max(from, since ?? to);
            from -= from % span;
            before -= before % span;
            // A tally has two histograms: adding one up for each bucket first is less work than adding each twice.
            Rollups.Read(database, span, Dimension.None, from, to, (at, _) => At(series, at - at % bucket));
            foreach (Tally tally in series.Values) totals.Add(tally);
            Rollups.Read(database, span, Dimension.None, before, from, (_, _) => previous);
            if (by != Dimension.None)
            {
                // There may be tens of thousands of sessions, and a tally is not small.
                HashSet<long> largest = Rollups.Largest(database, span, by, from, to, MostGroups);
                Rollups.Read(database, span, by, from, to, (_, word) => largest.Contains(word) ? At(groups, word) : null);
            }
        }

        var words = new Words(database);
        return new StatisticsReport(
            Time(from), range.To, bucket, totals, [.. Buckets(series, from, to, bucket)],
            [.. groups.OrderByDescending(group => group.Value.Requests).Take(MostGroups).Select(group => (words.TextOf(group.Key), group.Value))],
            range.From is null || previous.Requests == 0 ? null : previous,
            since is { } known ? Time(known) : null);
    }

    /// <summary>In seconds since 1970, as exactly as it is still known; null when nothing was ever kept.</summary>
    private static long? Since(Database database)
    {
        if (Oldest(Rollups.Day) is not { } since) return null;
        if (Oldest(Rollups.Hour) is { } hour && hour - since < Rollups.Day) since = hour;
        return database.Number("SELECT min(ended) FROM requests") / 1000 is { } row && row - since < Rollups.Hour ? row : since;

        long? Oldest(int span) => database.Number($"SELECT min(at) FROM rollups WHERE span = {span} AND dimension = 0");
    }

    /// <summary>How many requests there were, at most: in full hours.</summary>
    private static long CountOf(Database database, long from, long to)
    {
        var count = new Tally();
        Rollups.Read(database, Rollups.Hour, Dimension.None, from - from % Rollups.Hour, to, (_, _) => count);
        return count.Requests;
    }

    private static void ReadRows(Database database, long from, long to, Dimension by, Func<long, long?, Tally[]> targets)
    {
        // Unknown is a group like any other, except that most requests have no error and are no side calls.
        string group = by switch { Dimension.None => "NULL", Dimension.ErrorType => "error_type", Dimension.SideCall => "side", _ => $"ifnull({ColumnOf(by)}, 0)" };
        Statement rows = database.Prepare($"""
            SELECT ended / 1000, {group}, outcome, first_token, total, fresh, cached, written, output, reasoning FROM requests
            WHERE ended >= ? AND ended < ?
            """).Bind(1, from * 1000).Bind(2, to * 1000);
        while (rows.Step())
        {
            RequestTokens? tokens = rows.Number(5) is { } fresh ? new RequestTokens(fresh, rows.Long(6), rows.Long(7), rows.Long(8), rows.Long(9), false) : null;
            foreach (Tally tally in targets(rows.Long(0), rows.Number(1))) tally.Add((RequestOutcome)rows.Long(2), tokens, (int?)rows.Number(3), (int)rows.Long(4));
        }

        rows.Reset();
    }

    private static string ColumnOf(Dimension by) => by switch
    {
        Dimension.Account => "account",
        Dimension.Model => "upstream",
        Dimension.RequestedModel => "requested",
        Dimension.Project => "project",
        _ => "session",
    };

    /// <summary>Every bucket of the time, also those without a request.</summary>
    private static IEnumerable<(DateTimeOffset, Tally)> Buckets(Dictionary<long, Tally> series, long from, long to, int bucket)
    {
        for (long at = from - from % bucket; at < to; at += bucket) yield return (Time(at), series.GetValueOrDefault(at) ?? Nothing);
    }

    private static Tally At(Dictionary<long, Tally> tallies, long key)
    {
        if (!tallies.TryGetValue(key, out Tally? tally)) tallies[key] = tally = new Tally();
        return tally;
    }

    private static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);
}
