using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Turns.Attempt;

/// <summary>What a client is told when no account can serve it.</summary>
internal static class TurnErrors
{
    /// <summary>No retry: Claude Code would repeat a 401 for three minutes.</summary>
    public static readonly ApiError NoAccount = new(ApiErrorType.Authentication, 401,
        "No ChatGPT account is signed in. Add one with: codex-claude-proxy login, or codex-claude-proxy accounts import") { ShouldRetry = false };

    public static readonly ApiError SignInAgain = new(ApiErrorType.Authentication, 401,
        "ChatGPT login expired or was revoked. Sign in again with the proxy's login command.") { ShouldRetry = false };

    /// <summary>What to say when the selection found no account for a request that names no model.</summary>
    public static ApiError NobodyFor(Selection selection, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (selection.Candidates.Count == 0) return NoAccount;
        return selection.Release is { } release ? AllWaiting(selection.Candidates, release, now, zone) : NoneUsable(selection, model: "");
    }

    /// <summary>Every account is used up or in cooldown. Beyond a minute the wait makes Claude Code show the message at once.</summary>
    public static ApiError AllWaiting(IReadOnlyList<Candidate> accounts, DateTimeOffset release, DateTimeOffset now, TimeZoneInfo zone)
    {
        Candidate first = accounts.First(candidate => candidate.Until == release);
        string when = TimeText.Until(release, now, zone);
        TimeSpan wait = release > now ? release - now : TimeSpan.FromSeconds(1);
        string name = first.Account.Email;
        string message = first.Skip switch
        {
            SkipReason.CoolingDown => $"{name} is in cooldown after a failure ({first.Detail}); the cooldown ends {when}.",
            SkipReason.Reserved => $"{BelowReserve(first)} The quota window resets {when}.",
            _ when accounts.Count == 1 => $"Codex usage limit reached. {name} resets {when}.",
            _ when accounts.Any(candidate => candidate.Skip == SkipReason.LacksModel) =>
                $"Codex usage limit reached. {name} resets {when}, and no other account has the model.",
            _ when accounts.Any(candidate => candidate.Skip == SkipReason.Excluded) =>
                $"Codex usage limit reached. {name} resets {when}, and the model is excluded for other accounts.",
            _ when accounts.All(candidate => candidate.Skip == SkipReason.Exhausted) => $"All {accounts.Count} accounts have reached their Codex usage limit. {name} resets first, {when}.",
            _ => $"Codex usage limit reached, and no other account is available. {name} resets first, {when}.",
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

    /// <summary>What is told of a failure at the backend.</summary>
    public static ApiError Of(CodexFailure failure, TurnContext context, DateTimeOffset now, TimeZoneInfo zone) =>
        failure.ToApiError(context, failure.ResetsAt is { } reset ? TimeText.Until(reset, now, zone) : null);

    /// <summary>Waiting makes no account usable: all are disabled, need a new sign-in, may not serve the model, or are below their reserve with no known reset.</summary>
    public static ApiError NoneUsable(Selection selection, string model)
    {
        if (selection.Candidates.FirstOrDefault(candidate => candidate.Skip == SkipReason.Reserved) is { Account: { } account } kept)
            return new ApiError(ApiErrorType.RateLimit, 429, BelowReserve(kept)) { ShouldRetry = false, Code = "usage_limit_reached", PlanType = PlanOf(account) };
        if (selection.Candidates.All(candidate => candidate.Skip is SkipReason.Excluded or SkipReason.LacksModel or SkipReason.Disabled)
            && selection.Candidates.FirstOrDefault(candidate => candidate.Skip == SkipReason.Excluded) is { Account.Email: { } email }) return Excluded(model, email);
        Candidate[] signedOut = [.. selection.Candidates.Where(candidate => candidate.Skip == SkipReason.NeedsSignIn)];
        if (signedOut.Length > 0 && signedOut.All(candidate => candidate.Account.NeedsSignIn is { IsDeactivation: true }))
        {
            return new ApiError(ApiErrorType.Authentication, 401,
                $"{signedOut[0].Account.Email}: {signedOut[0].Detail} When this is resolved, or with another account, sign in with: codex-claude-proxy login") { ShouldRetry = false };
        }

        if (signedOut.Length > 0) return SignInAgain;
        return new ApiError(ApiErrorType.Authentication, 401, "No ChatGPT account is usable: all are disabled. Enable one with: codex-claude-proxy accounts enable EMAIL") { ShouldRetry = false };
    }

    private static string? PlanOf(Account account) => account.PlanType is "unknown" ? null : account.PlanType;

    /// <summary>The owner's wish, not a limit: waiting and repeating do not help.</summary>
    private static ApiError Excluded(string model, string email) => new(ApiErrorType.NotFound, 404,
        $"No account may serve {model}: it is excluded for every account that has it. To change which models an account serves: codex-claude-proxy accounts exclude {email} MODELS.") { ShouldRetry = false, Code = "model_not_found" };

    private static string BelowReserve(Candidate kept) =>
        $"{kept.Account.Email} has less than its reserve of {kept.Reserve!.Words} remaining, so no new conversation starts on it. To change the reserve: codex-claude-proxy accounts reserve {kept.Account.Email} PERCENT{WindowOption(kept.Account, kept.Reserve)}.";

    /// <summary>Without the option the command is about the longest window, as far as the account has no number of its own for that length.</summary>
    private static string WindowOption(Account account, WindowReserve reserve) =>
        reserve.Length > RateLimitWindow.LongestShort && WindowReserve.Of(account.Reserves, reserve.Length) is null ? "" : $" --window {WindowName.Of(reserve.Length)}";
}
