using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What <c>accounts reset</c> shows, asks and does. A reset cannot be given back.</summary>
internal sealed class AccountReset(LocalAccounts accounts, Terminal terminal, bool asJson)
{
    /// <param name="confirmed">Nobody needs to be asked.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RedeemAsync(string name, bool confirmed, CancellationToken ct)
    {
        if (!confirmed && (asJson || !terminal.IsInteractive))
        {
            Tell(false, $"This spends a banked reset. To skip the question: codex-claude-proxy accounts reset {name} --yes");
            return Commands.Usage;
        }

        if (NamedAccount.Find(accounts.Store.Read(), name, out string problem) is not { } account) return Tell(false, problem);
        // How many there are, and how much is used, is as fresh as it can be.
        await terminal.ShowProgressAsync("Asking upstream", accounts.Usage.FetchAsync(account, ct));
        account = accounts.Store.Read().Find(account) ?? account;
        var report = new ResetReport(accounts.Pool, new ForecastReport(accounts.Pool, accounts.Time), accounts.Resets, accounts.Time);
        AccountResets resets = await report.OfAsync(account, ct);
        if (resets is { Available: 0, Pending: null }) return Tell(false, $"{account.Email} has no banked reset.");
        if (!confirmed)
        {
            await ShowAsync(account, resets);
            if (!await terminal.ConfirmAsync($"{Question(resets)} This cannot be undone.", ct)) return Tell(false, "No reset was redeemed.");
        }

        string? credit = resets.Credits is [var first, ..] ? first.Id : null;
        RedeemReply reply = await terminal.ShowProgressAsync("Redeeming", accounts.Resets.RedeemAsync(account, credit, Redemption.ByPerson, ct));
        return Outcome.Tell(terminal, asJson, reply.Success, reply.Message, reply.Note);
    }

    private async Task ShowAsync(Account account, AccountResets resets)
    {
        await terminal.Out.WriteLineAsync($"{accounts.Pool.NameOf(account)} has {(resets.Available == 1 ? "1 banked reset" : $"{resets.Available} banked resets")}.");
        foreach (ResetCredit credit in resets.Credits)
        {
            string end = credit.ExpiresAt is { } at ? $"expires {AccountTable.Local(at, accounts.Time)}" : "does not expire";
            await terminal.Out.WriteLineAsync($"  {end}{(credit.Title is null ? "" : $": {credit.Title}")}");
        }

        if (resets.ListError is { } error) await terminal.Out.WriteLineAsync($"  Upstream gave no list of them: {error}");
        if (resets.Advice is { } advice) await terminal.Out.WriteLineAsync(advice);
    }

    private string Question(AccountResets resets) => resets switch
    {
        { Pending: "open" } => "Repeat the request that was not answered?",
        { Credits: [{ ExpiresAt: { } end }, ..] } => $"Redeem the reset that expires {AccountTable.Local(end, accounts.Time)}?",
        { Credits: [_, ..] } => "Redeem one?",
        _ => "Redeem one? Upstream chooses which.",
    };

    private int Tell(bool success, string message) => Outcome.Tell(terminal, asJson, success, message);
}
