using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts;

/// <summary>
/// The accounts as JSON for the outside: the original's members, and ours behind them. Tokens are never among them.
/// </summary>
internal sealed class AccountReport(AccountStore store, AccountPool pool, TimeProvider time)
{
    /// <summary>The answer of <c>GET /accounts</c>.</summary>
    public void WriteList(Utf8JsonWriter json)
    {
        AccountList accounts = store.Read();
        json.WriteStartObject();
        json.WriteStartArray("accounts"u8);
        foreach (Candidate candidate in pool.Judge(model: "")) WriteAccount(json, candidate, accounts.Active);
        json.WriteEndArray();
        json.WriteString("activeAccount"u8, accounts.Active?.Email);
        json.WriteNumber("total"u8, accounts.All.Length);
        json.WriteEndObject();
    }

    /// <summary>The members <c>total</c>, <c>active</c> and <c>accounts</c> of <c>GET /accounts/status</c> and <c>GET /health</c>.</summary>
    public void WriteSummary(Utf8JsonWriter json)
    {
        AccountList accounts = store.Read();
        json.WriteNumber("total"u8, accounts.All.Length);
        json.WriteString("active"u8, accounts.Active?.Email);
        json.WriteStartArray("accounts"u8);
        foreach (Account account in accounts.All)
        {
            json.WriteStartObject();
            json.WriteString("email"u8, account.Email);
            json.WriteString("planType"u8, account.PlanType);
            json.WriteBoolean("isActive"u8, account == accounts.Active);
            json.WritePropertyName("quota"u8);
            WriteQuotaWithoutAnswers(json, account.Quota);
            WriteTimes(json, account);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The stored quota object, or null.</summary>
    public static void WriteQuota(Utf8JsonWriter json, string? quota)
    {
        if (quota is null)
        {
            json.WriteNullValue();
            return;
        }

        // Parsed, because raw it would bring the file's indentation along.
        using JsonDocument document = JsonDocument.Parse(quota);
        document.RootElement.WriteTo(json);
    }

    private void WriteAccount(Utf8JsonWriter json, Candidate candidate, Account? active)
    {
        Account account = candidate.Account;
        json.WriteStartObject();
        json.WriteString("email"u8, account.Email);
        json.WriteString("accountId"u8, account.AccountId);
        json.WriteString("planType"u8, account.PlanType);
        if (account.AddedAt is { } added) json.WriteString("addedAt"u8, added);
        json.WriteBoolean("isActive"u8, account.Key == active?.Key);
        WriteTimes(json, account);
        json.WritePropertyName("quota"u8);
        WriteQuota(json, account.Quota);

        json.WriteString("id"u8, account.Key);
        json.WriteString("label"u8, account.Label);
        json.WriteString("source"u8, account.Source);
        json.WriteBoolean("enabled"u8, account.Enabled);
        WriteTime(json, "expiresAt", account.ExpiresAt);
        json.WriteString("state"u8, StateWord(candidate.Skip));
        WriteTime(json, "stateUntil", candidate.Until);
        json.WriteString("stateDetail"u8, candidate.Detail);
        WriteLimits(json, pool.LimitsOf(account));
        WriteClocks(json, pool.ClocksOf(account));
        json.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter json, RateLimits? limits)
    {
        json.WriteStartArray("limits"u8);
        foreach (RateLimitWindow window in limits?.Windows ?? [])
        {
            json.WriteStartObject();
            json.WriteNumber("windowSeconds"u8, (long)window.Length.TotalSeconds);
            json.WriteNumber("usedPercent"u8, window.UsedPercent);
            WriteTime(json, "resetsAt", window.ResetsAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteClocks(Utf8JsonWriter json, IReadOnlyList<RunningClock> clocks)
    {
        json.WriteStartArray("clocks"u8);
        foreach (RunningClock clock in clocks)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, clock.Exhausted ? "exhausted"u8 : "cooling-down"u8);
            json.WriteString("model"u8, clock.Model);
            WriteTime(json, "until", clock.Until);
            json.WriteString("reason"u8, clock.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string StateWord(SkipReason skip) => skip switch
    {
        SkipReason.Disabled => "disabled",
        SkipReason.NeedsSignIn => "needs-sign-in",
        SkipReason.Exhausted => "exhausted",
        SkipReason.CoolingDown => "cooling-down",
        _ => "ready",
    };

    /// <summary>Health is asked by anything that can reach the port: no account ids, no raw answers.</summary>
    private static void WriteQuotaWithoutAnswers(Utf8JsonWriter json, string? quota)
    {
        if (quota is null || JsonNode.Parse(quota) is not JsonObject members)
        {
            json.WriteNullValue();
            return;
        }

        members.Remove("account");
        (members["usage"] as JsonObject)?.Remove("raw");
        members.WriteTo(json);
    }

    private void WriteTimes(Utf8JsonWriter json, Account account)
    {
        // A token that does not tell its end counts as valid, as in the original.
        json.WriteBoolean("tokenExpired"u8, account.AccessToken is not null && account.IsExpired(time.GetUtcNow()));
        json.WriteString("lastUsed"u8, account.LastUsed);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } set) json.WriteString(name, Times.Iso(set));
        else json.WriteNull(name);
    }
}
