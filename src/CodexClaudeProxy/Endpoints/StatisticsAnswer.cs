using System.Text.Json.Serialization;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Prices;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What the requests of a time add up to.</summary>
/// <param name="From">The beginning of the time.</param>
/// <param name="To">Its end.</param>
/// <param name="BucketSeconds">The length of one point of the series.</param>
/// <param name="Totals">All of the time.</param>
/// <param name="Series">The time in points of equal length, also those without a request.</param>
/// <param name="Groups">One for each value of what was asked for with <c>by</c>, the one with the most requests first, or what <c>order</c> says; empty for <c>none</c>.</param>
/// <param name="Previous">The time of the same length before; null when nothing is known of it.</param>
/// <param name="Since">The beginning of what is known; null when nothing is.</param>
/// <param name="PricesAsOf">The day the built-in prices were compared with the provider's, such as <c>2026-11-29</c>.</param>
/// <param name="CostLines">The equation behind the cost of <paramref name="Totals"/>: one line for each model and price, the dearest first, those without a price last.</param>
internal sealed record StatisticsAnswer(
    DateTimeOffset From, DateTimeOffset To, int BucketSeconds, Sums Totals, IEnumerable<Sums> Series, IEnumerable<GroupSums> Groups, Sums? Previous, DateTimeOffset? Since,
    string PricesAsOf, IReadOnlyList<CostLine> CostLines)
{
    /// <param name="namesOf">What a group is called, for programs and for people.</param>
    public static StatisticsAnswer Of(StatisticsReport report, Func<string, (string Key, string? Label)> namesOf) => new(
        report.From,
        report.To,
        report.BucketSeconds,
        new Sums(report.Totals),
        report.Series.Select(static point => new Sums(point.Tally, point.At)),
        report.Groups.Select(group => new GroupSums(
            group.Key is { } key ? namesOf(key) : null, new Sums(group.Tally), group.Series is { } series ? GroupSeries.Of(series) : null)),
        report.Previous is { } previous ? new Sums(previous) : null,
        report.Since,
        PriceReport.DateOf(PriceTable.AsOf)!,
        [.. report.CostLines.Select(static line => CostLine.Of(line.Model, line.IsLong, line.Price, line.Tokens)).OrderByDescending(static line => line.Usd ?? -1)]);
}

/// <summary>What some requests add up to. Tokens are null when there were requests and none told what it used.</summary>
internal sealed class Sums(Tally tally, DateTimeOffset? at = null)
{
    /// <summary>The beginning of a point of the series; absent elsewhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? At => at;

    /// <summary>How many requests there were.</summary>
    public long Requests => tally.Requests;

    /// <summary>How many of them failed.</summary>
    public long Failed => tally.Failed;

    /// <summary>How many clients disconnected before the end.</summary>
    public long Left => tally.Left;

    /// <summary>Input tokens that the prompt cache knew nothing of.</summary>
    public long? Fresh => Known(tally.Fresh);

    /// <summary>Input tokens that came from the prompt cache.</summary>
    public long? Cached => Known(tally.Cached);

    /// <summary>Input tokens that were put into the prompt cache.</summary>
    public long? Written => Known(tally.Written);

    /// <summary>Output tokens, reasoning included.</summary>
    public long? Output => Known(tally.Output);

    /// <summary>The part of the output that was reasoning.</summary>
    public long? Reasoning => Known(tally.Reasoning);

    /// <summary>The part of the input that came from the prompt cache, 0 to 1; null when there was none.</summary>
    public double? CacheHitRate => tally.CacheHitRate is { } rate ? Math.Round(rate, 4) : null;

    /// <summary>Milliseconds until the first part of an answer that half of the requests took at most; null when there is nothing to tell from.</summary>
    public int? FirstTokenP50Ms => tally.FirstToken.Percentile(0.5);

    /// <summary>The same for 95 of a hundred requests.</summary>
    public int? FirstTokenP95Ms => tally.FirstToken.Percentile(0.95);

    /// <summary>Milliseconds that half of the requests that went well took at most; null when there is nothing to tell from.</summary>
    public int? TotalP50Ms => tally.Total.Percentile(0.5);

    /// <summary>The same for 95 of a hundred requests.</summary>
    public int? TotalP95Ms => tally.Total.Percentile(0.95);

    /// <summary>An estimate of what the API would cost.</summary>
    public CostReport Cost => CostReport.Of(tally.Cost, tally.IsUnmeasured, withParts: at is null);

    private long? Known(long sum) => tally.IsUnmeasured ? null : sum;
}

/// <summary>What the requests of one account, model or the like add up to: the members of <see cref="Sums"/> behind a name.</summary>
internal sealed class GroupSums((string Key, string? Label)? names, Sums sums, GroupSeries? series)
{
    /// <summary>What the requests have in common; null for those of which it is not known.</summary>
    public string? Key => names?.Key;

    /// <summary>A name for people: of an account its label or mail address, of a client's key its name, else the key.</summary>
    public string? Label => names?.Label ?? names?.Key;

