namespace CodexClaudeProxy.Alerts;

/// <summary>How everything stands at one moment, as far as alerts are made of it. What is not known is null, and never changes anything.</summary>
internal sealed record Observation(DateTimeOffset At, IReadOnlyList<ObservedAccount> Accounts)
{
    /// <summary>When the first account serves again, where none can; null when waiting does not help.</summary>
    public DateTimeOffset? Release { get; init; }

    /// <summary>Who would serve a new conversation.</summary>
    public AlertAccount? Next { get; init; }

    /// <summary>When all accounts together are used up at their pace; null when they last, or when nobody can tell.</summary>
    public DateTimeOffset? RunsDryAt { get; init; }

    /// <summary>Where the data directory is; null when the system does not tell.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>The clients met since the last observation.</summary>
    public IReadOnlyCollection<string> Clients { get; init; } = [];

    /// <summary>All that is unknown to this version.</summary>
    public IReadOnlyCollection<string> Drift { get; init; } = [];

    /// <summary>Percent remaining at which a window is low; 0 for never.</summary>
    public int LowPercent { get; init; }
}

/// <summary>How an account can serve.</summary>
internal enum Standing
{
    Ready,

    /// <summary>Until the reset of a quota window.</summary>
    UsedUp,

    /// <summary>No new conversation starts on it.</summary>
    Reserved,

    NeedsSignIn,

    /// <summary>It may serve or not: after a failure, or when what is known of it cannot be right.</summary>
    Unclear,

    Disabled,
}

/// <param name="Until">When it serves again.</param>
internal sealed record ObservedAccount(AlertAccount Account, Standing Standing, DateTimeOffset? Until = null)
{
    /// <summary>It works with its last token.</summary>
    public bool IsSigningOut { get; init; }

    /// <summary>When its token ends; null when that does not tell.</summary>
    public DateTimeOffset? SignsOutAt { get; init; }

    /// <summary>The plan's windows.</summary>
    public IReadOnlyList<ObservedWindow> Windows { get; init; } = [];

    /// <summary>The banked resets that expire; null while upstream has not told them.</summary>
    public IReadOnlyList<ObservedReset>? Resets { get; init; }
}

internal sealed record ObservedWindow(string Name, TimeSpan Length, double UsedPercent, DateTimeOffset? ResetsAt);

internal sealed record ObservedReset(string Id, DateTimeOffset ExpiresAt);
