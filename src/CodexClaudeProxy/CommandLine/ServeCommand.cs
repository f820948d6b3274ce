using System.CommandLine;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Demo;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Service;
using Microsoft.AspNetCore.Connections;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Runs the proxy until it is told to stop.</summary>
internal static partial class ServeCommand
{
    public const string HeadlessLogin = "--headless-login";

    public static Command Build(Terminal terminal)
    {
        var command = new Command("serve", "Run the proxy (the default command)");
        command.Aliases.Add("start");
        AddFlags(command);
        var demo = new Option<bool>("--demo") { Description = "Simulate upstream and its accounts; the same as the command demo" };
        command.Options.Add(demo);
        var headlessLogin = new Option<bool>(HeadlessLogin) { Description = "First sign in: print an address, and read the callback URL or the code from the input" };
        command.Options.Add(headlessLogin);
        command.Validators.Add(result =>
        {
            if (result.GetValue(demo) && result.GetValue(headlessLogin)) result.AddError($"A demo has accounts of its own: choose one of --demo and {HeadlessLogin}.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            Dictionary<string, string> flags = FlagsOf(parsed);
            if (parsed.GetValue(demo)) return await DemoCommand.RunAsync(flags, terminal, cancellation);
            int obstacle = parsed.GetValue(headlessLogin) ? await LoginBeforeServing.RunAsync(flags, terminal, cancellation) : 0;
            return obstacle != 0 ? obstacle : await RunAsync(flags, terminal, cancellation);
        });
        return command;
    }

    /// <summary>What can be set, as options of a command that serves, or of one that asks the server.</summary>
    /// <param name="only">Which of them a command needs that asks; null for all, of one that serves.</param>
    public static void AddFlags(Command command, Func<Setting, bool>? only = null)
    {
        foreach (Setting setting in OptionsReader.Settings)
        {
            if (!setting.IsFlag || only?.Invoke(setting) == false) continue;
            Option<string> option = new(setting.Flag) { Description = only is null ? setting.Help : setting.HelpToAsk, HelpName = setting.ValueName };
            option.CompletionSources.Add(setting.Choices);
            command.Options.Add(option);
        }
    }

    public static Dictionary<string, string> FlagsOf(ParseResult parsed)
    {
        Dictionary<string, string> flags = [];
        foreach (Option<string> option in parsed.CommandResult.Command.Options.OfType<Option<string>>())
        {
            if (parsed.GetValue(option) is { } value) flags[option.Name[2..]] = value;
        }

        return flags;
    }

    /// <summary>The flags, if they are all plain: known names, each once and with a value. Null leaves the rest (help, typos) to the parser.</summary>
    public static Dictionary<string, string>? TryReadFlags(ReadOnlySpan<string> args)
    {
        Dictionary<string, string> flags = [];
        for (int i = 0; i < args.Length; i++)
        {
            string[] parts = args[i].Split('=', 2);
            string? value = parts.Length == 2 ? parts[1] : i + 1 < args.Length ? args[++i] : null;
            bool isKnown = Array.Exists(OptionsReader.Settings, setting => setting.IsFlag && setting.Flag == parts[0]);
            if (!isKnown || value is null or "" or ['-', ..] || !flags.TryAdd(parts[0][2..], value)) return null;
        }

        return flags;
    }

    /// <param name="demo">Takes the place of the real network and the real data.</param>
    public static async Task<int> RunAsync(
        IReadOnlyDictionary<string, string> flags, Terminal terminal, CancellationToken cancellation, DemoSession? demo = null)
    {
        OptionsResult read = OptionsReader.Read(flags, terminal.Variable);
        if (read.Problems.Count > 0)
        {
            foreach (string problem in read.Problems) await terminal.FailAsync(problem);
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        ProxyOptions options = (demo?.Redirect(read.Options) ?? read.Options) with { ConsoleReader = terminal.Reader };
        if (options.ChatGptUrl.Scheme == Uri.UriSchemeHttps && demo is null && terminal.Tls.MissingAuthorities() is { } missing)
        {
            await terminal.FailAsync(missing.Sentence);
            return Commands.Failure;
        }

        try
        {
            await using ProxyHost host = await ProxyHost.StartAsync(
                options, demo is null ? Composition.ComposeAsync : demo.ComposeAsync, TimeProvider.System, console: terminal.Out, cancellation: cancellation);
            using SystemdNotifier? systemd = SystemdNotifier.FromEnvironment(terminal.Variable, TimeProvider.System);
            using CancellationTokenRegistration stopping = host.StopOrdered.Register(() => systemd?.Stopping(ServicePlan.TimeToStop(options.Limits.Drain)));
            if (options is { LogFormat: LogFormat.Text, ConsoleReader: ConsoleReader.Person }) StartupText.Write(terminal.Out, options, host, new ClientSetup(options, terminal).Choices, terminal.Variable);
            else Tell(host.Journal.CreateLogger("Host"), host, options);
            systemd?.Ready($"Listening on {host.Address}");
            await host.WaitForShutdownAsync(cancellation);
            return 0;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await terminal.FailAsync(await InUseAsync(options, cancellation));
            return Commands.Failure;
        }
        catch (Exception e) when (ForbiddenPort.Is(e))
        {
            string reason = ForbiddenPort.Reason(options.Port);
            await terminal.FailAsync($"{char.ToUpperInvariant(reason[0])}{reason[1..]}. {ForbiddenPort.Remedy(options.Port)}. Or choose another --port.");
            return Commands.Failure;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException or TimeoutException or AccountsDamagedException)
        {
            await terminal.FailAsync($"The proxy cannot start: {e.Message}");
            return Commands.Failure;
        }
    }

    /// <summary>Says what uses the port.</summary>
    public static async Task<string> InUseAsync(ProxyOptions options, CancellationToken cancellation)
    {
        string address = options.AddressFor(options.Port);
        string? holder = await PortHolder.FindAsync(options.Port);
        if (await PortProbe.AskAsync(address, options.ApiKey, cancellation) is PortState.Ours or PortState.OtherKey)
            return $"codex-claude-proxy is already running at {address}{(holder is null ? "" : $": {holder}")}. Use the running proxy, or stop it first; another --port starts a second one.";
        return $"Port {options.Port} on {options.Host} is already in use by {holder ?? "another program"}. Stop that program, or choose another --port.";
    }

    private static void Tell(ILogger log, ProxyHost host, ProxyOptions options)
    {
        Listening(log, host.Address, ProductVersion.Text);
        foreach ((string name, string text) in host.Announcements) Announced(log, name, text);
        if (StartupText.Exposure(options) is { } exposure) Exposed(log, exposure);
    }

    [LoggerMessage(4, LogLevel.Warning, "{Exposure}")]
    private static partial void Exposed(ILogger log, string exposure);

    [LoggerMessage(11, LogLevel.Information, "{Name}: {Text}")]
    private static partial void Announced(ILogger log, string name, string text);

    [LoggerMessage(1, LogLevel.Information, "Listening on {Address}, version {Version}")]
    private static partial void Listening(ILogger log, Uri address, string version);
}
