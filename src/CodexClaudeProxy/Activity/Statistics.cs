using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>What statistics are wanted.</summary>
/// <param name="From">Null for the beginning.</param>
internal sealed record StatisticsRange(DateTimeOffset? From, DateTimeOffset To);

/// <param name="BucketSeconds">The length of one point of the series.</param>
/// <param name="Previous">The time of the same length before; null when there is none.</param>
/// <param name="Since">The beginning of what is known; null when nothing is.</param>
/// <param name="CostLines">What the cost of the totals is made of.</param>
internal sealed record StatisticsReport(
    DateTimeOffset From, DateTimeOffset To, int BucketSeconds, Tally Totals, IReadOnlyList<(DateTimeOffset At, Tally Tally)> Series,
    IReadOnlyList<GroupReport> Groups, Tally? Previous, DateTimeOffset? Since, IReadOnlyList<ChargedTokens> CostLines);

/// <param name="Key">Null for requests of which it is not known.</param>
/// <param name="Series">A tally for each point of the report's series; null for groups that have none.</param>
internal sealed record GroupReport(string? Key, Tally Tally, IReadOnlyList<Tally>? Series);

/// <summary>Tokens of one model that have the same price.</summary>
internal sealed record ChargedTokens(string? Model, bool IsLong, ModelPrice? Price, PricedTokens Tokens);

/// <param name="Hours">24 for each day of the week, from Monday on.</param>
internal sealed record HoursReport(DateTimeOffset From, DateTimeOffset To, int OffsetMinutes, IReadOnlyList<Tally> Hours);

/// <summary>
/// Answers what happened in a time. A short and quiet one is counted request by request, to the minute; longer ones come from the
/// rollups, in full hours, and beyond a month in full days (UTC).
/// </summary>
internal static class Statistics
{
    private const int MostGroups = 200;

    /// <summary>More requests than these are not counted one by one.</summary>
    private const int MostRows = 20_000;

    private const int HoursOfWeek = 7 * 24;

    private static readonly TimeSpan LongestByRows = TimeSpan.FromHours(25);
    private static readonly TimeSpan LongestByHours = TimeSpan.FromDays(32);

    /// <summary>Longer ones begin where something is known.</summary>
    private static readonly TimeSpan LongestSeries = TimeSpan.FromDays(400);

    private static readonly Tally Nothing = new();

    /// <param name="prices">What the estimates of the cost are made with.</param>
    /// <param name="stacked">How many of the groups have a series of their own.</param>
    /// <param name="order">What the groups are ordered by, the largest first; by their requests when it is absent.</param>
    public static StatisticsReport Of(Database database, StatisticsRange range, Dimension by, PriceList prices, int stacked = 0, Func<Tally, double>? order = null)
    {
        long? since = Since(database);
        // In full seconds; the one that has begun counts.
        long to = (range.To.ToUnixTimeMilliseconds() + 999) / 1000;
        long from = range.From?.ToUnixTimeSeconds() ?? since ?? to;
        TimeSpan length = TimeSpan.FromSeconds(Math.Max(0, to - from));
        long before = from - (to - from);

        bool byRows = length <= LongestByRows && CountOf(database, before, to) <= MostRows;
        int span = length <= LongestByHours ? Rollups.Hour : Rollups.Day;
        int bucket = byRows ? length <= TimeSpan.FromHours(2) ? 60 : 900
            : length <= TimeSpan.FromDays(8) ? Rollups.Hour : length <= LongestByHours ? 4 * Rollups.Hour : Rollups.Day;
        if (!byRows)
        {
            if (length > LongestSeries) from = Math.Max(from, since ?? to);
            from -= from % span;
            before -= before % span;
        }

        var reading = new StatisticsReading(database, prices, byRows ? null : span);
        Dictionary<long, Tally> series = [];
        var lines = new CostLines();
        var totals = new Tally();
        var previous = new Tally();
        reading.Read(Dimension.None, from, to, (at, _) => At(series, at - at % bucket), lines);
        // A tally has two histograms: adding one up for each bucket first is less work than adding each twice.
        foreach (Tally tally in series.Values) totals.Add(tally);
        reading.Read(Dimension.None, before, from, (_, _) => previous);

        return new StatisticsReport(
            Time(from), range.To, bucket, totals, [.. Buckets(series, from, to, bucket)], GroupsOf(reading, by, from, to, bucket, stacked, order),
            range.From is null || previous.Requests == 0 ? null : previous,
            since is { } known ? Time(known) : null, lines.All(reading.Words));
    }

    /// <summary>The requests of a time by day of the week and hour.</summary>
    /// <param name="offsetMinutes">How far the caller's time is ahead of UTC.</param>
    public static HoursReport Hours(Database database, StatisticsRange range, int offsetMinutes, PriceList prices)
    {
        long to = (range.To.ToUnixTimeMilliseconds() + 999) / 1000;
        long from = range.From?.ToUnixTimeSeconds() ?? Since(database) ?? to;
        from -= from % Rollups.Hour;
        Tally[] hours = NoHours();
        new StatisticsReading(database, prices, Rollups.Hour).Read(Dimension.None, from, to, (at, _) => hours[HourOfWeek(at + offsetMinutes * 60L)]);
        return new HoursReport(Time(from), range.To, offsetMinutes, hours);
    }

    public static Tally[] NoHours() => [.. Enumerable.Range(0, HoursOfWeek).Select(static _ => new Tally())];

    /// <summary>The first day of 1970 was a Thursday.</summary>
    private static long HourOfWeek(long seconds) => (Math.Max(0, seconds) / Rollups.Hour + 3 * 24) % HoursOfWeek;

    private static List<GroupReport> GroupsOf(StatisticsReading reading, Dimension by, long from, long to, int bucket, int stacked, Func<Tally, double>? order)
    {
        if (by == Dimension.None) return [];
        // There may be tens of thousands of sessions, and a tally is not small.
        Func<long, bool> isLarge = reading.Largest(by, from, to, MostGroups);
        Dictionary<long, Tally> groups = [];
        reading.Read(by, from, to, (_, word) => isLarge(word) ? At(groups, word) : null);
        KeyValuePair<long, Tally>[] largest = [.. groups.OrderByDescending(group => order?.Invoke(group.Value) ?? 0).ThenByDescending(static group => group.Value.Requests).Take(MostGroups)];

        Dictionary<long, Dictionary<long, Tally>> series = largest.Take(stacked).ToDictionary(group => group.Key, static _ => new Dictionary<long, Tally>());
        if (stacked > 0) reading.Read(by, from, to, (at, word) => series.TryGetValue(word, out Dictionary<long, Tally>? own) ? At(own, at - at % bucket) : null);
        return
        [
            .. largest.Select(group => new GroupReport(
                reading.NameOf(by, group.Key), group.Value,
                series.TryGetValue(group.Key, out Dictionary<long, Tally>? own) ? [.. Buckets(own, from, to, bucket).Select(static point => point.Tally)] : null)),
        ];
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

    /// <summary>Every bucket of the time, also those without a request.</summary>
    private static IEnumerable<(DateTimeOffset At, Tally Tally)> Buckets(Dictionary<long, Tally> series, long from, long to, int bucket)
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
