using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Accounts.Imports;

/// <summary>Takes accounts over from files of other programs. What it would do can be seen before.</summary>
internal sealed class AccountImport(AccountStore store, TimeProvider time)
{
    /// <summary>What all imported accounts go through from their first request on; null for what the files say.</summary>
    public AccountProxy? Proxy { get; init; }

    /// <summary>Changes nothing.</summary>
    /// <param name="chosen">As in <see cref="ImportAsync"/>.</param>
    public ImportReport Preview(IEnumerable<ImportFile> files, IReadOnlyCollection<string>? chosen = null)
    {
        PlannedEntry[] plan = Judge(Found(files), store.Read(), chosen);
        int importable = plan.Count(static entry => entry.IsImported);
        bool isHere = plan.Any(static entry => entry.State == PlannedEntry.Unchanged || entry.GetsProxy);
        string message = importable == 0 && isHere ? $"Nothing to import: the accounts are here already{Proxied(plan, "will go")}" : $"{Counted(importable, "account")} can be imported{Proxied(plan, "will go")}{Refusals(plan)}";
        return new ImportReport(importable > 0 || isHere, message, NoteOn(plan), DryRun: true, [.. plan.Select(static entry => entry.Report)]) { ChangesNothing = importable == 0 && !plan.Any(static entry => entry.GetsProxy) };
    }

    /// <param name="chosen">Ids or e-mail addresses of accounts; null for all.</param>
    /// <returns>What was done, and the accounts as stored.</returns>
    public async Task<(ImportReport Report, IReadOnlyList<Account> Imported)> ImportAsync(IEnumerable<ImportFile> files, IReadOnlyCollection<string>? chosen, CancellationToken ct)
    {
        FoundAccount[] found = Found(files);
        List<Account> imported = [];
        // Judged again under the lock: another process may have changed the accounts since the preview.
        PlannedEntry[] plan = await store.UpdateAsync(document =>
        {
            imported.Clear();
            PlannedEntry[] entries = Judge(found, document.Accounts, chosen);
            foreach (PlannedEntry entry in entries.Where(static entry => entry.IsImported)) imported.Add(Take(document, entry));
            foreach (PlannedEntry entry in entries.Where(static entry => entry is { GetsProxy: true, IsImported: false })) AccountPreferences.SetProxy(document, document.Accounts.Find(entry.Found.Identity)!, Proxy);
            return entries;
        }, ct);
        bool isHere = plan.Any(static entry => entry.State is PlannedEntry.Unchanged or PlannedEntry.Older);
        string message = imported switch
        {
            [] when isHere => "Nothing to import: the accounts are here already",
            [] => plan is [{ Found.Problem: { } problem }] ? $"Import failed: {problem}" : "No account was imported",
            [var account] => $"Imported account: {account.Email} ({account.PlanType})",
            _ => $"Imported {imported.Count} accounts: {string.Join(", ", imported.Select(account => account.Email))}",
        };
        return (new ImportReport(imported.Count > 0 || isHere, message + Proxied(plan, "now go") + (plan.Length > 1 ? Refusals(plan) : ""), NoteOn(plan), DryRun: false, [.. plan.Select(static entry => entry.Report)]), imported);
    }

    private PlannedEntry[] Judge(FoundAccount[] found, AccountList accounts, IReadOnlyCollection<string>? chosen) =>
    [
        .. from entry in PlannedEntry.Judge(found, accounts, time.GetUtcNow())
           let isMeant = chosen is null || IsIn(chosen, entry.Found)
           select !isMeant ? entry.IsImported ? entry with { State = PlannedEntry.Skipped } : entry
               : Proxy is { } proxy && accounts.Find(entry.Found.Identity)?.Proxy != proxy ? entry.Through(proxy) : entry,
    ];

    private static bool IsIn(IReadOnlyCollection<string> chosen, FoundAccount found) =>
        chosen.Contains(found.Key) || (found.Email is { } email && chosen.Contains(email, StringComparer.OrdinalIgnoreCase));

    private FoundAccount[] Found(IEnumerable<ImportFile> files) =>
        [.. ForeignFormats.Limited(files.SelectMany(ForeignFormats.Read)).Select(entry => Proxy is { } chosen ? entry with { Proxy = chosen, HasUnreadableProxy = false } : entry)];

    private Account Take(AccountsDocument document, PlannedEntry entry)
    {
        FoundAccount found = entry.Found;
        DateTimeOffset now = time.GetUtcNow();
        Account account = document.Upsert(found.Tokens!, found.Email, found.Tool == ForeignFormats.Codex ? "imported" : null, now, entry.State == PlannedEntry.New ? found.Proxy : Proxy);
        // What the owner has decided here stays.
        if (entry.State != PlannedEntry.New) return account;
        if (found.Label is { } label) AccountPreferences.SetLabel(document, account, label);
        AccountPreferences.SetPriority(document, account, found.Priority);
        AccountPreferences.SetExcludedModels(document, account, found.ExcludedModels);
        AccountPreferences.SetEnabled(document, account, entry.Enabled);
        return document.Accounts.Find(account) ?? account;
    }

    /// <summary>A refresh token works once, so whoever uses it first signs the other out.</summary>
    private static string? NoteOn(PlannedEntry[] plan)
    {
        PlannedEntry[] shared = [.. plan.Where(static entry => entry.IsImported && entry.Found.Tokens!.RefreshToken is not null)];
        string[] tools = [.. shared.Select(static entry => entry.Found.Tool).OfType<string>().Where(static tool => tool is not (ForeignFormats.TokenExport or ForeignFormats.Lines)).Distinct()];
        if (shared.Length > 0)
        {
            string where = tools.Length == 0 ? "The program these tokens come from" : string.Join(" and ", tools);
            return $"{where} still {(tools.Length > 1 ? "use" : "uses")} the same refresh tokens, and each works only once: a refresh on one side signs the other out. "
                + "Remove these accounts there now, without signing out or revoking, or sign in separately here: codex-claude-proxy login";
        }

        return plan.Where(static entry => entry.IsImported).Select(static entry => entry.Found.Tokens!.ExpiresAt).Min() is { } end
            ? $"There is no refresh token: this works until {Times.Iso(end)} only. To keep using it, sign in here before then: codex-claude-proxy login" : null;
    }

    /// <summary>About the accounts that were here before, which nobody expects to be changed without a word.</summary>
    private string Proxied(PlannedEntry[] plan, string go) => plan.Count(static entry => entry.GetsProxy) is > 0 and var number
        ? $"; {Counted(number, "account")} already here {go} {(Proxy!.IsDirect ? "through no proxy" : $"through {Proxy}")}" : "";

    private static string Refusals(PlannedEntry[] plan) =>
        plan.Count(static entry => entry.State == PlannedEntry.Refused) is > 0 and var refused ? $"; {(refused == 1 ? "1 entry" : $"{refused} entries")} refused" : "";

    private static string Counted(int number, string thing) => number == 1 ? $"1 {thing}" : $"{number} {thing}s";
}
