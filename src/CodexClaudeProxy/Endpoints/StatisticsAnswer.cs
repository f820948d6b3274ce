using System.Text.Json.Serialization;
using CodexClaudeProxy.Activity;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What the requests of a time add up to.</summary>
/// <param name="From">The beginning of the time.</param>
/// <param name="To">Its end.</param>
/// <param name="BucketSeconds">The length of one point of the series.</param>
/// <param name="Totals">All of the time.</param>
/// <param name="Series">The time in points of equal length, also those without a request.</param>
/// <param name="Groups">One for each value of what was asked for with <c>by</c>, the one with the most requests first; empty for <c>none</c>.</param>
/// <param name="Previous">The time of the same length before; null when nothing is known of it.</param>
/// <param name="Since">The beginning of what is known; null when nothing is.</param>
internal sealed record StatisticsAnswer(
    DateTimeOffset From, DateTimeOffset To, int BucketSeconds, Sums Totals, IEnumerable<Sums> Series, IEnumerable<GroupSums> Groups, Sums? Previous, DateTimeOffset? Since)
{
    /// <param name="labelOf">A name for people, by the key of a group.</param>
    public static StatisticsAnswer Of(StatisticsReport report, Func<string, string?> labelOf) => new(
        report.From,
        report.To,
        report.BucketSeconds,
        new Sums(report.Totals),
        report.Series.Select(static point => new Sums(point.Tally, point.At)),
        report.Groups.Select(group => new GroupSums(group.Key, group.Key is { } key ? labelOf(key) ?? key : null, new Sums(group.Tally))),
        report.Previous is { } previous ? new Sums(previous) : null,
        report.Since);
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

    private long? Known(long sum) => tally.IsUnmeasured ? null : sum;
}

/// <summary>What the requests of one account, model or the like add up to: the members of <see cref="Sums"/> behind a name.</summary>
internal sealed class GroupSums(string? key, string? label, Sums sums)
{
    /// <summary>What the requests have in common; null for those of which it is not known.</summary>
    public string? Key => key;

    /// <summary>A name for people: of an account its label or mail address, else the key.</summary>
    public string? Label => label;

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
}
