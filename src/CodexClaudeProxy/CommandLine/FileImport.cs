using CodexClaudeProxy.Accounts.Imports;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Login;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What <c>accounts import</c> shows, asks and does.</summary>
internal sealed class FileImport(CodexImport import, AccountUsage usage, TimeProvider time, Terminal terminal)
{
    public bool AsJson { get; init; }

    /// <summary>Where a person can answer.</summary>
    public bool AsksFirst { get; init; }

    /// <summary>Ids or e-mail addresses of the accounts that are meant; null for all.</summary>
    public IReadOnlyCollection<string>? Only { get; init; }

    /// <param name="paths">Empty for Codex's own file.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] paths, bool dryRun, CancellationToken ct)
    {
        bool asks = AsksFirst && terminal.IsInteractive && !AsJson && !paths.Contains("-");
        if (paths.Length == 0 && Only is null && !dryRun && !asks) return await ImportOwnAsync(ct);

        IReadOnlyList<ImportFile> files = paths.Length == 0 ? await import.ReadOwnAsync(ct) : await new ImportReader(time).ReadAsync(paths, terminal.In, ct);
        if (files.Count == 0) return Outcome.Tell(terminal, AsJson, success: false, "Import failed: the folder holds no JSON, text or zip file");
        ImportReport preview = import.FromFiles.Preview(files, Only);
        if (Only?.FirstOrDefault(name => !preview.Entries!.Any(entry => entry.Id == name || string.Equals(entry.Email, name, StringComparison.OrdinalIgnoreCase))) is { } missing)
            return Outcome.Tell(terminal, AsJson, success: false, $"Import failed: the files do not hold the account {missing}. To see which ones they hold, add --dry-run and omit --only");
        if (dryRun || asks)
        {
            if (dryRun) return Tell(preview, withEntries: true);
            if (preview.ChangesNothing) return paths.Length == 0 && Only is null ? await ImportOwnAsync(ct) : Tell(preview, withEntries: true);
            Tell(preview, withEntries: true);
            if (!await terminal.ConfirmAsync("Import?", ct)) return Outcome.Tell(terminal, AsJson, success: false, "Nothing was imported.");
            if (paths.Length == 0 && Only is null) return await ImportOwnAsync(ct);
        }

        (ImportReport report, IReadOnlyList<Account> imported) = await import.FromFiles.ImportAsync(files, Only, ct);
        await terminal.ShowProgressAsync("Asking for the quota", usage.WelcomeAsync(imported, ct));
        // After a preview the entries were shown already; without one only what did not come along is news.
        return Tell(asks ? report with { Note = null } : report, withEntries: !asks && report.Entries!.Count > 1);
    }

    private async Task<int> ImportOwnAsync(CancellationToken ct)
    {
        ImportResult result = await import.ImportAsync(path: null, ct);
        // The quota comes with it if the backend can be reached.
        if (result.Account is { } account) await terminal.ShowProgressAsync("Asking for the quota", usage.FetchAsync(account, ct));
        return Outcome.Tell(terminal, AsJson, result.Success, result.Message, result.Note);
    }

    private int Tell(ImportReport report, bool withEntries)
    {
        if (AsJson)
        {
            terminal.Out.WriteJson(report, ImportsContext.Default.ImportReport);
            return report.Success ? 0 : Commands.Failure;
        }

        foreach (ImportedEntry entry in withEntries ? report.Entries! : []) terminal.Out.WriteLine(LineOf(entry));
        return Outcome.Tell(terminal, asJson: false, report.Success, report.Message + (report.DryRun == true ? ". Nothing was written." : ""), report.Note);
    }

    private static string LineOf(ImportedEntry entry)
    {
        string account = entry.Email is null ? entry.File : $"{entry.Email} ({entry.Plan ?? "unknown"}), {entry.Tool}, {entry.File}";
        string[] extras =
        [
            .. entry.Label is { } label ? [$"label {label}"] : (string[])[],
            .. entry.Priority != 0 ? [$"priority {entry.Priority}"] : (string[])[],
            .. entry.ExcludedModels.Count > 0 ? [$"without {string.Join(", ", entry.ExcludedModels)}"] : (string[])[],
        ];
        string more = entry.State == PlannedEntry.New && extras.Length > 0 ? $" [{string.Join("; ", extras)}]" : "";
        return PlainText.Blanked($"  {entry.State,-9}  {account}{more}{(entry.Reason is { } reason ? $": {reason}" : "")}");
    }
}
