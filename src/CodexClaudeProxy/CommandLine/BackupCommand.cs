using System.CommandLine;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Backups;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Puts accounts, settings and the rest of the data directory into one encrypted file.</summary>
internal static class BackupCommand
{
    public static Command Build(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = "The file to write; it must not be there yet" };
        var statistics = new Option<bool>("--statistics") { Description = "Also the statistics and the request log" };
        Option<string?> passphrase = Passphrase.Option();
        var data = new Option<string?>("--data-dir") { Description = "Directory of accounts, settings and statistics", HelpName = "directory" };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text" };
        var command = new Command("backup", "Back up accounts, settings and state into one encrypted file") { file, statistics, passphrase, data, json };
        command.SetAction((parsed, ct) => RunAsync(terminal, parsed.GetValue(data), parsed.GetValue(json), async (options, stop) =>
        {
            string path = Path.GetFullPath(parsed.GetValue(file)!);
            if (File.Exists(path) || Directory.Exists(path)) throw new UsageException($"{path} is there already. Choose another name.");
            string secret = await Passphrase.ChooseAsync(terminal, parsed.GetValue(passphrase), stop);
            await UnfinishedRestore.RollBackAsync(new DataDirectory(options.DataDirectory), terminal.Time, stop);
            BackupManifest manifest = await terminal.ShowProgressAsync("Encrypting", Task.Run(() => Write(path, options.DataDirectory, secret, parsed.GetValue(statistics), terminal.Time), stop));
            bool withStatistics = manifest.Files.Any(static entry => entry.Name == BackupContent.Statistics);
            return Outcome.Tell(terminal, parsed.GetValue(json), success: true, $"Backup written: {path} with {string.Join(", ", manifest.Files.Select(static entry => entry.Name))}",
                $"Not in it: {(withStatistics ? "" : "statistics (--statistics), ")}Claude Code's settings and the service of this machine. Without the passphrase nothing can be restored.");
        }, ct));
        return command;
    }

    /// <summary>Runs a command on the data directory; what goes wrong becomes a sentence and the exit code.</summary>
    public static async Task<int> RunAsync(Terminal terminal, string? dataDirectory, bool asJson, Func<ProxyOptions, CancellationToken, Task<int>> act, CancellationToken ct)
    {
        using Interruption interruption = new(ct);
        OptionsResult read = OptionsReader.Read(dataDirectory is null ? new() : new Dictionary<string, string> { ["data-dir"] = dataDirectory }, terminal.Variable);
        if (read.Problems.Count > 0 && !read.Unreadable)
        {
            Outcome.Tell(terminal, asJson, success: false, string.Join('\n', read.Problems));
            return Commands.Usage;
        }

        try
        {
            return await act(read.Options, interruption.Token);
        }
        catch (UsageException e)
        {
            Outcome.Tell(terminal, asJson, success: false, e.Message);
            return Commands.Usage;
        }
        catch (Exception e) when (e is BackupException || AccountStore.IsTrouble(e))
        {
            return Outcome.Tell(terminal, asJson, success: false, e.Message);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return Commands.Interrupted;
        }
    }

    private static BackupManifest Write(string path, string dataDirectory, string passphrase, bool withStatistics, TimeProvider time)
    {
        using FileStream output = new(path, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None));
        try
        {
            BackupManifest manifest = new BackupWriter(dataDirectory, ProductVersion.Text, time).Write(output, passphrase, withStatistics);
            output.Flush(flushToDisk: true);
            return manifest;
        }
        catch
        {
            output.Dispose();
            File.Delete(path);
            throw;
        }
    }
}
