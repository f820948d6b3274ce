using System.CommandLine;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Finds the command the user named. Only that one is built, so that starting the server does not pay for the others.</summary>
internal static class Commands
{
    public const int Failure = 1;
    public const int Usage = 2;

    private static readonly (string[] Names, Func<Command> Build)[] All =
    [
        (["serve", "start"], ServeCommand.Build),
        (["version"], VersionCommand.Build),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        args = Normalise(args);
        ParseResult parsed = Tree(args[0]).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("See: codex-claude-proxy --help");
            return Usage;
        }

        // The host stops on signals by itself, and takes its time to drain.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    /// <summary>No command means serve; help and version are also words.</summary>
    private static string[] Normalise(string[] args) => args switch
    {
        [] => ["serve"],
        ["-h" or "--help" or "-?" or "/?" or "--version" or "-v", ..] => args,
        ["help", .. var rest] => [.. rest, "--help"],
        [['-', ..], ..] => ["serve", .. args],
        _ => args,
    };

    private static RootCommand Tree(string name)
    {
        var root = new RootCommand("Lets Claude Code and other clients run on a ChatGPT plan.");
        var known = Array.FindAll(All, command => command.Names.Contains(name));
        foreach ((_, Func<Command> build) in known.Length > 0 ? known : All) root.Subcommands.Add(build());
        return root;
    }
}
