using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts;

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
        if (reply.Usage is { } usage) quota["usage"] = Usage(JsonNode.Parse(usage)!.AsObject());
        else if (!quota.ContainsKey("usage")) quota["usage"] = null;
        if (reply.Workspaces is { } workspaces) quota["account"] = JsonNode.Parse(workspaces);
        else if (!quota.ContainsKey("account")) quota["account"] = null;
        if (reply.Usage is not null || quota["fetchedAt"] is null) quota["fetchedAt"] = Times.Iso(now);
        SetOrRemove(quota, "usageError", reply.UsageError);
        SetOrRemove(quota, "accountError", reply.WorkspacesError);
        quota["lastChecked"] = Times.Iso(now);
        return quota;
    }

    /// <summary>The quota after a response told its windows.</summary>
    public static JsonObject Merge(string? known, RateLimits limits, DateTimeOffset now)
    {
        JsonObject quota = Parse(known) ?? new JsonObject { ["usage"] = null, ["account"] = null };
        JsonObject raw = quota["usage"] is JsonObject { } usage && usage["raw"] is JsonObject told ? told.DeepClone().AsObject() : [];
        if (limits.PlanType is { } plan) raw["plan_type"] = plan;
        if (raw["rate_limit"] is not JsonObject rates) raw["rate_limit"] = rates = [];

        RateLimitWindow[] windows = [.. limits.Windows.OrderBy(window => window.Length)];
        bool reached = limits.LimitReached || windows.Any(window => window.UsedPercent >= 100);
        rates["allowed"] = !reached;
        rates["limit_reached"] = reached;
        rates["primary_window"] = windows.Length > 0 ? Window(windows[0], now) : null;
        rates["secondary_window"] = windows.Length > 1 ? Window(windows[1], now) : null;

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
        using JsonDocument document = JsonDocument.Parse(quota);
        return ReadAnswer(document.RootElement.Member("usage").Member("raw"), now);
    }

    /// <summary>The windows in an answer of <c>GET /wham/usage</c>.</summary>
    public static RateLimits? ReadAnswer(JsonElement raw, DateTimeOffset now)
    {
        JsonElement rates = raw.Member("rate_limit");
        RateLimitWindow?[] windows = [ReadWindow(rates.Member("primary_window"), now), ReadWindow(rates.Member("secondary_window"), now)];
        if (windows.All(window => window is null)) return null;
        bool over = windows.All(window => window is null || window.UsedPercent == 0);
        return new RateLimits([.. windows.OfType<RateLimitWindow>()])
        {
            PlanType = raw.Text("plan_type"),
            LimitReached = !over && rates.Flag("limit_reached") == true && rates.Flag("allowed") != true,
        };
    }

    private static RateLimitWindow? ReadWindow(JsonElement window, DateTimeOffset now)
    {
        if (window.Number("used_percent") is not { } used || window.Number("limit_window_seconds") is not (> 0 and < 1e9 and { } length)) return null;
        DateTimeOffset? reset = window.Number("reset_at") is { } at ? Times.FromSeconds(at) : null;
        return reset <= now ? new RateLimitWindow(TimeSpan.FromSeconds(length), 0, null) : new RateLimitWindow(TimeSpan.FromSeconds(length), used, reset);
    }

    private static JsonObject Window(RateLimitWindow window, DateTimeOffset now) => new()
    {
        ["used_percent"] = window.UsedPercent,
        ["limit_window_seconds"] = (long)window.Length.TotalSeconds,
        ["reset_after_seconds"] = window.ResetsAt is { } reset ? Math.Max(0, (long)(reset - now).TotalSeconds) : null,
        ["reset_at"] = window.ResetsAt?.ToUnixTimeSeconds(),
    };

    private static JsonObject Usage(JsonObject raw)
    {
        using JsonDocument document = JsonDocument.Parse(AccountsDocument.Serialize(raw));
        JsonElement rates = document.RootElement.Member("rate_limit");
        JsonElement window = rates.Member("primary_window");
        if (window.ValueKind != JsonValueKind.Object) window = rates.Member("secondary_window");
        double? used = window.Number("used_percent");
        return new JsonObject
        {
            ["totalTokenUsage"] = used,
            ["limit"] = 100,
            ["remaining"] = used is { } percent ? Math.Max(0, Math.Round(100 - percent, 6)) : null,
            ["percentage"] = used,
            ["resetAt"] = window.Number("reset_at") is { } at && Times.FromSeconds(at) is { } time ? Times.Iso(time) : null,
            ["resetAfterSeconds"] = window.Number("reset_after_seconds"),
            ["limitWindowSeconds"] = window.Number("limit_window_seconds"),
            ["planType"] = document.RootElement.Text("plan_type"),
            ["limitReached"] = rates.Flag("limit_reached") ?? false,
            ["allowed"] = rates.Flag("allowed") ?? true,
            ["raw"] = raw,
        };
    }

    private static JsonObject? Parse(string? quota) => quota is null ? null : JsonNode.Parse(quota) as JsonObject;

    private static void SetOrRemove(JsonObject target, string member, string? value)
    {
        if (value is null) target.Remove(member);
        else target[member] = value;
    }
}
