using System.CommandLine;
using System.ComponentModel;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Demo;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// Starts Claude Code, or another program, so that it uses the proxy: with the right environment, and without touching anybody's
/// files. Where no proxy runs, one is started that ends with the program.
/// </summary>
internal static class RunCommand
{
    /// <summary>For the help only: what follows <c>run</c> belongs to the other program and is not for our parser.</summary>
    public static Command Build(Terminal terminal)
    {
        var program = new Argument<string[]>("program") { Description = "The program and its arguments, preferably after --; claude by default", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("run", "Start Claude Code, or another program, on this proxy, without changing any file") { program };
        ServeCommand.AddFlags(command);
        command.Options.Add(new Option<bool>("--demo") { Description = "On simulated upstream and two accounts, as the command demo" });
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(program) ?? [], terminal, cancellation));
        return command;
    }

    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        (Dictionary<string, string> flags, bool isDemo, string[] command) = Split(args);
        if (EmptyPaths.Explain(flags) is { } misused)
        {
            await terminal.Error.WriteLineAsync(misused);
            return Commands.Usage;
        }

        OptionsResult read = OptionsReader.Read(flags, terminal.Variable);
        if (read.Problems.Count > 0)
        {
            foreach (string problem in read.Problems) await terminal.Error.WriteLineAsync(problem);
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        ClaudeHome home = ClaudeHome.Here(terminal.Variable);
        if (ClaudeProgram.Find(command[0], home.SearchPath) is not { } program)
        {
            await terminal.Error.WriteLineAsync($"{command[0]} was not found. {(command[0] == ClaudeProgram.Name ? ClaudeProgram.InstallHint : "Is it installed, and on the PATH?")}");
            return Commands.NotFound;
        }

        using DemoSession? demo = isDemo ? await DemoSession.BeginAsync(TimeProvider.System, isFresh: true, cancellation) : null;
        ProxyOptions options = demo?.Redirect(read.Options) ?? read.Options;
        try
        {
            string? throwAway = demo is null ? KeyFor(options) : null;
            await using ProxyHost? own = await OwnProxyAsync(options, throwAway, demo, command[0], terminal, cancellation);
            if (throwAway is not null) options = options with { ApiKey = throwAway };
            string address = own?.Address.ToString().TrimEnd('/') ?? options.AddressFor(options.Port);
            var setup = new ClientSetup(options, terminal);
            EffectiveSettings settings = EffectiveSettings.Read(home, terminal.Variable);
            // Also where no proxy is set: the program may get one from its own settings.
            ClientChoices choices = setup.Choices with { NoProxy = NoProxy.With(settings.Variable, address), Headers = settings.Variable(CustomHeaders.Variable) };
            IReadOnlyList<ClientVariable> variables = await terminal.ShowProgressAsync(
                "Asking for the models of your plan", setup.VariablesAsync(address, isRunning: true, new Dictionary<string, string>(), choices, cancellation));
            using ClientLaunch launch = new(program, command[1..], variables, choices, settings, options.DataDirectory);
            return await launch.RunAsync(cancellation);
        }
        catch (Exception e) when (e is Win32Exception or NotSupportedException)
        {
            await terminal.Error.WriteLineAsync($"{program} cannot be started: {e.Message}");
            return Commands.NotExecutable;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException or TimeoutException or AccountsDamagedException)
        {
            await terminal.Error.WriteLineAsync($"The proxy cannot start: {e.Message}");
            return Commands.Failure;
        }
    }

    /// <summary>A new key where clients need one and none was named; null where that is not so.</summary>
    private static string? KeyFor(ProxyOptions options)
    {
        using ClientKeys keys = new(options.DataDirectory, TimeProvider.System, NullLogger.Instance);
        return options.ApiKey is null && keys.Read().IsRequired ? KeyText.Generate() : null;
    }

    /// <summary>
    /// Null where one runs already. Ours has a port of its own: another <c>run</c>, or a proxy started later, must not depend on how
    /// long this program lives.
    /// </summary>
    /// <param name="throwAway">An access key for as long as ours runs, because clients need one and none was named.</param>
    private static async Task<ProxyHost?> OwnProxyAsync(ProxyOptions options, string? throwAway, DemoSession? demo, string program, Terminal terminal, CancellationToken cancellation)
    {
        if (demo is null && options.Port != 0)
        {
            switch (await PortProbe.AskAsync(options.AddressFor(options.Port), options.ApiKey, cancellation))
            {
                case PortState.Ours:
                    return throwAway is null ? null : throw new IOException($"clients of the proxy on port {options.Port} need a key; make one with codex-claude-proxy keys add, and name the file that holds it with --api-key-file");
                case PortState.OtherKey:
                    throw new IOException($"port {options.Port} is held by a proxy with another access key; name the key with --api-key, or another port with --port");
                default:
                    break;
            }
        }

        options = options with
        {
            Host = "127.0.0.1",
            Port = 0,
            ApiKey = throwAway ?? options.ApiKey,
            PublicUrl = null,
            BasePath = "",
            TrustedProxies = [],
            StopsOnSignals = false,
            LogFile = null,
            Limits = options.Limits with { Drain = TimeSpan.FromSeconds(2) },
        };
        ProxyHost host = await ProxyHost.StartAsync(options, demo is null ? Composition.ComposeAsync : demo.ComposeAsync, TimeProvider.System, cancellation: cancellation);
        await terminal.Error.WriteLineAsync($"{(demo is null ? "No proxy is running, so one" : "A proxy")} at {host.Address.ToString().TrimEnd('/')} runs until {program} ends.");
        foreach ((string name, string text) in host.Announcements) await terminal.Error.WriteLineAsync($"  {name}: {text}");
        return host;
    }

    /// <summary>Our flags come first; the first word that is none of them begins the other program, or its options when it has a dash.</summary>
    private static (Dictionary<string, string> Flags, bool IsDemo, string[] Command) Split(ReadOnlySpan<string> args)
    {
        Dictionary<string, string> flags = [];
        bool isDemo = false;
        while (args is [var first, .. var rest])
        {
            string[] parts = first.Split('=', 2);
            if (first == "--") return (flags, isDemo, rest.IsEmpty ? [ClaudeProgram.Name] : rest.ToArray());
            if (first == "--demo")
            {
                isDemo = true;
                args = rest;
            }
            else if (!Array.Exists(OptionsReader.Settings, setting => setting.IsFlag && setting.Flag == parts[0]) || (parts.Length == 1 && rest.IsEmpty))
            {
                break;
            }
            else
            {
                flags[parts[0][2..]] = parts.Length == 2 ? parts[1] : rest[0];
                args = parts.Length == 2 ? rest : rest[1..];
            }
        }

        return (flags, isDemo, args is [] or [['-', ..], ..] ? [ClaudeProgram.Name, .. args] : args.ToArray());
    }
}
