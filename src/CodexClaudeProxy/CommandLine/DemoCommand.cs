using System.CommandLine;
using CodexClaudeProxy.Demo;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Serves from a simulated backend; the same as <c>serve --demo</c>, as a word of its own.</summary>
internal static class DemoCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("demo", "Try the proxy with simulated upstream: no sign-in, no network, nothing stored");
        ServeCommand.AddFlags(command);
        var fresh = new Option<bool>("--fresh") { Description = "Begin as on the first day: two accounts, and no request before yours" };
        command.Options.Add(fresh);
        command.SetAction((parsed, cancellation) => RunAsync(ServeCommand.FlagsOf(parsed), terminal, cancellation, parsed.GetValue(fresh)));
        return command;
    }

    public static async Task<int> RunAsync(Dictionary<string, string> flags, Terminal terminal, CancellationToken cancellation, bool isFresh = false)
    {
        if (flags.ContainsKey("data-dir"))
        {
            await terminal.Error.WriteLineAsync("data-dir: a demo uses a temporary directory and stores nothing.");
            return Commands.Usage;
        }

        using DemoSession demo = await DemoSession.BeginAsync(TimeProvider.System, isFresh, cancellation);
        flags["data-dir"] = demo.DataDirectory;
        return await ServeCommand.RunAsync(flags, terminal, cancellation, demo);
    }
}
