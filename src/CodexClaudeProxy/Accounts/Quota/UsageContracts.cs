using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>What <c>GET /wham/usage</c> answers, as far as it is understood. The whole answer is kept beside it, see <see cref="UsageSummary"/>.</summary>
internal sealed record UsageAnswer
{
    public string? PlanType { get; init; }

    /// <summary>The plan's windows.</summary>
    [JsonConverter(typeof(LenientObject<RateLimitAnswer>))]
    public RateLimitAnswer? RateLimit { get; init; }

    /// <summary>The windows that single models have to themselves.</summary>
    [JsonConverter(typeof(LenientList<LimitAnswer>))]
    public IReadOnlyList<LimitAnswer>? AdditionalRateLimits { get; init; }

    /// <summary>The resets that are saved up; absent where there is no such thing.</summary>
    [JsonConverter(typeof(LenientObject<ResetsAnswer>))]
    public ResetsAnswer? RateLimitResetCredits { get; init; }
}

/// <summary>How many resets an account has saved up.</summary>
internal sealed record ResetsAnswer
{
    public double? AvailableCount { get; init; }
}

/// <summary>A limit that models have to themselves.</summary>
internal sealed record LimitAnswer
{
    /// <summary>For people.</summary>
    public string? LimitName { get; init; }

    /// <summary>Its id, such as <c>codex_bengalfox</c>.</summary>
    public string? MeteredFeature { get; init; }

    [JsonConverter(typeof(LenientObject<RateLimitAnswer>))]
    public RateLimitAnswer? RateLimit { get; init; }
}

/// <summary>The windows of one limit.</summary>
internal sealed record RateLimitAnswer
{
    public bool? Allowed { get; init; }

    public bool? LimitReached { get; init; }

    [JsonConverter(typeof(LenientObject<WindowAnswer>))]
    public WindowAnswer? PrimaryWindow { get; init; }

    [JsonConverter(typeof(LenientObject<WindowAnswer>))]
    public WindowAnswer? SecondaryWindow { get; init; }
}

/// <summary>One window.</summary>
internal sealed record WindowAnswer
{
    /// <summary>From 0 to 100.</summary>
    public double? UsedPercent { get; init; }

    public double? LimitWindowSeconds { get; init; }

    public double? ResetAfterSeconds { get; init; }

    /// <summary>In seconds since 1970.</summary>
    public double? ResetAt { get; init; }
}

/// <summary>What <c>GET /wham/accounts/check</c> answers, as far as it is understood.</summary>
internal sealed record WorkspacesAnswer
{
    [JsonConverter(typeof(LenientList<WorkspaceAnswer>))]
    public IReadOnlyList<WorkspaceAnswer>? Accounts { get; init; }

    /// <summary>The one entry of an account; null when it has none, or several.</summary>
    public static WorkspaceAnswer? Of(JsonElement answer, string accountId)
    {
        WorkspaceAnswer[] own = [.. (answer.As(UsageContext.Default.WorkspacesAnswer)?.Accounts ?? []).Where(entry => entry.Id == accountId)];
        return own is [var only] ? only : null;
    }
}

/// <summary>One workspace, see <see cref="WorkspaceRouting"/>.</summary>
internal sealed record WorkspaceAnswer
{
    public string? Id { get; init; }

    /// <summary>An HTTPS origin or <c>NO_CONSTRAINT</c>.</summary>
    public string? WorkspaceBackendOrigin { get; init; }

    /// <summary><c>NO_CONSTRAINT</c>, <c>us</c> or <c>us_cr</c>.</summary>
    public string? AccountRoutingOverride { get; init; }

    /// <summary>For people; null for a personal one.</summary>
    public string? Name { get; init; }

    /// <summary><c>personal</c> or <c>workspace</c>.</summary>
    public string? Structure { get; init; }

    /// <summary>Nothing is served there any more.</summary>
    public bool? IsDeactivated { get; init; }
}

/// <summary>
/// The member <c>usage</c> of a stored quota, in the original's shape: the first window in flat members, despite their names in percent.
/// </summary>
/// <param name="TotalTokenUsage">As <paramref name="Percentage"/>.</param>
/// <param name="Limit">Always 100.</param>
/// <param name="Remaining">Percent remaining, from 0 to 100; null when it is not known.</param>
/// <param name="Percentage">Percent used, from 0; null when it is not known.</param>
/// <param name="ResetAt">When the window begins anew; null when it is not known.</param>
/// <param name="ResetAfterSeconds">Until then, as the backend told it; null when it did not.</param>
/// <param name="LimitWindowSeconds">The window's length; null when it is not known.</param>
/// <param name="PlanType">Such as <c>plus</c>; null when it was not told.</param>
/// <param name="LimitReached">The limit is used up.</param>
/// <param name="Allowed">Requests are served.</param>
/// <param name="Raw">The backend's whole answer.</param>
internal sealed record UsageSummary(
    double? TotalTokenUsage, int Limit, double? Remaining, double? Percentage, DateTimeOffset? ResetAt, double? ResetAfterSeconds, double? LimitWindowSeconds,
    string? PlanType, bool LimitReached, bool Allowed, JsonObject Raw);
