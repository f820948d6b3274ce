namespace CodexClaudeProxy.Accounts;

internal enum SelectionStrategy
{
    /// <summary>The active account as long as it can be used, then the next one in the file.</summary>
    Sticky,

    /// <summary>Each new conversation goes to the next account.</summary>
    RoundRobin,
}

internal enum SkipReason
{
    None,
    AlreadyTried,
    Disabled,
    NeedsSignIn,
    Exhausted,
    CoolingDown,
}

/// <summary>One account as the selector saw it.</summary>
/// <param name="Until">When the account is usable again, if time alone helps.</param>
/// <param name="Detail">For people.</param>
internal readonly record struct Candidate(Account Account, SkipReason Skip, DateTimeOffset? Until = null, string? Detail = null)
{
    public bool IsUsable => Skip == SkipReason.None;
}

/// <summary>A decision that explains itself.</summary>
/// <param name="Account">Null when no account is usable.</param>
/// <param name="Reason">Why this account, or why none.</param>
/// <param name="Release">When no account is usable: the first moment one will be; null when waiting is in vain.</param>
internal sealed record Selection(Account? Account, string Reason, IReadOnlyList<Candidate> Candidates, DateTimeOffset? Release);
