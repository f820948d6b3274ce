using System.CommandLine;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Finds the command the user named. Only that one is built; a plain start of the server does not even load the parser.</summary>
internal static partial class Commands
{
    private static readonly (string[] Names, Func<Terminal, Command> Build)[] All =
    [
        (["serve", "start"], ServeCommand.Build),
        (["login"], LoginCommand.Build),
        (["accounts"], AccountsCommand.Build),
        (["alerts"], AlertsCommand.Build),
        (["backup"], BackupCommand.Build),
        (["restore"], RestoreCommand.Build),
        (["run"], RunCommand.Build),
        (["claude"], ClaudeCommand.Build),
        (["statusline"], StatusLineCommand.Build),
        (["keys"], KeysCommand.Build),
        (["service"], ServiceCommand.Build),
        (["doctor"], DoctorCommand.Build),
        (["health"], HealthCommand.Build),
        (["demo"], DemoCommand.Build),
        (["version"], VersionCommand.Build),
        (["update"], UpdateCommand.Build),
        (["licenses"], LicensesCommand.Build),
        (["completion"], CompletionCommand.Build),
    ];

    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellation = default)
    {
        if (CompletionCommand.Asked(args) is { } asked)
        {
            string[] before = Normalise([.. asked.Before, asked.Word])[..^1];
            if (asked.Before is ["help", .. var topic]) before = topic;
            CompletionCommand.Write(terminal.Out, Tree(before is [var first, ..] ? first : "", terminal), before, asked.Word);
            return 0;
        }

        args = Normalise(args);
        if (NeedsOpenSsl(args) && terminal.Tls.MissingOpenSsl() is { } missing)
        {
            await terminal.FailAsync(missing.Sentence);
            return Failure;
        }

        if (args is ["serve" or "start", .. var rest] && ServeCommand.TryReadFlags(rest) is { } flags)
            return await ServeCommand.RunAsync(flags, terminal, cancellation);
        if (args is ["statusline"]) return await StatusLineCommand.RunAsync(terminal, cancellation);
        // Options behind it belong to another program.
        if (args is ["run", .. var command] && command is not ["-h" or "--help" or "-?" or "/?", ..])
            return await RunCommand.RunAsync(command, terminal, cancellation);

        ParseResult parsed = Tree(args[0], terminal).Parse(args);
        string? misused = EmptyPaths.Explain(parsed, args)
            ?? (parsed.Errors.Count > 0 ? Misspelling.Explain(parsed, All.SelectMany(static command => command.Names)) ?? parsed.Errors[^1].Message : null);
        if (misused is { } problem)
        {
            string path = Examples.PathOf(parsed.CommandResult.Command);
            await terminal.FailAsync($"{problem} See: codex-claude-proxy {(path.Length == 0 ? "" : path + " ")}--help");
            return Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            // The host stops on signals by itself, and takes its time to drain.
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        }, cancellation);
    }

    /// <summary>No command means serve; help and version are also words.</summary>
    internal static string[] Normalise(string[] args) => args switch
    {
        [] => ["serve"],
        ["-v" or "--version", .. var rest] => ["version", .. rest],
        ["-h" or "--help" or "-?" or "/?", ..] => args,
        ["help", .. var topic] => [.. topic, "--help"],
        // Before the command or behind it.
        [ServeCommand.HeadlessLogin, "serve" or "start", .. var rest] => ["serve", ServeCommand.HeadlessLogin, .. rest],
        [['-', ..], ..] => ["serve", .. args],
        _ => args,
    };

    /// <summary>The doctor tells it in its own way.</summary>
    private static bool NeedsOpenSsl(string[] args) =>
        args is not ["version" or "licenses" or "doctor" or "completion", ..] && !args.Any(static arg => arg is "-h" or "--help" or "-?" or "/?");

    /// <param name="name">The command that is asked for; all of them when it is none.</param>
    internal static RootCommand Tree(string name, Terminal terminal)
    {
        var root = new RootCommand("Lets Claude Code and other clients run on a ChatGPT plan.");
        var known = Array.FindAll(All, command => command.Names.Contains(name));
        foreach ((_, Func<Terminal, Command> build) in known.Length > 0 ? known : All) root.Subcommands.Add(build(terminal));
        HelpWithExamples.AddTo(root);
        return root;
    }
}
