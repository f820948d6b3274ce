using System.CommandLine;
using System.Text.Json;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// One line for Claude Code's status bar. It is started anew for every change of the bar, so nothing that is slow to load may be
/// on its way: not the parser, not the HTTP client. What cannot be found out is left out; nothing is ever told on standard error.
/// </summary>
internal static class StatusLineCommand
{
    private const string Name = "statusline";
    private const string Install = "--install";
    private const string Uninstall = "--uninstall";
    private const string Force = "--force";

    private static readonly SettingsKey Key = SettingsKey.Top("statusLine");

    /// <summary>For the help, and for what is not the line itself.</summary>
    public static Command Build(Terminal terminal)
    {
        var install = new Option<bool>(Install) { Description = "Add the line to Claude Code's settings" };
        var uninstall = new Option<bool>(Uninstall) { Description = "Remove the line from Claude Code's settings" };
        var force = new Option<bool>(Force) { Description = "Also replace another status line; --uninstall restores it" };
        var dataDirectory = new Option<string>("--data-dir") { Description = "Data directory of the proxy", HelpName = "directory" };
        var command = new Command(Name, "Print a line for Claude Code's status bar, from its JSON on standard input") { install, uninstall, force, dataDirectory };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!parsed.GetValue(install) && !parsed.GetValue(uninstall)) return await RunAsync(terminal, cancellation);
            Dictionary<string, string> flags = parsed.GetValue(dataDirectory) is { } directory ? new() { ["data-dir"] = directory } : [];
            OptionsResult read = OptionsReader.Read(flags, terminal.Variable);
            if (read.Unreadable)
            {
                foreach (string problem in read.Problems) await terminal.Error.WriteLineAsync(problem);
                return Commands.Failure;
            }

            SettingsFile file = new(ClaudeHome.FromEnvironment(terminal.Variable).SettingsFile, read.Options.DataDirectory, TimeProvider.System);
            return await ChangeAsync(file, parsed.GetValue(install), parsed.GetValue(force), terminal, cancellation);
        });
        return command;
    }

    public static async Task<int> RunAsync(Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            string input = await terminal.In.ReadToEndAsync(cancellation);
            StatusInput status = StatusInput.Read(input);
            (string address, string? key) = Proxy(terminal);
            StatusLine line = new(status, await LocalAnswers.AskAsync(address, key, status, cancellation), TimeProvider.System.GetUtcNow())
            {
                // Claude Code's bar shows colours, though it reads the line through a pipe.
                IsColoured = string.IsNullOrEmpty(terminal.Variable("NO_COLOR")),
            };
            await terminal.Out.WriteLineAsync(line.ToString());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A status bar is no place for error messages, and this program none to fail.
        }

        return 0;
    }

    /// <summary>Claude Code hands its own variables down, so its proxy is ours; otherwise the one our options name.</summary>
    private static (string Address, string? Key) Proxy(Terminal terminal)
    {
        if (terminal.Variable(ClientEnvironment.BaseUrl) is { Length: > 0 } address) return (address, CustomHeaders.KeyIn(terminal.Variable(CustomHeaders.Variable)) ?? terminal.Variable(ClientEnvironment.AuthToken));
        ProxyOptions options = OptionsReader.Read(new Dictionary<string, string>(), terminal.Variable).Options;
        return (options.AddressFor(options.Port), options.ApiKey);
    }

    private static async Task<int> ChangeAsync(SettingsFile file, bool installs, bool force, Terminal terminal, CancellationToken cancellation)
    {
        string self = Environment.ProcessPath ?? "codex-claude-proxy";
        string line = $"{ShellCommand.For(self, terminal.Variable)} {Name}";
        string ours = $$"""{ "type": "command", "command": {{SettingsText.Quote(line)}} }""";
        try
        {
            string? now = file.Read().Value(Key);
            if (installs && now is not null && !IsOurs(now, line) && !force)
            {
                await terminal.Error.WriteLineAsync($"{file.Path} has another status line. {Force} replaces it.");
                return Commands.Failure;
            }

            SettingsOutcome outcome = await file.ChangeAsync(Name, (text, journal) =>
                installs ? [new SettingsChange(Key, ours)]
                : text.Value(Key) is { } current && IsOurs(current, line) ? [new SettingsChange(Key, journal.Entries.GetValueOrDefault(Key)?.Before)]
                : [], dryRun: false, cancellation);
            await terminal.Out.WriteAsync(outcome.Diff);
            await terminal.Out.WriteLineAsync(!outcome.Changed ? "There is nothing to change." : installs ? "Claude Code shows the line from its next response on." : "Claude Code no longer shows the line.");
            return 0;
        }
        catch (Exception e) when (ClaudeReport.IsTrouble(e))
        {
            await terminal.Error.WriteLineAsync($"{file.Path} was not changed. {e.Message}");
            return Commands.Failure;
        }
    }

    /// <summary>The one we would write, or an older one of ours.</summary>
    private static bool IsOurs(string statusLine, string line)
    {
        using JsonDocument value = JsonDocument.Parse(statusLine, JsonDepth.Document with { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return value.RootElement.Text("command") is { } text
            && (text == line || (text.Contains("codex-claude-proxy", StringComparison.OrdinalIgnoreCase) && text.EndsWith(" " + Name, StringComparison.Ordinal)));
    }
}
