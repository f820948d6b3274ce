using System.Globalization;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>One quota window as the backend reports it.</summary>
/// <param name="Length">How long the window is; windows are told apart by this, never by the slot they came in.</param>
/// <param name="UsedPercent">0 to 100, sometimes above.</param>
public sealed record RateLimitWindow(TimeSpan Length, double UsedPercent, DateTimeOffset? ResetsAt)
{
    /// <summary>The windows the Anthropic headers know: five hours, and seven days.</summary>
    public bool IsShort => Length <= TimeSpan.FromHours(24);
}

/// <summary>What one response said about the account's quota, from its headers or from a <c>codex.rate_limits</c> event.</summary>
public sealed record RateLimits(IReadOnlyList<RateLimitWindow> Windows)
{
    public bool LimitReached { get; init; }

    public string? PlanType { get; init; }

    private static readonly TimeSpan FiveHours = TimeSpan.FromHours(5);
    private static readonly TimeSpan SevenDays = TimeSpan.FromDays(7);

    /// <summary>Reads the <c>x-codex-*</c> headers; null when there are none. Values may be empty strings.</summary>
    public static RateLimits? FromHeaders(Func<string, string?> header, DateTimeOffset now)
    {
        List<RateLimitWindow> windows = [];
        AddWindow(windows, WindowFromHeaders("x-codex-primary", FiveHours, header, now));
        AddWindow(windows, WindowFromHeaders("x-codex-secondary", SevenDays, header, now));
        if (windows.Count == 0) return null;

        return new RateLimits(windows)
        {
            PlanType = header("x-codex-plan-type") is { Length: > 0 } plan ? plan : null,
            LimitReached = header("x-codex-rate-limit-reached-type") is { Length: > 0 },
        };
    }

    /// <summary>Reads a <c>codex.rate_limits</c> event; null when it holds no window.</summary>
    public static RateLimits? FromEvent(ReadOnlyMemory<byte> json, DateTimeOffset now)
    {
        using var document = JsonDocument.Parse(json);
        if (!document.RootElement.TryGetProperty("rate_limits", out var limits) || limits.ValueKind != JsonValueKind.Object) return null;

        List<RateLimitWindow> windows = [];
        AddWindow(windows, WindowFromJson(limits, "primary", FiveHours, now));
        AddWindow(windows, WindowFromJson(limits, "secondary", SevenDays, now));
        if (windows.Count == 0) return null;

        return new RateLimits(windows)
        {
            LimitReached = limits.TryGetProperty("limit_reached", out var reached) && reached.ValueKind == JsonValueKind.True,
            PlanType = document.RootElement.TryGetProperty("plan_type", out var plan) && plan.ValueKind == JsonValueKind.String ? plan.GetString() : null,
        };
    }

    /// <summary>The <c>anthropic-ratelimit-unified-*</c> headers for a client.</summary>
    /// <param name="rejected">The answer is a refusal because the limit is used up.</param>
    public IEnumerable<KeyValuePair<string, string>> ToAnthropicHeaders(bool rejected)
    {
        const string Prefix = "anthropic-ratelimit-unified-";
        var shortest = Windows.FirstOrDefault(static w => w.IsShort);
        var longest = Windows.FirstOrDefault(static w => !w.IsShort);
        var fullest = shortest is null || longest?.UsedPercent > shortest.UsedPercent ? longest : shortest;
        if (fullest is null) yield break;

        yield return new(Prefix + "status", rejected || LimitReached ? "rejected" : fullest.UsedPercent >= 90 ? "allowed_warning" : "allowed");
        foreach (var (name, window) in new[] { ("5h", shortest), ("7d", longest) })
        {
            if (window is null) continue;
            yield return new(Prefix + name + "-utilization", (window.UsedPercent / 100).ToString("0.####", CultureInfo.InvariantCulture));
            if (window.ResetsAt is { } reset) yield return new(Prefix + name + "-reset", UnixSeconds(reset));
        }

        yield return new(Prefix + "representative-claim", fullest.IsShort ? "five_hour" : "seven_day");
        if (fullest.ResetsAt is { } at) yield return new(Prefix + "reset", UnixSeconds(at));
    }

    private static string UnixSeconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static void AddWindow(List<RateLimitWindow> windows, RateLimitWindow? window)
    {
        if (window is not null) windows.Add(window);
    }

    private static RateLimitWindow? WindowFromHeaders(string prefix, TimeSpan usualLength, Func<string, string?> header, DateTimeOffset now) => Window(
        Number(header(prefix + "-used-percent")), Number(header(prefix + "-window-minutes")), Number(header(prefix + "-reset-at")),
        Number(header(prefix + "-reset-after-seconds")), usualLength, now);

    private static RateLimitWindow? WindowFromJson(JsonElement limits, string name, TimeSpan usualLength, DateTimeOffset now) =>
        limits.TryGetProperty(name, out var window) && window.ValueKind == JsonValueKind.Object
            ? Window(Number(window, "used_percent"), Number(window, "window_minutes"), Number(window, "reset_at"),
                Number(window, "reset_after_seconds"), usualLength, now)
            : null;

    private static RateLimitWindow? Window(double? used, double? minutes, double? resetAt, double? resetAfter, TimeSpan usualLength, DateTimeOffset now)
    {
        DateTimeOffset? reset = resetAt is > 0 ? DateTimeOffset.FromUnixTimeSeconds((long)resetAt)
            : resetAfter is > 0 ? now.AddSeconds(resetAfter.Value)
            : null;
        // A window of nothing at all is how the backend says that there is none.
        if (used is null || (used == 0 && minutes is null or 0 && reset is null)) return null;
        return new RateLimitWindow(minutes is > 0 ? TimeSpan.FromMinutes(minutes.Value) : usualLength, used.Value, reset);
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && Math.Abs(number) < 1e11
            ? number
            : null;

    private static double? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? Number(value.GetRawText()) : null;
}