    public long Requests => sums.Requests;

    public long Failed => sums.Failed;

    public long Left => sums.Left;

    public long? Fresh => sums.Fresh;

    public long? Cached => sums.Cached;

    public long? Written => sums.Written;

    public long? Output => sums.Output;

    public long? Reasoning => sums.Reasoning;

    public double? CacheHitRate => sums.CacheHitRate;

    public int? FirstTokenP50Ms => sums.FirstTokenP50Ms;

    public int? FirstTokenP95Ms => sums.FirstTokenP95Ms;

    public int? TotalP50Ms => sums.TotalP50Ms;

    public int? TotalP95Ms => sums.TotalP95Ms;

    public CostReport Cost => sums.Cost;

    /// <summary>The group in the time; absent unless it is one of those that were asked for with <c>stacked</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GroupSeries? Series => series;
}

/// <summary>One group in the time: each list has a value for each point of the answer's <c>series</c>, in the same order.</summary>
/// <param name="Requests">How many requests there were.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="Input">All input tokens.</param>
/// <param name="Cached">Those that came from the prompt cache.</param>
/// <param name="Output">Output tokens, reasoning included.</param>
/// <param name="Usd">An estimate of what the API would cost, in US dollars; null when no token has a price.</param>
/// <param name="FirstTokenP50Ms">Milliseconds until the first part of an answer that half of the requests took at most; null when there is nothing to tell from.</param>
/// <param name="FirstTokenP95Ms">The same for 95 of a hundred requests.</param>
/// <param name="TotalP50Ms">Milliseconds that half of the requests that went well took at most; null when there is nothing to tell from.</param>
/// <param name="TotalP95Ms">The same for 95 of a hundred requests.</param>
internal sealed record GroupSeries(
    IReadOnlyList<long> Requests, IReadOnlyList<long> Failed, IReadOnlyList<long> Input, IReadOnlyList<long> Cached, IReadOnlyList<long> Output,
    IReadOnlyList<double?> Usd, IReadOnlyList<int?> FirstTokenP50Ms, IReadOnlyList<int?> FirstTokenP95Ms, IReadOnlyList<int?> TotalP50Ms, IReadOnlyList<int?> TotalP95Ms)
{
    public static GroupSeries Of(IReadOnlyList<Tally> points) => new(
        [.. points.Select(static point => point.Requests)],
        [.. points.Select(static point => point.Failed)],
        [.. points.Select(static point => point.Input)],
        [.. points.Select(static point => point.Cached)],
        [.. points.Select(static point => point.Output)],
        [.. points.Select(static point => CostReport.Rounded(point.Cost.Usd))],
        [.. points.Select(static point => point.FirstToken.Percentile(0.5))],
        [.. points.Select(static point => point.FirstToken.Percentile(0.95))],
        [.. points.Select(static point => point.Total.Percentile(0.5))],
        [.. points.Select(static point => point.Total.Percentile(0.95))]);
}

/// <summary>What happened at which hour of the week, in the caller's time.</summary>
/// <param name="From">The beginning of the time.</param>
/// <param name="To">Its end.</param>
/// <param name="OffsetMinutes">How far the caller's time is ahead of UTC.</param>
/// <param name="PricesAsOf">The day the built-in prices were compared with the provider's, such as <c>2026-11-29</c>.</param>
/// <param name="Days">Monday to Sunday.</param>
internal sealed record HoursOfWeek(DateTimeOffset From, DateTimeOffset To, int OffsetMinutes, string PricesAsOf, IReadOnlyList<HoursOfDay> Days)
{
    public static HoursOfWeek Of(HoursReport report) => new(
        report.From, report.To, report.OffsetMinutes, PriceReport.DateOf(PriceTable.AsOf)!, [.. Enumerable.Range(1, 7).Select(day => HoursOfDay.Of(day, report.Hours.Skip((day - 1) * 24).Take(24).ToArray()))]);
}

/// <summary>What happened on a day of the week: each list has a value for each hour, from 0 to 23.</summary>
/// <param name="Weekday">1 for Monday to 7 for Sunday.</param>
/// <param name="Requests">How many requests there were.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="Tokens">Input and output tokens.</param>
/// <param name="Usd">An estimate of what the API would cost, in US dollars; null when no token has a price.</param>
internal sealed record HoursOfDay(int Weekday, IReadOnlyList<long> Requests, IReadOnlyList<long> Failed, IReadOnlyList<long> Tokens, IReadOnlyList<double?> Usd)
{
    public static HoursOfDay Of(int weekday, IReadOnlyList<Tally> hours) => new(
        weekday,
        [.. hours.Select(static hour => hour.Requests)],
        [.. hours.Select(static hour => hour.Failed)],
        [.. hours.Select(static hour => hour.Input + hour.Output)],
        [.. hours.Select(static hour => CostReport.Rounded(hour.Cost.Usd))]);
}
