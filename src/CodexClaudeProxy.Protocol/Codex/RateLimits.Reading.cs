using System.Globalization;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Codex;

public sealed partial record RateLimits
{
    private const string PlanLimit = "codex";
    private const string FamilyMark = "-primary-used-percent";

    /// <summary>A backend that names more than these is not the one we know.</summary>
    private const int MostFamilies = 16;

    private static readonly TimeSpan FiveHours = TimeSpan.FromHours(5);
    private static readonly TimeSpan SevenDays = TimeSpan.FromDays(7);

    /// <summary>Reads the <c>x-codex-*</c> headers; null when they tell nothing. Values may be empty strings.</summary>
    /// <param name="names">All header names of the response; only they tell which limits there are beside the plan's.</param>
    public static RateLimits? FromHeaders(Func<string, string?> header, DateTimeOffset now, IEnumerable<string>? names = null)
    {
        var windows = WindowsFromHeaders("x-" + PlanLimit, header, now);
        var families = FamiliesFromHeaders(names ?? [], header, now);
        var credits = Flag(header("x-codex-credits-has-credits")) is { } has
            ? new PlanCredits(has, Flag(header("x-codex-credits-unlimited")) ?? false, Filled(header("x-codex-credits-balance")))
            : null;
        if (windows.Count == 0 && families.Count == 0 && credits is null) return null;

        return new RateLimits(windows)
        {
            PlanType = Filled(header("x-codex-plan-type")),
            LimitReached = Filled(header("x-codex-rate-limit-reached-type")) is not null,
            Credits = credits,
            Families = families,
            ActiveLimit = IdOf(header("x-codex-active-limit")),
        };
    }

    /// <summary>Reads a <c>codex.rate_limits</c> event; null when it holds no window.</summary>
    public static RateLimits? FromEvent(ReadOnlyMemory<byte> json, DateTimeOffset now)
    {
        using var document = JsonDocument.Parse(LoneSurrogates.Replace(json), JsonDepth.Document);
        var root = document.RootElement;
        if (!root.TryGetProperty("rate_limits", out var limits) || limits.ValueKind != JsonValueKind.Object) return null;

        List<RateLimitWindow> windows = [];
        AddWindow(windows, WindowFromJson(limits, "primary", FiveHours, now));
        AddWindow(windows, WindowFromJson(limits, "secondary", SevenDays, now));
        if (windows.Count == 0) return null;

        bool reached = IsTrue(limits, "limit_reached") && !IsTrue(limits, "allowed");
        var told = new RateLimits([]) { PlanType = Text(root, "plan_type"), Credits = CreditsFromJson(root) };
        return IdOf(Text(root, "metered_limit_name")) is { } id && id != PlanLimit
            ? told with { Families = [new LimitFamily(id, Text(root, "limit_name"), windows) { LimitReached = reached }] }
            : told with { Windows = windows, LimitReached = reached };
    }

    /// <summary>Reads the member <c>credits</c>, which events and the usage endpoint have in one shape.</summary>
    public static PlanCredits? CreditsFromJson(JsonElement parent) =>
        parent.TryGetProperty("credits", out var credits) && credits.ValueKind == JsonValueKind.Object
        && credits.TryGetProperty("has_credits", out var has) && has.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? new PlanCredits(has.GetBoolean(), IsTrue(credits, "unlimited"), Text(credits, "balance"))
            : null;

    /// <summary>One spelling for a limit's id: headers have dashes where JSON has underscores.</summary>
    public static string? IdOf(string? name) => Filled(name)?.Replace('-', '_').ToLowerInvariant();

    private static List<LimitFamily> FamiliesFromHeaders(IEnumerable<string> names, Func<string, string?> header, DateTimeOffset now)
    {
        List<LimitFamily> families = [];
        foreach (string name in names)
        {
            if (!name.StartsWith("x-", StringComparison.OrdinalIgnoreCase) || !name.EndsWith(FamilyMark, StringComparison.OrdinalIgnoreCase)) continue;
            string prefix = name[..^FamilyMark.Length].ToLowerInvariant();
            if (prefix.Length < 3 || IdOf(prefix[2..]) is not { } id || id == PlanLimit || families.Count == MostFamilies) continue;
            var windows = WindowsFromHeaders(prefix, header, now);
            if (windows.Count > 0) families.Add(new LimitFamily(id, Filled(header(prefix + "-limit-name")), windows) { LimitReached = windows.Exists(static window => window.UsedPercent >= 100) });
        }

        return families;
    }

    private static List<RateLimitWindow> WindowsFromHeaders(string prefix, Func<string, string?> header, DateTimeOffset now)
    {
        List<RateLimitWindow> windows = [];
        AddWindow(windows, WindowFromHeaders(prefix + "-primary", FiveHours, header, now));
        AddWindow(windows, WindowFromHeaders(prefix + "-secondary", SevenDays, header, now));
        return windows;
    }

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

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Filled(value.GetString()) : null;

    private static bool IsTrue(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    // Headers say True and False.
    private static bool? Flag(string? text) => bool.TryParse(text, out bool flag) ? flag : null;
}
