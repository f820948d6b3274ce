namespace CodexClaudeProxy.Endpoints;

/// <summary>What remains, as upstream tells it to a Codex client. Which windows they are is known by their lengths.</summary>
/// <param name="UserId">The asking client's own user, by its token: with another one, or none, it does not believe the rest.</param>
/// <param name="AccountId">The same of its account.</param>
/// <param name="PlanType">The plan of the account that would serve next; <c>unknown</c> until it is known.</param>
/// <param name="RateLimit">The plan's windows.</param>
/// <param name="AdditionalRateLimits">Limits that models have to themselves.</param>
/// <param name="RateLimitReachedType">Null while an account can serve.</param>
internal sealed record CodexUsage(
    string? UserId, string? AccountId, string PlanType, CodexRateLimit RateLimit, IReadOnlyList<CodexModelLimit> AdditionalRateLimits, CodexLimitReached? RateLimitReachedType);

/// <summary>The windows of one limit.</summary>
/// <param name="Allowed">An account can serve now.</param>
/// <param name="LimitReached">None can.</param>
/// <param name="PrimaryWindow">The shortest window; null when nothing is known.</param>
/// <param name="SecondaryWindow">The next longer one; null when there is none.</param>
internal sealed record CodexRateLimit(bool Allowed, bool LimitReached, CodexWindow? PrimaryWindow, CodexWindow? SecondaryWindow);

/// <summary>One window.</summary>
/// <param name="UsedPercent">From 0 to 100.</param>
/// <param name="LimitWindowSeconds">Its length.</param>
/// <param name="ResetAfterSeconds">Seconds until it begins anew.</param>
/// <param name="ResetAt">The same moment, in seconds since 1970.</param>
internal sealed record CodexWindow(int UsedPercent, long LimitWindowSeconds, long ResetAfterSeconds, long ResetAt);

/// <summary>A limit that a model has to itself.</summary>
/// <param name="LimitName">For people.</param>
/// <param name="MeteredFeature">Its id.</param>
/// <param name="RateLimit">Its windows.</param>
internal sealed record CodexModelLimit(string LimitName, string MeteredFeature, CodexRateLimit RateLimit);

/// <summary>Why nothing is served.</summary>
/// <param name="Type">Always <c>rate_limit_reached</c>.</param>
internal sealed record CodexLimitReached(string Type);

/// <summary>The workspaces of the asking client: its own account, served from here.</summary>
/// <param name="Accounts">One entry.</param>
/// <param name="AccountOrdering">Its id.</param>
/// <param name="DefaultAccountId">Its id.</param>
internal sealed record CodexWorkspaces(IReadOnlyList<CodexWorkspace> Accounts, IReadOnlyList<string> AccountOrdering, string DefaultAccountId);

/// <summary>One workspace.</summary>
/// <param name="Id">The asking client's own account.</param>
/// <param name="Name">Always null.</param>
/// <param name="PlanType">The plan of the account that would serve next.</param>
/// <param name="Structure">Always <c>personal</c>.</param>
/// <param name="WorkspaceBackendOrigin">Always <c>NO_CONSTRAINT</c>: requests go where they are configured to go.</param>
/// <param name="AccountRoutingOverride">Always <c>NO_CONSTRAINT</c>.</param>
internal sealed record CodexWorkspace(string Id, string? Name, string PlanType, string Structure, string WorkspaceBackendOrigin, string AccountRoutingOverride);
