using System.CommandLine;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Backups;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Puts a backup's files into the data directory, all or none.</summary>
internal static class RestoreCommand
{
    private const string OneMachine =
        "The tokens in a backup work on one machine only, because each refresh token works once. Where it was made, remove the accounts without revoking them "
        + "(codex-claude-proxy accounts clear, answering no to revoke), or sign in there again.";

    public static Command Build(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = "A backup that this program made" };
        Option<string?> passphrase = Passphrase.Option();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var data = new Option<string?>("--data-dir") { Description = "Directory of accounts, settings and statistics", HelpName = "directory" };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text" };
        var command = new Command("restore", "Restore accounts, settings and state from a backup") { file, passphrase, yes, data, json };
        command.SetAction((parsed, ct) => BackupCommand.RunAsync(terminal, parsed.GetValue(data), parsed.GetValue(json), (options, stop) =>
            RestoreAsync(terminal, parsed.GetValue(file)!, parsed.GetValue(passphrase), parsed.GetValue(yes), parsed.GetValue(json), options, stop), ct));
        return command;
    }

    private static async Task<int> RestoreAsync(Terminal terminal, string file, string? passphraseFile, bool confirmed, bool asJson, ProxyOptions options, CancellationToken ct)
    {
        if (!confirmed && (asJson || !terminal.IsInteractive)) throw new UsageException("This replaces files of the data directory. To skip the question, add --yes");
        RegularFile.Demand(file);
        var directory = new DataDirectory(options.DataDirectory);
        await UnfinishedRestore.RollBackAsync(directory, terminal.Time, ct);
        await using FileStream backup = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (await IsInUseAsync(options, directory, ct)) throw new BackupException(Restoration.InUse);

        string passphrase = await Passphrase.ReadAsync(terminal, passphraseFile, "Passphrase of the backup", ct);
        using Restoration restoration = await terminal.ShowProgressAsync("Decrypting", Task.Run(() => Restoration.Open(directory, backup, passphrase, terminal.Time), ct));
        if (!asJson) await ShowAsync(terminal, restoration, directory);
        if (!confirmed && !await terminal.ConfirmAsync("Restore?", ct)) return Outcome.Tell(terminal, asJson, success: false, "Nothing was restored.");

        string? safetyCopy = await restoration.ApplyAsync(ct);
        string kept = safetyCopy is null ? "" : $" The files from before are in {safetyCopy}: delete them when all is well, for they hold tokens.";
        return Outcome.Tell(terminal, asJson, success: true, $"Restored {string.Join(", ", restoration.Changes.Select(static change => change.File))}.{kept}", OneMachine);
    }

    /// <summary>A proxy of an older version shows no claim, so the usual address is asked, too.</summary>
    private static async Task<bool> IsInUseAsync(ProxyOptions options, DataDirectory directory, CancellationToken ct) =>
        (Directory.Exists(directory.Root) && ProxyClaim.IsHeld(directory.Root)) || await RunningServer.FindAsync(options, directory.Accounts, ct) is not null;

    private static async Task ShowAsync(Terminal terminal, Restoration restoration, DataDirectory directory)
    {
        BackupManifest manifest = restoration.Manifest;
        await terminal.Out.WriteLineAsync($"Backup of {manifest.Created:yyyy-MM-dd HH:mm} UTC, version {manifest.Version}, with {Accounts(restoration)}. Into {directory.Root}:");
        foreach (RestoreChange change in restoration.Changes)
            await terminal.Out.WriteLineAsync($"  {change.State,-8}  {change.File}: {BackupContent.Files.First(known => known.Name == change.File).Meaning}");
        string[] unknown = [.. manifest.Files.Select(static entry => entry.Name).Where(static name => !BackupContent.IsKnown(name))];
        if (unknown.Length > 0) await terminal.Out.WriteLineAsync($"{unknown.Length} files that this version does not know are skipped.");
        if (restoration.KeptTokens.Count > 0) await terminal.Out.WriteLineAsync($"The tokens here are newer, and stay: {string.Join(", ", restoration.KeptTokens)}");
    }

    private static string Accounts(Restoration restoration) => restoration.Accounts.All.Length switch
    {
        0 => "no account",
        1 => $"1 account ({restoration.Accounts.All[0].Email})",
        var count => $"{count} accounts ({string.Join(", ", restoration.Accounts.All.Take(10).Select(static account => account.Email))}{(count > 10 ? ", …" : "")})",
    };
}
