using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Accounts.Pool;

internal enum SkipReason
{
    None,
    AlreadyTried,
    Disabled,
    NeedsSignIn,
    Exhausted,

    /// <summary>A window has less than its reserve remaining: no new conversation starts on the account.</summary>
    Reserved,

    CoolingDown,

    /// <summary>The backend has told this account that it does not have the model.</summary>
    LacksModel,

    /// <summary>Its owner does not want this account to serve the model.</summary>
    Excluded,
}

/// <summary>One account as the selector saw it.</summary>
/// <param name="Until">When the account is usable again, if time alone helps.</param>
/// <param name="Detail">For people.</param>
internal readonly record struct Candidate(Account Account, SkipReason Skip, DateTimeOffset? Until = null, string? Detail = null)
{
    /// <summary>Percent remaining of the window that decides how the account stands, the most used one as a rule; null when it is not known.</summary>
    public double? Left { get; init; }

    /// <summary>When that window begins anew, for a used-up account the same as <see cref="Until"/>; null when it is not known.</summary>
    public DateTimeOffset? RenewsAt { get; init; }

    /// <summary>When the longest window that counts for the model begins anew; null when nothing is known.</summary>
    public DateTimeOffset? LongestRenewsAt { get; init; }

    /// <summary>It is in cooldown after a failure of its own, or is used up until an implausible time: it may work before that.</summary>
    public bool IsLastResort { get; init; }

    /// <summary>The reserve that is reached; null when none is.</summary>
    public WindowReserve? Reserve { get; init; }

    /// <summary>How many requests it serves now.</summary>
    public int Running { get; init; }

    /// <summary>How many conversations on it had a request lately; known where the strategy goes by it.</summary>
    public int RecentConversations { get; init; }

    public Candidate GoingBy(RateLimitWindow? window) =>
        this with { Left = window is null ? null : Math.Clamp(100 - window.UsedPercent, 0, 100), RenewsAt = window?.ResetsAt };

    public bool IsUsable => Skip == SkipReason.None;

    /// <summary>How the account stands, in the word of the reports.</summary>
    public string State => Skip switch
    {
        SkipReason.AlreadyTried => "already-tried",
        SkipReason.Disabled => "disabled",
        SkipReason.NeedsSignIn => "needs-sign-in",
        SkipReason.Exhausted => "exhausted",
        SkipReason.Reserved => "reserved",
        SkipReason.CoolingDown => "cooling-down",
        SkipReason.LacksModel => "lacks-model",
        SkipReason.Excluded => "excluded",
        _ => "ready",
    };
}

/// <summary>A decision that explains itself.</summary>
/// <param name="Account">Null when no account is usable.</param>
/// <param name="Reason">Why this account, or why none.</param>
/// <param name="Release">When no account is usable: the first moment one will be; null when waiting does not help.</param>
internal sealed record Selection(Account? Account, string Reason, IReadOnlyList<Candidate> Candidates, DateTimeOffset? Release);
