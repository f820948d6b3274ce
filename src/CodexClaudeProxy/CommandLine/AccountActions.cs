using System.Text;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What the sub-commands of <c>accounts</c> do. Each returns the exit code.</summary>
internal sealed class AccountActions(AccountStore store, AccountPool pool, TokenRefresher tokens, AccountUsage usage, TimeProvider time)
{
    public required Terminal Terminal { get; init; }

    public bool AsJson { get; init; }

    public Task<int> ListAsync()
    {
        if (AsJson) Terminal.Out.WriteJson(new AccountReport(store, pool, time).List(), ReportsContext.Default.AccountsReport);
        else AccountTable.Write(Terminal.Out, store, pool, new ForecastReport(pool, time).Of(), time.GetUtcNow());
        return Task.FromResult(0);
    }


    public async Task<int> SwitchAsync(string address)
    {
        string problem = "";
        Account? chosen = await store.UpdateAsync(document =>
        {
            Account? found = NamedAccount.Find(document.Accounts, address, out problem);
            if (found is not null) document.SetActive(found);
            return found;
        }, default);
        if (chosen is null) return Tell(false, problem);
        string? note = SwitchNote.Of(pool, chosen, moment => AccountTable.Local(moment, time));
        return Outcome.Tell(Terminal, AsJson, true, $"Switched to account: {chosen.Email}", note);
    }

    public Task<int> LabelAsync(string address, string label) => SetAsync("label", AccountPreferences.IsLabel(label), address, (document, account) =>
    {
        AccountPreferences.SetLabel(document, account, label);
        return string.IsNullOrWhiteSpace(label) ? $"{account.Email} has no label" : $"{account.Email} is labelled {label.Trim()}";
    });

    public Task<int> PrioritizeAsync(string address, int priority) => SetAsync("priority", AccountPreferences.IsPriority(priority), address, (document, account) =>
    {
        AccountPreferences.SetPriority(document, account, priority);
        return $"{account.Email} has priority {priority}; lower comes first";
    });

    /// <param name="window">The length of the windows; null for the weekly one.</param>
    public Task<int> ReserveAsync(string address, int percent, string? window = null)
    {
        TimeSpan? length = window is null ? null : WindowName.Read(window);
        if (window is not null && length is null) return Task.FromResult(Misused($"--window must be the length of a quota window, such as 5h or 7d, not {window}"));
        return SetAsync("reserve", AccountPreferences.IsReserve(percent), address, (document, account) =>
        {
            if (length is { } known) AccountPreferences.SetReserve(document, account, known, percent);
            else AccountPreferences.SetReserve(document, account, percent);
            if (percent == 0) return length is null ? $"{account.Email} has no reserve" : $"{account.Email} has no reserve of its {WindowName.Of(length.Value)} quota window";
            return $"{account.Email} has a reserve of {percent} % of its {(length is { } other ? WindowName.Of(other) : "weekly")} quota window";
        });
    }

    /// <param name="models">Names and patterns; a single empty one for none.</param>
    public Task<int> ExcludeAsync(string address, string[] models)
    {
        string[] wanted = models is [""] ? [] : models;
        bool allowed = wanted.Length <= AccountPreferences.MostExcludedModels && wanted.All(AccountPreferences.IsModel);
        return SetAsync("excludedModels", allowed, address, (document, account) =>
        {
            AccountPreferences.SetExcludedModels(document, account, wanted);
            return wanted.Length == 0 ? $"{account.Email} serves all models" : $"{account.Email} does not serve {string.Join(", ", wanted)}";
        });
    }

    /// <param name="url">Null to show the present one, <c>-</c> for <paramref name="input"/>.</param>
    public async Task<int> ProxyAsync(string address, string? url, bool none, TextReader input)
    {
        if (url == "-") url = await input.ReadLineAsync() ?? "";
        if (none && url is not null) return Misused("Choose a proxy or --none, not both");
        if (none) return await ChangeAsync(address, (document, account) => SetProxy(document, account, null));
        if (url is not null)
            return AccountProxy.Parse(url) is { Problem: { } problem } ? Misused($"This proxy cannot be used: {problem}") : await ChangeAsync(address, (document, account) => SetProxy(document, account, AccountProxy.Parse(url)));
        return NamedAccount.Find(store.Read(), address, out string unknown) is { } shown ? Tell(true, $"{shown.Email} {Through(shown.Proxy)}") : Tell(false, unknown);
    }

    private static string SetProxy(AccountsDocument document, Account account, AccountProxy? proxy)
    {
        AccountPreferences.SetProxy(document, account, proxy);
        return $"{account.Email} {Through(proxy)}";
    }

