using System.Globalization;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Accounts.Pool;

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
        if (Find(candidates, pinned) is { IsUsable: true } same) return (same.Account, "the conversation is on this account");
        if (candidates.Any(candidate => candidate.IsUsable)) return ByStrategy(candidates, strategy, active, last);

        // A conversation that has begun may continue below the reserve; a new one may not start.
        Candidate[] reserved = [.. candidates.Where(candidate => candidate.Skip == SkipReason.Reserved)];
        if (pinned is not null && reserved.Length > 0) return ((Find(reserved, pinned) ?? reserved[0]).Account, "below its reserve, but no other account is available");

        // A try that may fail is better than a certain refusal.
        if (candidates.FirstOrDefault(candidate => candidate.IsLastResort) is { Account: { } faulty } fault)
        {
            return (faulty, fault.Skip == SkipReason.Exhausted
                ? "its reset time is implausibly far ahead, so it is tried"
                : $"in cooldown after a failure ({fault.Detail}), but no other account is available");
        }

        // A refusal may have been a mistake: where no account is known to have the model, one is tried again. Not where one that has it only has to wait.
        bool othersRemain = candidates.Any(candidate => candidate.Skip is SkipReason.AlreadyTried or SkipReason.Exhausted or SkipReason.CoolingDown or SkipReason.Reserved);
        if (!othersRemain && candidates.FirstOrDefault(candidate => candidate.Skip == SkipReason.LacksModel) is { Account: { } asked })
            return (asked, "no account is known to have the model, so this one is tried again");

        return (null, "no account is usable");
    }

    /// <summary>The first moment at which one of the accounts that only have to wait is usable.</summary>
    public static DateTimeOffset? Release(IEnumerable<Candidate> candidates) => candidates.Min(candidate => candidate.Until);

    private static (Account Account, string Reason) ByStrategy(IReadOnlyList<Candidate> candidates, SelectionStrategy strategy, string? active, string? last)
    {
        // The active account comes before the accounts' priorities.
        if (strategy == SelectionStrategy.Sticky && Find(candidates, active) is { IsUsable: true } chosen) return (chosen.Account, "the active account");

        // Rotation begins behind the last one, and so do equals of the least busy; everything else with the active one itself.
        bool rotate = strategy is SelectionStrategy.RoundRobin or SelectionStrategy.LeastBusy && last is not null;
        int start = IndexOf(candidates, rotate ? last : active) + (rotate ? 1 : 0);
        int first = candidates.Where(candidate => candidate.IsUsable).Min(candidate => candidate.Account.Priority);
        Candidate[] inTurn = [.. Enumerable.Range(start, candidates.Count).Select(i => candidates[i % candidates.Count])
            .Where(candidate => candidate.IsUsable && candidate.Account.Priority == first)];

        switch (strategy)
        {
            case SelectionStrategy.RoundRobin:
                return (inTurn[0].Account, "next in rotation");
            case SelectionStrategy.MostRemaining:
                // An account whose usage is unknown counts as unused.
                Candidate fullest = inTurn.MaxBy(candidate => candidate.Left ?? 100);
                return (fullest.Account, fullest.Left is { } left ? string.Create(CultureInfo.InvariantCulture, $"most quota remaining: {left:0.#} %") : "no usage known yet");
            case SelectionStrategy.SoonestReset:
                Candidate soonest = inTurn.MinBy(candidate => candidate.LongestRenewsAt ?? DateTimeOffset.MaxValue);
                return (soonest.Account, soonest.LongestRenewsAt is { } at ? $"its longest quota window resets first, at {Times.Iso(at)}" : "no account's reset time is known");
            case SelectionStrategy.LeastBusy:
                Candidate idlest = inTurn.MinBy(candidate => (candidate.Running, candidate.RecentConversations, -(candidate.Left ?? 100)));
                return (idlest.Account, $"least busy: {Count(idlest.Running, "running request")}, {Count(idlest.RecentConversations, "recent conversation")}");
            default:
                return (inTurn[0].Account, "the next usable account");
        }
    }

    private static string Count(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");

    private static Candidate? Find(IReadOnlyList<Candidate> candidates, string? key)
    {
        foreach (Candidate candidate in candidates)
        {
            if (candidate.Account.Key == key) return candidate;
        }

        return null;
    }

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
