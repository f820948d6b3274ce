using System.CommandLine;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Doctor;
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
        [.. OptionsReader.Settings.Where(setting => setting.Name is "data-dir" or "host" or "port").Select(setting => new Option<string>(setting.Flag) { Description = setting.HelpToAsk, HelpName = setting.ValueName, Recursive = true })];

    private readonly Option<bool> _askPermission = new("--ask-permission") { Description = "Also let sessions start in the mode that asks about each action, not in auto mode (permissions.defaultMode)" };
    private readonly Option<bool> _noTraffic = new("--disable-nonessential-traffic") { Description = $"Also set {ClientEnvironment.NonessentialTraffic}. {ClientEnvironment.NonessentialCost}" };
    private readonly Option<bool> _setAside = new("--set-aside") { Description = "Also set aside conflicting settings of other providers or of this folder; restore undoes this" };

    private readonly Dictionary<string, Option<string>> _models =
        Lanes.ToDictionary(lane => lane, lane => new Option<string>(lane == "default" ? "--model" : "--" + lane) { Description = lane == "default" ? "The model a session starts with" : $"The model {lane} stands for", HelpName = "model" });

    private ClaudeCommand(Terminal terminal) => _terminal = terminal;

    public static Command Build(Terminal terminal)
    {
        var config = new ClaudeCommand(terminal).Config();
        return new Command("claude", "Manage Claude Code's settings") { config };
    }

    private Command Config()
    {
        var command = new Command("config", "Show or change the address in Claude Code's settings") { _json, _dryRun };
        foreach (Option<string> flag in _flags) command.Options.Add(flag);
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ShowAsync(ct), ct));
        command.Subcommands.Add(Plain("show", "Show what is configured", (actions, ct) => actions.ShowAsync(ct)));
        command.Subcommands.Add(Proxy());
        command.Subcommands.Add(Direct());
        command.Subcommands.Add(Set());
        command.Subcommands.Add(Plain("restore", "Undo the proxy's changes; your own later changes are kept", (actions, ct) => actions.RestoreAsync(ct)));
        return command;
    }

    private Command Proxy()
    {
        Command command = Plain("proxy", "Point Claude Code at the proxy", (actions, ct) => actions.UseProxyAsync(ct));
        foreach (Option option in (Option[])[.. _models.Values, _askPermission, _noTraffic, _setAside]) command.Options.Add(option);
        return command;
    }

    private Command Direct()
    {
        var key = new Option<string?>("--key") { Description = "An Anthropic API key; - reads it from standard input. Without it Claude Code's own sign-in is used", HelpName = "key" };
        var command = new Command("direct", "Point Claude Code at Anthropic again") { key };
        command.SetAction((parsed, ct) => RunAsync(parsed, async actions => await actions.UseAnthropicAsync(await SecretAsync(parsed.GetValue(key), ct), ct), ct));
        return command;
    }

    private Command Set()
    {
        var address = new Argument<string>("url") { Description = "Address of an Anthropic-compatible API" };
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

    /// <summary>Why settings without the right access key would be written; null when they would not.</summary>
    private static string? KeyProblem(PortState listener, ProxyOptions options, EffectiveSettings settings, string address)
    {
        if (listener == PortState.OtherKey) return $"The proxy at {address} has another access key, so it would refuse Claude Code. Nothing was changed. Name the key's file with CCP_API_KEY_FILE, or as apiKeyFile in config.json, then run this again.";
        bool mayBeNeeded = listener != PortState.Ours && options.ApiKey is null && HoldsKey(settings, address);
        return mayBeNeeded ? $"The settings hold an access key for {address}, and no proxy answers there that could tell whether it is still right. Nothing was changed. Start the proxy, or name the key's file with CCP_API_KEY_FILE, then run this again." : null;
    }

    private static bool HoldsKey(EffectiveSettings settings, string address) =>
        ClaudeSettings.HeadingOf(settings.Variable(ClientEnvironment.BaseUrl), address) == Heading.Here
        && (CustomHeaders.KeyIn(settings.Variable(CustomHeaders.Variable)) is not null || settings.Variable(ClientEnvironment.AuthToken) is { Length: > 0 } token && !Secrets.IsPlaceholder(token));

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
            Outcome.Tell(_terminal, parsed.GetValue(_json), success: false, string.Join('\n', problems));
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        ProxyOptions options = read.Options;
        ClaudeHome home = ClaudeHome.Here(_terminal.Variable);
        Dictionary<string, string> wanted = [];
        bool isProxy = parsed.CommandResult.Command.Name == "proxy";
        if (isProxy)
        {
            foreach ((string lane, Option<string> option) in _models)
            {
                if (parsed.GetValue(option) is { Length: > 0 } model) wanted[lane] = model;
            }
        }

        string address = options.AddressFor(options.Port);
        var setup = new ClientSetup(options, _terminal);
        EffectiveSettings settings = EffectiveSettings.Read(home, _terminal.Variable);
        ClientChoices choices = setup.Choices with
        {
            AsksPermission = isProxy && parsed.GetValue(_askPermission),
            DisablesNonessentialTraffic = isProxy && parsed.GetValue(_noTraffic),
            SetsAside = isProxy && parsed.GetValue(_setAside),
            Headers = isProxy && parsed.GetValue(_setAside) ? null : settings.Variable(CustomHeaders.Variable),
            NoProxy = NoProxy.IsNeeded(settings.Variable) ? NoProxy.With(settings.Variable, address) : null,
        };
        PortState listener = await PortProbe.AskAsync(address, options.ApiKey, cancellation);
        if (isProxy && KeyProblem(listener, options, settings, address) is { } keyProblem) return Outcome.Tell(_terminal, parsed.GetValue(_json), success: false, keyProblem);
        bool isRunning = listener == PortState.Ours;
        IReadOnlyList<ClientVariable> variables = await _terminal.ShowProgressAsync("Asking for the models of your plan", setup.VariablesAsync(address, isRunning, wanted, choices, cancellation));
        var actions = new ClaudeActions(new SettingsFile(home.SettingsFile, options.DataDirectory, TimeProvider.System), home, address, variables, _terminal)
        {
            Choices = choices,
            Others = [.. EffectiveSettings.Sources(home).Where(source => source.Scope is "local" or "project").Select(source => new SettingsFile(source.Path, options.DataDirectory, TimeProvider.System))],
            AsJson = parsed.GetValue(_json),
            DryRun = parsed.GetValue(_dryRun),
        };
        return await actions.GuardAsync(() => act(actions));
    }
}
