namespace CodexClaudeProxy.Accounts;

/// <summary>The strategies: pure choices among judged candidates.</summary>
internal static class AccountSelector
{
    /// <param name="pinned">The account the conversation is on, if any.</param>
    /// <param name="active">The account the owner chose, if any.</param>
    /// <param name="last">The account the previous new conversation went to.</param>
    public static (Account? Account, string Reason) Choose(
        IReadOnlyList<Candidate> candidates, SelectionStrategy strategy, string? pinned, string? active, string? last)
    {
        if (candidates.Count == 0) return (null, "no account is signed in");
        if (candidates.FirstOrDefault(candidate => candidate.IsUsable && candidate.Account.Key == pinned) is { Account: { } same })
        {
            return (same, "the conversation is on this account");
        }

        bool rotate = strategy == SelectionStrategy.RoundRobin && last is not null;
        int start = IndexOf(candidates, rotate ? last : active);
        // Rotation begins behind the last one, the sticky strategy with the active one itself.
        for (int step = rotate ? 1 : 0; step < candidates.Count + (rotate ? 1 : 0); step++)
        {
            Candidate candidate = candidates[(start + step) % candidates.Count];
            if (!candidate.IsUsable) continue;
            if (strategy == SelectionStrategy.RoundRobin) return (candidate.Account, "next in the round");
            return (candidate.Account, candidate.Account.Key == active ? "the active account" : "the next usable account");
        }

        return (null, "no account is usable");
    }

    /// <summary>The first moment at which one of the accounts that only have to wait is usable.</summary>
    public static DateTimeOffset? Release(IEnumerable<Candidate> candidates) => candidates.Min(candidate => candidate.Until);

    /// <summary>The first where the key is unknown.</summary>
    private static int IndexOf(IReadOnlyList<Candidate> candidates, string? key)
    {
        for (int i = 0; i < candidates.Count; i++)
        {
            if (candidates[i].Account.Key == key) return i;
        }

        return 0;
    }
}
