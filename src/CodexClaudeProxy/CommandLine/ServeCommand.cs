using System.CommandLine;
using System.CommandLine.Completions;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Demo;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Network;
using Microsoft.AspNetCore.Connections;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Runs the proxy until it is told to stop.</summary>
internal static partial class ServeCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("serve", "Run the proxy (the default command)");
        command.Aliases.Add("start");
        AddFlags(command);
        var demo = new Option<bool>("--demo") { Description = "Simulate upstream and two accounts; the same as the command demo" };
        command.Options.Add(demo);
        command.SetAction((parsed, cancellation) => parsed.GetValue(demo)
            ? DemoCommand.RunAsync(FlagsOf(parsed), terminal, cancellation)
            : RunAsync(FlagsOf(parsed), terminal, cancellation));
        return command;
    }

    /// <summary>What can be set, as options of a command that serves.</summary>
    public static void AddFlags(Command command)
    {
        foreach (Setting setting in OptionsReader.Settings)
        {
            if (!setting.IsFlag) continue;
            Option<string> option = new(setting.Flag) { Description = setting.Help, HelpName = setting.ValueName };
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
            foreach (string problem in read.Problems) await terminal.Error.WriteLineAsync(problem);
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        ProxyOptions options = demo?.Redirect(read.Options) ?? read.Options;
        if (options.ChatGptUrl.Scheme == Uri.UriSchemeHttps && demo is null && terminal.Tls.MissingAuthorities() is { } missing)
        {
            await terminal.Error.WriteLineAsync(missing.Sentence);
            return Commands.Failure;
        }

        try
        {
            await using ProxyHost host = await ProxyHost.StartAsync(
                options, demo is null ? Composition.ComposeAsync : demo.ComposeAsync, TimeProvider.System, console: terminal.Out, cancellation: cancellation);
            if (options.LogFormat == LogFormat.Text) StartupText.Write(terminal.Out, options, host, new ClientSetup(options, terminal).Choices, terminal.Variable);
            else Tell(host.Journal.CreateLogger("Host"), host, options);
            await host.WaitForShutdownAsync(cancellation);
            return 0;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await terminal.Error.WriteLineAsync(await InUseAsync(options, cancellation));
            return Commands.Failure;
        }
        catch (Exception e) when (ForbiddenPort.Is(e))
        {
            string reason = ForbiddenPort.Reason(options.Port);
            await terminal.Error.WriteLineAsync($"{char.ToUpperInvariant(reason[0])}{reason[1..]}. {ForbiddenPort.Remedy(options.Port)}. Or choose another --port.");
            return Commands.Failure;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException or TimeoutException or AccountsDamagedException)
        {
            await terminal.Error.WriteLineAsync($"The proxy cannot start: {e.Message}");
            return Commands.Failure;
        }
    }

    private static async Task<string> InUseAsync(ProxyOptions options, CancellationToken cancellation)
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
        if (StartupText.Exposure(options) is { } exposure) Exposed(log, exposure);
    }

    [LoggerMessage(4, LogLevel.Warning, "{Exposure}")]
    private static partial void Exposed(ILogger log, string exposure);

    [LoggerMessage(1, LogLevel.Information, "Listening on {Address}, version {Version}")]
    private static partial void Listening(ILogger log, Uri address, string version);
}
