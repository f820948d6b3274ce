namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>What went wrong, as far as it changes what happens next or what the client is told.</summary>
public enum CodexFailureKind
{
    ContextOverflow,
    RequestTooLarge,
    UsageLimit,
    RateLimited,
    QuotaSpent,
    PlanExcludesCodex,
    Overloaded,
    ServerError,
    TimedOut,
    Unreachable,

    /// <summary>The account's own proxy cannot be used, so nothing went out.</summary>
    AccountProxy,

    StreamEnded,
    Silent,
    Unavailable,
    Unauthorized,
    SignInNeeded,

    /// <summary>The account itself is closed: only its owner can change that.</summary>
    Deactivated,

    EdgeBlocked,
    Forbidden,
    ModelNotFound,
    ReasoningUnreadable,

    /// <summary>The body was compressed, and whoever answered does not read that.</summary>
    BodyUnreadable,

    Policy,
    InvalidRequest,
    InvalidImage,
    InvalidToolSchema,
    InvalidFormatSchema,
    UnsupportedParameter,
    Cancelled,
    InvalidToolArguments,
}

/// <summary>Who has to change for the next try to succeed.</summary>
public enum FailureBlame
{
    /// <summary>The request: no retry anywhere helps.</summary>
    Request,

    /// <summary>This account's quota: another account may serve.</summary>
    Quota,

    /// <summary>This account's login.</summary>
    Login,

    /// <summary>Nobody: it passes.</summary>
    Passing,
}
