using System.Globalization;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Login;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What <c>accounts remove</c> and <c>accounts clear</c> do and ask. Each returns the exit code.</summary>
internal sealed class AccountRemoval(AccountStore store, Logout logout, Terminal terminal, bool asJson)
{
    private bool CanAsk => terminal.IsInteractive && !asJson;

    /// <param name="name">Null to choose from a list.</param>
    /// <param name="revoke">Whether the sign-in ends at the issuer too; null to be asked at a terminal.</param>
    public async Task<int> RemoveAsync(string? name, bool? revoke, CancellationToken ct)
    {
        AccountList accounts = store.Read();
        string problem = "No account was removed.";
        if (name is null && !CanAsk)
        {
            return Misused("Which account? Name its e-mail address or account id; codex-claude-proxy accounts list shows them.");
        }

        Account? account = name is null ? await ChooseAsync(accounts, ct) : NamedAccount.Find(accounts, name, out problem);
        if (account is null) return Outcome.Tell(terminal, asJson, false, problem);

        revoke ??= await AskToRevokeAsync([account], ct);
        LogoutResult? result = await logout.RemoveAsync(account.Key, revoke.Value, ct);
        return result is null
            ? Outcome.Tell(terminal, asJson, false, $"Account not found: {account.Key}")
            : Outcome.Tell(terminal, asJson, true, result.Message, result.Warning);
    }

    /// <param name="confirmed">Nobody needs to be asked.</param>
    /// <param name="revoke">As for <see cref="RemoveAsync"/>.</param>
    public async Task<int> ClearAsync(bool confirmed, bool? revoke, CancellationToken ct)
    {
        AccountList accounts = store.Read();
        if (accounts.All.IsEmpty) return Outcome.Tell(terminal, asJson, true, "There is no account");
        string all = accounts.All.Length == 1 ? "the only account" : $"all {accounts.All.Length} accounts";
        if (!confirmed && !CanAsk)
        {
            return Misused($"This removes {all} and their tokens. To skip the question: codex-claude-proxy accounts clear --yes");
        }

        if (!confirmed && !await terminal.ConfirmAsync($"Remove {all} and their tokens?", ct)) return Outcome.Tell(terminal, asJson, false, "No account was removed.");

        revoke ??= !confirmed && await AskToRevokeAsync(accounts.All, ct);
        List<string> warnings = [];
        foreach (Account account in accounts.All)
        {
            LogoutResult? result = await logout.RemoveAsync(account.Key, revoke.Value, ct);
            if (result?.Warning is { } warning) warnings.Add($"{account.Email}: {warning}");
        }

        return Outcome.Tell(terminal, asJson, true, $"Removed {all}", warnings.Count == 0 ? null : string.Join('\n', warnings));
    }

    private int Misused(string message)
    {
        Outcome.Tell(terminal, asJson, false, message);
        return Commands.Usage;
    }

    private async Task<Account?> ChooseAsync(AccountList accounts, CancellationToken ct)
    {
        for (int i = 0; i < accounts.All.Length; i++) await terminal.Error.WriteLineAsync($"{i + 1,3}  {accounts.NameOf(accounts.All[i])} ({accounts.All[i].PlanType})");
        string? answer = await terminal.AskAsync("Which account should be removed? (0 for none)", ct);
        return int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= accounts.All.Length
            ? accounts.All[number - 1] : null;
    }

    private async Task<bool> AskToRevokeAsync(IReadOnlyList<Account> accounts, CancellationToken ct)
    {
        if (!CanAsk) return false;
        string shared = accounts.Any(account => account.IsImported) ? " The Codex CLI shares the sign-in and would be signed out too." : "";
        return await terminal.ConfirmAsync($"Also revoke the sign-in at OpenAI, so that no copy of the tokens works?{shared}", ct);
    }
}
