using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>
/// The <c>quota</c> object of an account, in the original's shape: <c>usage</c> tells the first window in flat members, despite their
/// names in percent, and carries the backend's whole answer as <c>raw</c>. What is unknown is null, never 0 % or 1970.
/// </summary>
internal static class QuotaFormat
{
    /// <summary>The quota after <c>GET /wham/usage</c>. A failed part keeps what was known and adds its error.</summary>
    public static JsonObject Merge(string? known, UsageReply reply, DateTimeOffset now)
    {
        JsonObject quota = Parse(known) ?? [];
        if (reply.Usage is { } usage) quota["usage"] = Usage(JsonNode.Parse(usage, documentOptions: JsonDepth.Document)!.AsObject());
        else if (!quota.ContainsKey("usage")) quota["usage"] = null;
        if (reply.Workspaces is { } workspaces) quota["account"] = JsonNode.Parse(workspaces, documentOptions: JsonDepth.Document);
        else if (!quota.ContainsKey("account")) quota["account"] = null;
        if (reply.Usage is not null || quota["fetchedAt"] is null) quota["fetchedAt"] = Times.Iso(now);
        SetOrRemove(quota, "usageError", reply.UsageError);
        SetOrRemove(quota, "accountError", reply.WorkspacesError);
        quota["lastChecked"] = Times.Iso(now);
        return quota;
    }

    /// <summary>The quota after a response told its windows.</summary>
    public static JsonObject Merge(string? stored, RateLimits limits, DateTimeOffset now)
    {
        JsonObject quota = Parse(stored) ?? new JsonObject { ["usage"] = null, ["account"] = null };
        JsonObject raw = quota["usage"] is JsonObject { } usage && usage["raw"] is JsonObject told ? told.DeepClone().AsObject() : [];
        if (limits.PlanType is { } plan) raw["plan_type"] = plan;
        if (limits.Credits is { } credits)
        {
            if (raw["credits"] is not JsonObject known) raw["credits"] = known = [];
            (known["has_credits"], known["unlimited"], known["balance"]) = (credits.HasCredits, credits.Unlimited, credits.Balance);
        }

        if (limits.Windows.Count > 0) SetWindows(raw, limits.Windows, limits.LimitReached, now);
        foreach (LimitFamily family in limits.Families) SetFamily(raw, family, now);

        quota["usage"] = Usage(raw);
        quota["fetchedAt"] = Times.Iso(now);
        quota.Remove("usageError");
        quota["lastChecked"] = Times.Iso(now);
        return quota;
    }

    /// <summary>The windows the stored quota tells, or null when it tells none. Those that have been reset since are empty again.</summary>
    public static RateLimits? Read(string? quota, DateTimeOffset now)
    {
        if (quota is null) return null;
        using JsonDocument document = JsonDocument.Parse(quota, JsonDepth.Document);
        return ReadAnswer(document.RootElement.Member("usage").Member("raw"), now);
    }

    /// <summary>The windows in an answer of <c>GET /wham/usage</c>.</summary>
    public static RateLimits? ReadAnswer(JsonElement raw, DateTimeOffset now)
    {
        if (raw.As(UsageContext.Default.UsageAnswer) is not { } answer) return null;
        IReadOnlyList<RateLimitWindow> windows = Windows(answer.RateLimit);
        LimitFamily[] families = [.. (answer.AdditionalRateLimits ?? []).Select(Family).OfType<LimitFamily>()];
        PlanCredits? credits = RateLimits.CreditsFromJson(raw);
        int? resets = answer.RateLimitResetCredits?.AvailableCount is >= 0 and < 1_000_000 and { } count ? (int)count : null;
        if (windows.Count == 0 && families.Length == 0 && credits is null && resets is null) return null;
        return new RateLimits(windows) { BankedResets = resets, PlanType = answer.PlanType, LimitReached = IsReached(answer.RateLimit), Credits = credits, Families = families }.At(now);
    }

    private static LimitFamily? Family(LimitAnswer entry) =>
        RateLimits.IdOf(entry.MeteredFeature ?? entry.LimitName) is { } id && Windows(entry.RateLimit) is { Count: > 0 } windows
            ? new LimitFamily(id, entry.LimitName, windows) { LimitReached = IsReached(entry.RateLimit) }
            : null;

