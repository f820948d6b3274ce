using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What the accounts have used, from the account file or fresh from the backend.</summary>
internal sealed class QuotaEndpoints(AccountStore store, AccountPool pool, AccountUsage usage, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly QuotaReport _report = new(pool, time);

    public void MapTo(Routes routes) => routes
        .Get("/accounts/quota", AnswerQuotaAsync)
        .Get("/accounts/quota/all", AnswerAllAsync)
        .Get("/accounts/usage", AnswerUsageAsync);

    private async Task AnswerQuotaAsync(HttpContext http)
    {
        if (await QueriedAccount.FindAsync(http, store.Read()) is not { } account) return;
        bool wanted = http.Request.Query["refresh"] == "true";
        string? known = pool.QuotaOf(account);
        if (!wanted && IsFresh(known))
        {
            await WriteQuotaAsync(http, account, known, cached: true);
            return;
        }

        UsageOutcome outcome = await usage.FetchAsync(account, http.RequestAborted);
        if (outcome.Quota is not null) await WriteQuotaAsync(http, account, outcome.Quota, cached: false);
        else if (Holds(known, "usage")) await WriteQuotaAsync(http, account, known, cached: true, "Using cached data due to fetch error");
        else await QueriedAccount.WriteErrorAsync(http, StatusCodes.Status500InternalServerError, outcome.Error!);
    }

    private Task AnswerAllAsync(HttpContext http)
    {
        QuotaOfAccount[] all =
        [
            .. from account in store.Read().All
               let state = _report.Of(account, withHistory: false)
               select new QuotaOfAccount(account.Email, AccountReport.Quota(pool.QuotaOf(account)), state.Plan, state.Credits, state.Windows),
        ];
        return JsonReply.WriteAsync(http, new QuotaList(all), EndpointsContext.Default.QuotaList);
    }

    private async Task AnswerUsageAsync(HttpContext http)
    {
        if (await QueriedAccount.FindAsync(http, store.Read()) is not { } account) return;
        UsageOutcome outcome = await usage.FetchAsync(account, http.RequestAborted);
        await (AccountReport.Quota(outcome.Quota) is { } quota
            ? JsonReply.WriteAsync(http, new UsageReport(true, account.Email, quota.Member("usage")), EndpointsContext.Default.UsageReport)
            : QueriedAccount.WriteErrorAsync(http, StatusCodes.Status500InternalServerError, outcome.Error!));
    }

    private bool IsFresh(string? quota)
    {
        if (!Holds(quota, "usage")) return false;
        using JsonDocument document = JsonDocument.Parse(quota!, JsonDepth.Document);
        return document.RootElement.Time("fetchedAt") > time.GetUtcNow() - Fresh;
    }

    private static bool Holds(string? quota, string member)
    {
        if (quota is null) return false;
        using JsonDocument document = JsonDocument.Parse(quota, JsonDepth.Document);
        return document.RootElement.Member(member).ValueKind == JsonValueKind.Object;
    }

    private Task WriteQuotaAsync(HttpContext http, Account account, string? quota, bool cached, string? warning = null)
    {
        // Ours: the original tells only the first window. Found anew, since a fetch has just changed it.
        QuotaState state = _report.Of(store.Read().Find(account) ?? account, http.Request.Query["history"] == "true");
        var answer = new QuotaAnswer(true, account.Email, AccountReport.Quota(quota), cached, warning, state.Plan, state.Credits, state.Windows);
        return JsonReply.WriteAsync(http, answer, EndpointsContext.Default.QuotaAnswer);
    }
}

/// <summary>What one account has used.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Email">The account's e-mail address.</param>
/// <param name="Quota">As in the account file, see <see cref="UsageSummary"/>; null when nothing is known.</param>
/// <param name="Cached">False when upstream has just been asked.</param>
/// <param name="Warning">Why it was not asked although it should have been; absent otherwise.</param>
/// <param name="Plan">Such as <c>plus</c>; <c>unknown</c> until it is known.</param>
/// <param name="Credits">Null when nothing is known of credits.</param>
/// <param name="Windows">The plan's windows and those of single models; empty when nothing is known.</param>
internal sealed record QuotaAnswer(
    bool Success, string Email, JsonElement? Quota, bool Cached,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Warning,
    string Plan, CreditsReport? Credits, IReadOnlyList<WindowReport> Windows);

/// <summary>What all accounts have used, as far as it is known.</summary>
/// <param name="Accounts">In the order of the account file.</param>
internal sealed record QuotaList(IReadOnlyList<QuotaOfAccount> Accounts);

/// <summary>What one of several accounts has used.</summary>
/// <param name="Email">The account's e-mail address.</param>
/// <param name="Quota">As in the account file, see <see cref="UsageSummary"/>; null when nothing is known.</param>
/// <param name="Plan">Such as <c>plus</c>; <c>unknown</c> until it is known.</param>
/// <param name="Credits">Null when nothing is known of credits.</param>
/// <param name="Windows">The plan's windows and those of single models; empty when nothing is known.</param>
internal sealed record QuotaOfAccount(string Email, JsonElement? Quota, string Plan, CreditsReport? Credits, IReadOnlyList<WindowReport> Windows);

/// <summary>What the backend has just told of an account's usage.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Email">The account's e-mail address.</param>
/// <param name="Usage">See <see cref="UsageSummary"/>.</param>
internal sealed record UsageReport(bool Success, string Email, JsonElement Usage);
