using System.Globalization;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Turns;

/// <summary>What a client is told when no account can serve it.</summary>
internal static class TurnErrors
{
    /// <summary>No retry: Claude Code would repeat a 401 for three minutes.</summary>
    public static readonly ApiError NoAccount = new(ApiErrorType.Authentication, 401,
        "No ChatGPT account is signed in. Add one with: codex-claude-proxy login, or codex-claude-proxy accounts import") { ShouldRetry = false };

    public static readonly ApiError SignInAgain = new(ApiErrorType.Authentication, 401,
        "ChatGPT login expired or was revoked. Sign in again with the proxy's login command.") { ShouldRetry = false };

    /// <summary>What to say when the selection found no account.</summary>
    public static ApiError NobodyFor(Selection selection, DateTimeOffset now)
    {
        if (selection.Candidates.Count == 0) return NoAccount;
        return selection.Release is { } release ? AllWaiting(selection.Candidates, release, now) : NoneUsable(selection);
    }

    /// <summary>Every account is used up or resting. Beyond a minute the wait makes Claude Code show the message at once.</summary>
    public static ApiError AllWaiting(IReadOnlyList<Candidate> accounts, DateTimeOffset release, DateTimeOffset now)
    {
        Candidate first = accounts.First(candidate => candidate.Until == release);
        string when = release.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        TimeSpan wait = release > now ? release - now : TimeSpan.FromSeconds(1);
        string name = first.Account.Email;
        string message = first.Skip switch
        {
            SkipReason.CoolingDown => $"{name} rests until {when} ({first.Detail}).",
            SkipReason.Reserved => $"{BelowReserve(first.Account)} It is renewed at {when}.",
            _ when accounts.Count == 1 => $"Codex usage limit reached. {name} is free again at {when}.",
            _ when accounts.All(candidate => candidate.Skip == SkipReason.Exhausted) => $"All {accounts.Count} accounts are at their Codex usage limit. {name} is free first, at {when}.",
            _ => $"Codex usage limit reached, and no other account can serve. {name} is free first, at {when}.",
        };
        return new ApiError(ApiErrorType.RateLimit, 429, message)
        {
            ShouldRetry = wait <= TimeSpan.FromMinutes(1),
            RetryAfter = wait,
            Code = first.Skip == SkipReason.CoolingDown ? "rate_limit_exceeded" : "usage_limit_reached",
            ResetsAt = release,
            PlanType = PlanOf(first.Account),
        };
    }

    /// <summary>No account will be usable by waiting: they are switched off, need a new sign-in, or are kept back for nobody knows how long.</summary>
    public static ApiError NoneUsable(Selection selection)
    {
        if (selection.Candidates.FirstOrDefault(candidate => candidate.Skip == SkipReason.Reserved) is { Account: { } kept })
            return new ApiError(ApiErrorType.RateLimit, 429, BelowReserve(kept)) { ShouldRetry = false, Code = "usage_limit_reached", PlanType = PlanOf(kept) };
        if (selection.Candidates.Any(candidate => candidate.Skip == SkipReason.NeedsSignIn)) return SignInAgain;
        return new ApiError(ApiErrorType.Authentication, 401, "No ChatGPT account is usable: all are disabled. Enable one with: codex-claude-proxy accounts enable EMAIL") { ShouldRetry = false };
    }

    private static string? PlanOf(Account account) => account.PlanType is "unknown" ? null : account.PlanType;

    private static string BelowReserve(Account account) =>
        $"{account.Email} has less left than the {account.Reserve} % it keeps back, so no new conversation begins there. To change that: codex-claude-proxy accounts reserve {account.Email} PERCENT.";
}
