using System.Globalization;
using System.Text.Json;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts;

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

    public void Write(Utf8JsonWriter writer, DateTimeOffset now)
    {
        writer.WriteStartArray();
        foreach ((Series series, List<UsageSample> samples) in _samples)
        {
            if (samples[^1].At < now - Lifetime) continue;
            writer.WriteStartObject();
            writer.WriteString("account"u8, series.Account);
            if (series.Limit.Length > 0) writer.WriteString("limit"u8, series.Limit);
            writer.WriteNumber("windowSeconds"u8, series.Seconds);
            // One string, because the indentation would give each number a line of its own.
            writer.WriteString("samples"u8, string.Join(' ', samples.Select(sample => string.Create(CultureInfo.InvariantCulture, $"{sample.At.ToUnixTimeSeconds()}:{sample.UsedPercent:0.##}"))));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public void Read(JsonElement stored)
    {
        if (stored.ValueKind != JsonValueKind.Array) return;
        foreach (JsonElement entry in stored.EnumerateArray())
        {
            if (entry.Text("account") is not { } account || entry.Number("windowSeconds") is not (> 0 and < 1e9 and { } seconds)) continue;
            UsageSample[] samples = [.. (entry.Text("samples") ?? "").Split(' ').Select(ReadSample).OfType<UsageSample>().TakeLast(Capacity)];
            if (samples.Length > 0 && _samples.Count < MostSeries) _samples[new Series(account, entry.Text("limit") ?? "", (long)seconds)] = [.. samples];
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

    private static UsageSample? ReadSample(string text) =>
        text.Split(':') is [var at, var used]
        && double.TryParse(at, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && Times.FromSeconds(seconds) is { } time
        && double.TryParse(used, NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) && double.IsFinite(percent)
            ? new UsageSample(time, percent)
            : null;

    private readonly record struct Series(string Account, string Limit, long Seconds);
}

/// <summary>What was used of a window at a moment.</summary>
internal readonly record struct UsageSample(DateTimeOffset At, double UsedPercent);
