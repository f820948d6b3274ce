using System.CommandLine;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Shows and changes where Claude Code's settings lead, whether the proxy runs or not.</summary>
internal sealed class ClaudeCommand
{
    private static readonly string[] Lanes = ["default", "opus", "sonnet", "haiku", "fable"];

    private readonly Terminal _terminal;
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON instead of text", Recursive = true };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only show what would change", Recursive = true };
    private readonly Option<string>[] _flags =
        [.. OptionsReader.Settings.Where(setting => setting.Name is "data-dir" or "host" or "port").Select(setting => new Option<string>(setting.Flag) { Description = setting.Help, HelpName = setting.ValueName, Recursive = true })];

    private readonly Dictionary<string, Option<string>> _models =
        Lanes.ToDictionary(lane => lane, lane => new Option<string>(lane == "default" ? "--model" : "--" + lane) { Description = lane == "default" ? "The model a session starts with" : $"The model {lane} stands for", HelpName = "model" });

    private ClaudeCommand(Terminal terminal) => _terminal = terminal;

    public static Command Build(Terminal terminal)
    {
        var config = new ClaudeCommand(terminal).Config();
        return new Command("claude", "Look after Claude Code's settings") { config };
    }

    private Command Config()
    {
        var command = new Command("config", "Show or change where Claude Code's settings lead") { _json, _dryRun };
        foreach (Option<string> flag in _flags) command.Options.Add(flag);
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ShowAsync(ct), ct));
        command.Subcommands.Add(Plain("show", "Show what is configured", (actions, ct) => actions.ShowAsync(ct)));
        command.Subcommands.Add(Proxy());
        command.Subcommands.Add(Direct());
        command.Subcommands.Add(Set());
        command.Subcommands.Add(Plain("restore", "Take back what was changed from here; your own later changes stay", (actions, ct) => actions.RestoreAsync(ct)));
        return command;
    }

    private Command Proxy()
    {
        Command command = Plain("proxy", "Point Claude Code at the proxy", (actions, ct) => actions.UseProxyAsync(ct));
        foreach (Option<string> model in _models.Values) command.Options.Add(model);
        return command;
    }

    private Command Direct()
    {
        var key = new Option<string?>("--key") { Description = "An Anthropic API key; - reads it from standard input. Without it Claude Code's own login counts", HelpName = "key" };
        var command = new Command("direct", "Point Claude Code at Anthropic again") { key };
        command.SetAction((parsed, ct) => RunAsync(parsed, async actions => await actions.UseAnthropicAsync(await SecretAsync(parsed.GetValue(key), ct), ct), ct));
        return command;
    }

    private Command Set()
    {
        var address = new Argument<string>("url") { Description = "An address that speaks Anthropic's protocol" };
        var key = new Argument<string>("key") { Description = "The key for it; - reads it from standard input" };
        var command = new Command("set", "Point Claude Code at any other address") { address, key };
        command.SetAction((parsed, ct) => RunAsync(parsed, async actions => await actions.UseAddressAsync(parsed.GetValue(address)!, (await SecretAsync(parsed.GetValue(key), ct))!, ct), ct));
        return command;
    }

    private Command Plain(string name, string help, Func<ClaudeActions, CancellationToken, Task<int>> act)
    {
        var command = new Command(name, help);
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => act(actions, ct), ct));
        return command;
    }

    /// <summary>A key on the command line stays in the shell's history; from standard input it does not.</summary>
    private async Task<string?> SecretAsync(string? given, CancellationToken cancellation) =>
        given == "-" ? (await _terminal.In.ReadLineAsync(cancellation))?.Trim() ?? "" : given;

    private async Task<int> RunAsync(ParseResult parsed, Func<ClaudeActions, Task<int>> act, CancellationToken cancellation)
    {
        Dictionary<string, string> flags = [];
        foreach (Option<string> option in _flags)
        {
            if (parsed.GetValue(option) is { } value) flags[option.Name[2..]] = value;
        }

        OptionsResult read = OptionsReader.Read(flags, _terminal.Variable);
        string[] problems = read.Options.Port == 0 ? [.. read.Problems, "port: name the port the proxy listens on."] : [.. read.Problems];
        if (problems.Length > 0)
        {
            foreach (string problem in problems) await _terminal.Error.WriteLineAsync(problem);
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        ProxyOptions options = read.Options;
        ClaudeHome home = ClaudeHome.FromEnvironment(_terminal.Variable);
        Dictionary<string, string> wanted = [];
        if (parsed.CommandResult.Command.Name == "proxy")
        {
            foreach ((string lane, Option<string> option) in _models)
            {
                if (parsed.GetValue(option) is { Length: > 0 } model) wanted[lane] = model;
            }
        }

        string address = options.AddressFor(options.Port);
        var actions = new ClaudeActions(new SettingsFile(home.SettingsFile, options.DataDirectory, TimeProvider.System), home, address, await ClientSetup.VariablesAsync(options, address, wanted, cancellation), _terminal)
        {
            AsJson = parsed.GetValue(_json),
            DryRun = parsed.GetValue(_dryRun),
        };
        return await actions.GuardAsync(() => act(actions));
    }
}
