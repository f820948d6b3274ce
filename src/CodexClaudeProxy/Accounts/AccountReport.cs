using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts;

/// <summary>
/// The accounts as JSON for the outside: the original's members, and ours behind them. Tokens are never among them.
/// </summary>
internal sealed class AccountReport(AccountStore store, AccountPool pool, TimeProvider time)
{
    private readonly QuotaReport _quota = new(pool, time);

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
            json.WriteString("planType"u8, pool.PlanOf(account));
            json.WriteBoolean("isActive"u8, account == accounts.Active);
            json.WritePropertyName("quota"u8);
            WriteQuotaWithoutAnswers(json, account.Quota);
            WriteTimes(json, account);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The members of <c>GET /api/pool</c>: how each account stands now, and who would serve a new conversation next and why.</summary>
    /// <param name="models">The models to tell the next account of.</param>
    /// <param name="offers">Whether an account is offered a model; null when that is not known.</param>
    public void WritePool(Utf8JsonWriter json, IEnumerable<string> models, Func<Account, string, bool?> offers)
    {
        json.WriteString("activeAccount"u8, store.Read().Active?.Key);
        json.WriteStartArray("accounts"u8);
        foreach (Candidate candidate in pool.Judge(model: ""))
        {
            json.WriteStartObject();
            json.WriteString("email"u8, candidate.Account.Email);
            WriteStanding(json, candidate);
            _quota.WriteMembers(json, candidate.Account, withHistory: false);
            WriteClocks(json, pool.ClocksOf(candidate.Account));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("next"u8);
        // A model with a limit to itself has a next account of its own, also where the catalogue hides it.
        IEnumerable<string> limited = store.Read().All.SelectMany(account => pool.LimitsOf(account)?.Families ?? []).Select(family => family.Model).OfType<string>();
        foreach (string model in models.Concat(limited).Distinct(StringComparer.OrdinalIgnoreCase)) WriteNext(json, model, pool.Preview(model), offers);
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
        using JsonDocument document = JsonDocument.Parse(quota, JsonDepth.Document);
        document.RootElement.WriteTo(json);
    }

    private void WriteAccount(Utf8JsonWriter json, Candidate candidate, Account? active)
    {
        Account account = candidate.Account;
        json.WriteStartObject();
        json.WriteString("email"u8, account.Email);
        json.WriteString("accountId"u8, account.AccountId);
        json.WriteString("planType"u8, pool.PlanOf(account));
        if (account.AddedAt is { } added) json.WriteString("addedAt"u8, added);
        json.WriteBoolean("isActive"u8, account.Key == active?.Key);
        WriteTimes(json, account);
        json.WritePropertyName("quota"u8);
        WriteQuota(json, pool.QuotaOf(account));

        WriteStanding(json, candidate);
        json.WriteString("source"u8, account.Source);
        json.WritePropertyName("limits"u8);
        _quota.WriteWindows(json, account, pool.LimitsOf(account), withHistory: false);
        WriteClocks(json, pool.ClocksOf(account));
        json.WriteEndObject();
    }

    private static void WriteNext(Utf8JsonWriter json, string model, Selection selection, Func<Account, string, bool?> offers)
    {
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        json.WriteString("account"u8, selection.Account?.Key);
        json.WriteString("reason"u8, selection.Reason);
        Times.Write(json, "release", selection.Release);
        json.WriteStartArray("candidates"u8);
        foreach (Candidate candidate in selection.Candidates)
        {
            json.WriteStartObject();
            json.WriteString("account"u8, candidate.Account.Key);
            json.WriteString("state"u8, candidate.State);
            Times.Write(json, "until", candidate.Until);
            json.WriteString("detail"u8, candidate.Detail);
            json.WriteNumber("priority"u8, candidate.Account.Priority);
            if (candidate.Left is { } left) json.WriteNumber("leftPercent"u8, Math.Round(left, 2));
            else json.WriteNull("leftPercent"u8);
            Times.Write(json, "renewsAt", candidate.RenewsAt);
            if (offers(candidate.Account, model) is { } offered) json.WriteBoolean("offersModel"u8, offered);
            else json.WriteNull("offersModel"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>How the account stands and what its owner set about it.</summary>
    private void WriteStanding(Utf8JsonWriter json, Candidate candidate)
    {
        Account account = candidate.Account;
        json.WriteString("id"u8, account.Key);
        json.WriteString("label"u8, account.Label);
        json.WriteBoolean("enabled"u8, account.Enabled);
        json.WriteNumber("priority"u8, account.Priority);
        json.WriteNumber("reserve"u8, account.Reserve);
        json.WriteString("state"u8, candidate.State);
        Times.Write(json, "stateUntil", candidate.Until);
        json.WriteString("stateDetail"u8, candidate.Detail);
        Times.Write(json, "expiresAt", account.ExpiresAt);
        // It works, but its sign-in is the last one: the owner should know before it ends.
        json.WriteBoolean("signsOut"u8, account.CannotRenew && !account.CannotSend(time.GetUtcNow()));
    }

    private static void WriteClocks(Utf8JsonWriter json, IReadOnlyList<RunningClock> clocks)
    {
        json.WriteStartArray("clocks"u8);
        foreach (RunningClock clock in clocks)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, clock.Exhausted ? "exhausted"u8 : "cooling-down"u8);
            json.WriteString("model"u8, clock.Model);
            Times.Write(json, "until", clock.Until);
            json.WriteString("reason"u8, clock.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Health is asked by anything that can reach the port: no account ids, no raw answers.</summary>
    private static void WriteQuotaWithoutAnswers(Utf8JsonWriter json, string? quota)
    {
        if (quota is null || JsonNode.Parse(quota, documentOptions: JsonDepth.Document) is not JsonObject members)
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
}
