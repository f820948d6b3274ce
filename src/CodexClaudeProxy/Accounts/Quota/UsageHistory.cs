using System.Globalization;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>
/// How each window of each account filled up: a sample at every change, the latest two hundred. Not safe for several threads; the
/// pool guards it.
/// </summary>
internal sealed class UsageHistory
{
    public const int Capacity = 200;

    /// <summary>Older series are of accounts and limits that are gone.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(35);

    private const int MostSeries = 500;
    private const int SampleBytes = 24;
    private const int SeriesBytes = 240;

    private readonly Dictionary<Series, List<UsageSample>> _samples = [];

    /// <summary>Entries are samples.</summary>
    public CacheSize Size
    {
        get
        {
            int samples = _samples.Values.Sum(series => series.Count);
            return new CacheSize("quota history", samples * SampleBytes + _samples.Count * SeriesBytes, MostSeries * (Capacity * SampleBytes + SeriesBytes), samples);
        }
    }

    /// <summary>True when something changed.</summary>
    public bool Note(string account, RateLimits limits, DateTimeOffset now)
    {
        bool changed = Note(account, "", limits.Windows, now);
        foreach (LimitFamily family in limits.Families) changed |= Note(account, family.Id, family.Windows, now);
        return changed;
    }

    /// <param name="limit">The id of a model's own limit; empty for the plan's windows.</param>
    public IReadOnlyList<UsageSample> Of(string account, string limit, TimeSpan window) =>
        _samples.TryGetValue(new Series(account, limit, (long)window.TotalSeconds), out List<UsageSample>? samples) ? [.. samples] : [];

    /// <summary>What outlives the process.</summary>
    public IReadOnlyList<KeptSeries> Keep(DateTimeOffset now) =>
    [
        .. from entry in _samples
           where entry.Value[^1].At >= now - Lifetime
           select new KeptSeries(entry.Key.Account, entry.Key.Limit.Length > 0 ? entry.Key.Limit : null, entry.Key.Seconds, string.Join(' ', entry.Value.Select(Text))),
    ];

    public void Take(IReadOnlyList<KeptSeries> kept)
    {
        foreach (KeptSeries entry in kept)
        {
            if (entry.Account is not { } account || entry.WindowSeconds is not (> 0 and < 1e9 and { } seconds)) continue;
            UsageSample[] samples = [.. (entry.Samples ?? "").Split(' ').Select(ReadSample).OfType<UsageSample>().TakeLast(Capacity)];
            if (samples.Length > 0 && _samples.Count < MostSeries) _samples[new Series(account, entry.Limit ?? "", (long)seconds)] = [.. samples];
        }
    }

    private bool Note(string account, string limit, IReadOnlyList<RateLimitWindow> windows, DateTimeOffset now)
    {
        bool changed = false;
        foreach (RateLimitWindow window in windows)
        {
            Series series = new(account, limit, (long)window.Length.TotalSeconds);
            if (!_samples.TryGetValue(series, out List<UsageSample>? samples))
            {
                if (_samples.Count >= MostSeries) _samples.Remove(_samples.MinBy(entry => entry.Value[^1].At).Key);
                _samples[series] = samples = [];
            }

            if (samples.Count > 0 && samples[^1].UsedPercent == window.UsedPercent) continue;
            samples.Add(new UsageSample(now, window.UsedPercent));
            if (samples.Count > Capacity) samples.RemoveAt(0);
            changed = true;
        }

        return changed;
    }

    private static string Text(UsageSample sample) => string.Create(CultureInfo.InvariantCulture, $"{sample.At.ToUnixTimeSeconds()}:{sample.UsedPercent:0.##}");

    private static UsageSample? ReadSample(string text) =>
        text.Split(':') is [var at, var used]
        && double.TryParse(at, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Times.FromSeconds(seconds) is { } time
        && double.TryParse(used, NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) && double.IsFinite(percent)
            ? new UsageSample(time, percent)
            : null;

    private readonly record struct Series(string Account, string Limit, long Seconds);
}

/// <summary>What was used of a window at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="UsedPercent">From 0; more than 100 is possible.</param>
internal readonly record struct UsageSample(DateTimeOffset At, double UsedPercent);

/// <summary>How one window filled up, as it is kept.</summary>
/// <param name="Account">The account's id.</param>
/// <param name="Limit">The id of a limit that a model has to itself; absent for the plan's windows.</param>
/// <param name="WindowSeconds">The window's length.</param>
/// <param name="Samples"><c>seconds since 1970:percent used</c>, with spaces between. One string, because the indentation would give each number a line of its own.</param>
internal sealed record KeptSeries(
    string? Account, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Limit, double? WindowSeconds, string? Samples);
