using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Endpoints;

/// <summary>
/// What a Codex client with a ChatGPT sign-in of its own asks its backend about its account, answered from the accounts here, since they serve its requests. Its
/// token is read for its account and goes nowhere.
/// </summary>
internal sealed class CodexAccountEndpoints(AccountStore store, AccountPool pool, AccountUsage usage, TimeProvider time)
{
    private const string Unconstrained = "NO_CONSTRAINT";

    /// <summary>How the client asks with <c>/backend-api</c> at the end of its base address, and without.</summary>
    private static readonly string[] Prefixes = ["/backend-api/wham", "/api/codex"];

    public void MapTo(Routes routes)
    {
        foreach (string prefix in Prefixes)
        {
            routes
                .Get(prefix + "/usage", http => AnswerUsageAsync(http, mayAsk: true), withoutKey: http => ForKnownAsync(http, known => AnswerUsageAsync(known, mayAsk: false)))
                .Get(prefix + "/accounts/check", AnswerWorkspacesAsync, withoutKey: http => ForKnownAsync(http, AnswerWorkspacesAsync))
                .Post(prefix + "/rate-limit-reset-credits/consume", RefuseToRedeemAsync);
        }
    }

    /// <summary>
    /// Such a client sends its token where the access key would stand. It is let through when the token names an account that is signed in here, and learns what remains.
    /// Nobody can tell here whether OpenAI has signed it, so it makes us ask nothing of upstream.
    /// </summary>
    private Task ForKnownAsync(HttpContext http, RequestDelegate answer) =>
        ClaimsOf(http) is { Email: { } email, AccountId: { } id, ExpiresAt: { } end } && end > time.GetUtcNow() && store.Read().Find(Account.KeyOf(email, id)) is not null
            ? answer(http)
            : JsonReply.WriteAsync(http, new ManagementError(Success: false, LocalErrors.WrongKey.Message), HostingContext.Default.ManagementError, LocalErrors.WrongKey.Status);

    private async Task AnswerUsageAsync(HttpContext http, bool mayAsk)
    {
        (Account? account, bool canServe) = Next();
        RateLimits? limits = account is null ? null : pool.LimitsOf(account);
        if (mayAsk && account is not null && limits is null) limits = (await usage.FetchAsync(account, http.RequestAborted)).Limits;
        var answer = new CodexUsage(
            ClaimsOf(http)?.UserId, AskingAccount(http), account is null ? "unknown" : pool.PlanOf(account), Told(limits?.Windows ?? [], canServe),
            [.. (limits?.Families ?? []).Select(family => new CodexModelLimit(family.Label, family.Id, Told(family.Windows, !family.LimitReached)))],
            canServe ? null : new CodexLimitReached("rate_limit_reached"));
        await JsonReply.WriteAsync(http, answer, SnakeCaseContext.Default.CodexUsage);
    }

    private Task AnswerWorkspacesAsync(HttpContext http)
    {
        if (AskingAccount(http) is not { } id)
        {
            const string problem = "The header chatgpt-account-id is absent, so it is not known whose workspaces are asked for";
            return JsonReply.WriteAsync(http, new ManagementError(Success: false, problem), HostingContext.Default.ManagementError, StatusCodes.Status400BadRequest);
        }

        string plan = Next().Account is { } account ? pool.PlanOf(account) : "unknown";
        return JsonReply.WriteAsync(http, new CodexWorkspaces([new(id, null, plan, "personal", Unconstrained, Unconstrained)], [id], id), SnakeCaseContext.Default.CodexWorkspaces);
    }

    private static Task RefuseToRedeemAsync(HttpContext http) => JsonReply.WriteAsync(
        http, new ManagementError(Success: false, "Banked resets are redeemed by their owner only: codex-claude-proxy accounts reset ACCOUNT"), HostingContext.Default.ManagementError, StatusCodes.Status403Forbidden);

    /// <summary>Who would serve next; when nobody can, who can first.</summary>
    private (Account? Account, bool CanServe) Next()
    {
        Selection selection = pool.Preview(model: "");
        if (selection.Account is { } next) return (next, true);
        IReadOnlyList<Candidate> all = pool.Judge(model: "");
        return (all.Where(candidate => candidate.Until is not null).OrderBy(candidate => candidate.Until).Concat(all).Select(candidate => candidate.Account).FirstOrDefault(), false);
    }

    private CodexRateLimit Told(IReadOnlyList<RateLimitWindow> windows, bool canServe)
    {
        CodexWindow[] told = [.. windows.OrderBy(window => window.Length).Select(Told)];
        return new CodexRateLimit(canServe, !canServe, told.FirstOrDefault(), told.ElementAtOrDefault(1));
    }

    /// <summary>A window that nothing has begun yet ends its whole length from now, as the backend tells it.</summary>
    private CodexWindow Told(RateLimitWindow window)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset reset = window.ResetsAt ?? now + window.Length;
        return new CodexWindow((int)Math.Clamp(Math.Round(window.UsedPercent), 0, 100), (long)window.Length.TotalSeconds, Math.Max(0, (long)(reset - now).TotalSeconds), reset.ToUnixTimeSeconds());
    }

    private static string? AskingAccount(HttpContext http) => http.Request.Headers["chatgpt-account-id"] is [{ Length: > 0 } id] ? id : ClaimsOf(http)?.AccountId;

    private static TokenClaims? ClaimsOf(HttpContext http) =>
        http.Request.Headers.Authorization is [{ } value] && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? TokenClaims.Decode(value["Bearer ".Length..].Trim()) : null;
}