    private static bool IsReached(RateLimitAnswer? rates) => rates is { LimitReached: true, Allowed: not true };

    private static IReadOnlyList<RateLimitWindow> Windows(RateLimitAnswer? rates) =>
        [.. new[] { Window(rates?.PrimaryWindow), Window(rates?.SecondaryWindow) }.OfType<RateLimitWindow>()];

    private static RateLimitWindow? Window(WindowAnswer? window)
    {
        if (window is not { UsedPercent: { } used, LimitWindowSeconds: > 0 and < 1e9 and { } length }) return null;
        return new RateLimitWindow(TimeSpan.FromSeconds(length), used, window.ResetAt is { } at ? Times.FromSeconds(at) : null);
    }

    /// <summary>Puts a limit that a model has to itself where the usage endpoint tells it.</summary>
    private static void SetFamily(JsonObject raw, LimitFamily family, DateTimeOffset now)
    {
        if (raw["additional_rate_limits"] is not JsonArray others) raw["additional_rate_limits"] = others = [];
        JsonObject? entry = others.OfType<JsonObject>().FirstOrDefault(known => RateLimits.IdOf(TextOf(known, "metered_feature")) == family.Id);
        if (entry is null) others.Add((JsonNode)(entry = new JsonObject { ["limit_name"] = null, ["metered_feature"] = family.Id }));
        if (family.Name is { } name) entry["limit_name"] = name;
        SetWindows(entry, family.Windows, family.LimitReached, now);
    }

    private static void SetWindows(JsonObject parent, IReadOnlyList<RateLimitWindow> told, bool limitReached, DateTimeOffset now)
    {
        if (parent["rate_limit"] is not JsonObject rates) parent["rate_limit"] = rates = [];
        RateLimitWindow[] windows = [.. told.OrderBy(window => window.Length)];
        bool reached = limitReached || windows.Any(window => window.UsedPercent >= 100);
        rates["allowed"] = !reached;
        rates["limit_reached"] = reached;
        rates["primary_window"] = windows.Length > 0 ? Window(windows[0], now) : null;
        rates["secondary_window"] = windows.Length > 1 ? Window(windows[1], now) : null;
    }

    private static string? TextOf(JsonObject entry, string member) => entry[member] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static JsonObject Window(RateLimitWindow window, DateTimeOffset now) => new()
    {
        ["used_percent"] = window.UsedPercent,
        ["limit_window_seconds"] = (long)window.Length.TotalSeconds,
        ["reset_after_seconds"] = window.ResetsAt is { } reset ? Math.Max(0, (long)(reset - now).TotalSeconds) : null,
        ["reset_at"] = window.ResetsAt?.ToUnixTimeSeconds(),
    };

    private static JsonObject Usage(JsonObject raw)
    {
        using JsonDocument document = JsonDocument.Parse(JsonFile.Serialize(raw), JsonDepth.Document);
        UsageAnswer told = document.RootElement.As(UsageContext.Default.UsageAnswer)!;
        WindowAnswer? window = told.RateLimit?.PrimaryWindow ?? told.RateLimit?.SecondaryWindow;
        UsageSummary summary = new(
            window?.UsedPercent, 100, window?.UsedPercent is { } used ? Math.Max(0, Math.Round(100 - used, 6)) : null, window?.UsedPercent,
            window?.ResetAt is { } at ? Times.FromSeconds(at) : null, window?.ResetAfterSeconds, window?.LimitWindowSeconds, told.PlanType,
            told.RateLimit?.LimitReached ?? false, told.RateLimit?.Allowed ?? true, raw);
        return JsonSerializer.SerializeToNode(summary, QuotaContext.Default.UsageSummary)!.AsObject();
    }

    private static JsonObject? Parse(string? quota) => quota is null ? null : JsonNode.Parse(quota, documentOptions: JsonDepth.Document) as JsonObject;

    private static void SetOrRemove(JsonObject target, string member, string? value)
    {
        if (value is null) target.Remove(member);
        else target[member] = value;
    }
}