    private static string Through(AccountProxy? proxy) => proxy switch
    {
        null => "has no proxy of its own; the proxy variables of the environment count",
        { Problem: { } problem } => $"has a proxy that cannot be used, so nothing is sent: {problem}",
        { IsDirect: true } => "goes out directly, without any proxy",
        _ => $"goes through the proxy {proxy} for everything",
    };

    public Task<int> EnableAsync(string address, bool enabled) => ChangeAsync(address, (document, account) =>
    {
        AccountPreferences.SetEnabled(document, account, enabled);
        return $"Account {(enabled ? "enabled" : "disabled")}: {account.Email}";
    });

    public Task<int> RefreshAsync(string? address, CancellationToken ct) => ForEachAsync(address, async account =>
    {
        RefreshOutcome outcome = await tokens.RefreshAsync(account, "forced", ct);
        // The quota comes with it, as in the dashboard.
        await usage.FetchAsync(outcome.Account ?? account, ct);
        return outcome.Failure is { } failure ? (false, failure.Message) : (true, $"Token refreshed, valid until {AccountTable.Local(outcome.Account!.ExpiresAt, time)}");
    });

    public Task<int> VerifyAsync(string? address, CancellationToken ct) => ForEachAsync(address, async account =>
    {
        UsageOutcome outcome = await usage.FetchAsync(account, ct);
        string through = account.Proxy is not { } proxy ? "" : proxy.IsDirect ? " without a proxy" : $" through the proxy {proxy}";
        return outcome.Error is { } error ? (false, error) : (true, $"Works{through}; {AccountTable.Quota(outcome.Limits, time.GetUtcNow())}");
    });

    /// <param name="file">Null is refused: tokens do not belong on a screen unless that is what was asked for.</param>
    public async Task<int> ExportAsync(string address, string? file)
    {
        if (file is null)
        {
            await Terminal.Error.WriteLineAsync("The file contains secret tokens. Choose a file with --output, or write --output - for standard output.");
            return Commands.Usage;
        }

        if (NamedAccount.Find(store.Read(), address, out string problem) is not { } account) return Tell(false, problem);
        if (account.AccessToken is null) return Tell(false, "The account has no access token yet; run: accounts refresh");
        if (file == "-") await Terminal.Out.WriteLineAsync(Encoding.UTF8.GetString(CodexAuthFile.Format(account, time.GetUtcNow())));
        else CodexAuthFile.Write(file, account, time.GetUtcNow());
        await Terminal.Error.WriteLineAsync("From now on use the account in one place only: a token refresh in one place signs the other out.");
        return 0;
    }

    private Task<int> SetAsync(string member, bool allowed, string address, Func<AccountsDocument, Account, string> change) =>
        allowed ? ChangeAsync(address, change) : Task.FromResult(Misused($"{member} {AccountPreferences.RuleOf(member)}"));

    private int Misused(string message)
    {
        Tell(false, message);
        return Commands.Usage;
    }

    private async Task<int> ChangeAsync(string address, Func<AccountsDocument, Account, string> change)
    {
        string problem = "";
        string? done = await store.UpdateAsync(document => NamedAccount.Find(document.Accounts, address, out problem) is { } account ? change(document, account) : null, default);
        return Tell(done is not null, done ?? problem);
    }

    private async Task<int> ForEachAsync(string? address, Func<Account, Task<(bool Success, string Message)>> act)
    {
        AccountList accounts = store.Read();
        string problem = "There is no account yet; sign in with: codex-claude-proxy login";
        Account[] chosen = address is null ? [.. accounts.All] : NamedAccount.Find(accounts, address, out problem) is { } named ? [named] : [];
        if (chosen.Length == 0) return Tell(false, problem);

        (bool Success, string Message)[] results = await Terminal.ShowProgressAsync(
            chosen.Length == 1 ? $"Asking upstream about {chosen[0].Email}" : $"Asking upstream about {chosen.Length} accounts", Task.WhenAll(chosen.Select(act)));
        if (AsJson)
        {
            AccountOutcome[] outcomes = [.. chosen.Zip(results, (account, result) => new AccountOutcome(account.Email, account.AccountId, result.Success, result.Message))];
            Terminal.Out.WriteJson(outcomes, ReportsContext.Default.AccountOutcomeArray);
        }
        else
        {
            foreach ((Account account, (_, string message)) in chosen.Zip(results)) await Terminal.Out.WriteLineAsync($"{account.Email}: {message}");
        }

        return results.All(result => result.Success) ? 0 : Commands.Failure;
    }

    private int Tell(bool success, string message) => Outcome.Tell(Terminal, AsJson, success, message);
}
