using System.Text.Json;
using CodexClaudeProxy.Accounts;
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

    private Task AnswerAllAsync(HttpContext http) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("accounts"u8);
        foreach (Account account in store.Read().All)
        {
            json.WriteStartObject();
            json.WriteString("email"u8, account.Email);
            json.WritePropertyName("quota"u8);
            AccountReport.WriteQuota(json, pool.QuotaOf(account));
            _report.WriteMembers(json, account, withHistory: false);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private async Task AnswerUsageAsync(HttpContext http)
    {
        if (await QueriedAccount.FindAsync(http, store.Read()) is not { } account) return;
        UsageOutcome outcome = await usage.FetchAsync(account, http.RequestAborted);
        if (outcome.Quota is null)
        {
            await QueriedAccount.WriteErrorAsync(http, StatusCodes.Status500InternalServerError, outcome.Error!);
            return;
        }

        using JsonDocument quota = JsonDocument.Parse(outcome.Quota, JsonDepth.Document);
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, true);
            json.WriteString("email"u8, account.Email);
            json.WritePropertyName("usage"u8);
            quota.RootElement.Member("usage").WriteTo(json);
            json.WriteEndObject();
        });
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

    private Task WriteQuotaAsync(HttpContext http, Account account, string? quota, bool cached, string? warning = null) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("success"u8, true);
        json.WriteString("email"u8, account.Email);
        json.WritePropertyName("quota"u8);
        AccountReport.WriteQuota(json, quota);
        json.WriteBoolean("cached"u8, cached);
        if (warning is not null) json.WriteString("warning"u8, warning);
        // Ours: the original tells only the first window. Found anew, since a fetch has just changed it.
        _report.WriteMembers(json, store.Read().Find(account) ?? account, http.Request.Query["history"] == "true");
        json.WriteEndObject();
    });
}
