using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>
/// The accounts as the outside sees them: the original's members, and ours behind them. Tokens are never among them.
/// </summary>
internal sealed class AccountReport(AccountStore store, AccountPool pool, TimeProvider time)
{
    private readonly QuotaReport _quota = new(pool, time);

    /// <summary>All accounts with everything about each.</summary>
    public AccountsReport List()
    {
        AccountList accounts = store.Read();
        return new AccountsReport([.. pool.Judge(model: "").Select(candidate => Listed(candidate, accounts))], accounts.Active?.Email, accounts.All.Length);
    }

    /// <summary>All accounts in short.</summary>
    public AccountsSummary Summary()
    {
        AccountList accounts = store.Read();
        return new AccountsSummary(accounts.All.Length, accounts.Active?.Email,
            [.. accounts.All.Select(account => new AccountSummary(account.Email, pool.PlanOf(account), account.Key == accounts.Active?.Key, WithoutAnswers(account.Quota), IsExpired(account), account.LastUsed))]);
    }

    /// <summary>How each account stands now, and who would serve a new conversation next and why.</summary>
    /// <param name="models">The models to tell the next account of.</param>
    /// <param name="offers">Whether an account is offered a model; null when that is not known.</param>
    public PoolReport Pool(SelectionStrategy strategy, IEnumerable<string> models, Func<Account, string, bool?> offers)
    {
        AccountList accounts = store.Read();
        // A model with a limit to itself has a next account of its own, also where the catalogue hides it.
        IEnumerable<string> limited = accounts.All.SelectMany(account => pool.LimitsOf(account)?.Families ?? []).Select(family => family.Model).OfType<string>();
        return new PoolReport(strategy, accounts.Active?.Key, [.. pool.Judge(model: "").Select(candidate => Pooled(candidate, accounts))],
            [.. models.Concat(limited).Distinct(StringComparer.OrdinalIgnoreCase).Select(model => Next(model, pool.Preview(model), offers))]);
    }

    /// <summary>The stored quota object, or null.</summary>
    public static JsonElement? Quota(string? quota) => quota is null ? null : JsonElement.Parse(quota, JsonDepth.Document);

    private ListedAccount Listed(Candidate candidate, AccountList accounts)
    {
        Account account = candidate.Account;
        QuotaState quota = _quota.Of(account, withHistory: false);
        return new ListedAccount(
            account.Email, account.AccountId, pool.PlanOf(account), account.AddedAt, account.Key == accounts.Active?.Key, IsExpired(account), account.LastUsed, Quota(pool.QuotaOf(account)),
            account.Key, account.Label, accounts.WorkspaceOf(account), account.Enabled, account.Priority, account.Reserve ?? 0, Reserves(account), account.ExcludedModels, account.Proxy?.Shown, quota.BankedResets,
            candidate.State, candidate.Until, candidate.Detail, account.ExpiresAt, SignsOut(account),
            account.Source, quota.Windows, Clocks(account));
    }

    private PooledAccount Pooled(Candidate candidate, AccountList accounts)
    {
        Account account = candidate.Account;
        QuotaState quota = _quota.Of(account, withHistory: false);
        return new PooledAccount(
            account.Email,
            account.Key, account.Label, accounts.WorkspaceOf(account), account.Enabled, account.Priority, account.Reserve ?? 0, Reserves(account), account.ExcludedModels, account.Proxy?.Shown, quota.BankedResets,
            candidate.State, candidate.Until, candidate.Detail, account.ExpiresAt, SignsOut(account),
            quota.Plan, quota.Credits, quota.Windows, Clocks(account));
    }

    private static NextAccount Next(string model, Selection selection, Func<Account, string, bool?> offers) =>
        new(model, selection.Account?.Key, selection.Reason, selection.Release,
            [.. selection.Candidates.Select(candidate => new NextCandidate(candidate.Account.Key, candidate.State, candidate.Until, candidate.Detail, candidate.Account.Priority,
                candidate.Left is { } left ? Math.Round(left, 2) : null, candidate.RenewsAt, offers(candidate.Account, model), candidate.Running))]);

    private static Dictionary<string, int> Reserves(Account account) => account.Reserves.DistinctBy(reserve => reserve.Length).ToDictionary(reserve => WindowName.Of(reserve.Length), reserve => reserve.Percent);

    private IReadOnlyList<ClockReport> Clocks(Account account) =>
        [.. pool.ClocksOf(account).Select(clock => new ClockReport(clock.Exhausted ? "exhausted" : "cooling-down", clock.Model, clock.Until, clock.Reason))];

    /// <summary>Health is asked by anything that can reach the port: no account ids, no raw answers.</summary>
    private static JsonObject? WithoutAnswers(string? quota)
    {
        if (quota is null || JsonNode.Parse(quota, documentOptions: JsonDepth.Document) is not JsonObject members) return null;
        members.Remove("account");
        (members["usage"] as JsonObject)?.Remove("raw");
        return members;
    }

    /// <summary>It works, but its sign-in is the last one: the owner should know before it ends.</summary>
    private bool SignsOut(Account account) => account.CannotRenew && !account.CannotSend(time.GetUtcNow());

    /// <summary>A token that does not tell its end counts as valid, as in the original.</summary>
    private bool IsExpired(Account account) => account.AccessToken is not null && account.IsExpired(time.GetUtcNow());
}
