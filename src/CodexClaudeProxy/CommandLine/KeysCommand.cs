using System.CommandLine;
using System.Text;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Keys;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Generates access keys that cannot be guessed.</summary>
internal static class KeysCommand
{
    public static Command Build(Terminal terminal)
    {
        var file = new Option<string>("--file") { Description = "Write the key to this new file, readable by you only, instead of printing it", HelpName = "path" };
        var generate = new Command("generate", "Generate a new key, for --api-key-file or CCP_API_KEY") { file };
        generate.SetAction((parsed, _) => GenerateAsync(parsed.GetValue(file), terminal));
        return new Command("keys", "Access keys for clients of this program") { generate };
    }

    private static async Task<int> GenerateAsync(string? path, Terminal terminal)
    {
        string key = KeyText.Generate();
        if (path is null)
        {
            await terminal.Out.WriteLineAsync(key);
            return 0;
        }

        try
        {
            string target = Path.GetFullPath(path);
            PrivateFiles.CreateDirectory(Path.GetDirectoryName(target)!);
            // A key that is in use already must not get lost.
            await using FileStream stream = new(target, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(key + Environment.NewLine));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync($"The key was not written: {e.Message}");
            return Commands.Failure;
        }

        await terminal.Out.WriteLineAsync($"A new key is in {path}. Use it: codex-claude-proxy --api-key-file {ShellCommand.Argument(path)}");
        return 0;
    }
}
