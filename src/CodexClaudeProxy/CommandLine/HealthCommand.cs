using System.CommandLine;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Asks the running proxy whether it is well. For whatever watches over it, such as a container's health check: in an image there is nothing else that could ask.</summary>
internal static class HealthCommand
{
    /// <summary>Shorter than what watchers allow a check to take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly string[] Flags = ["data-dir", "host", "port", "api-key", "api-key-file"];

    public static Command Build(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text" };
        var command = new Command("health", "Ask the running proxy whether it answers; the exit code says it") { json };
        ServeCommand.AddFlags(command, static setting => Flags.Contains(setting.Name));
        command.SetAction((parsed, cancellation) => RunAsync(ServeCommand.FlagsOf(parsed), parsed.GetValue(json), Patience, terminal, cancellation));
        return command;
    }

    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string> flags, bool asJson, TimeSpan patience, Terminal terminal, CancellationToken cancellation)
    {
        OptionsResult read = OptionsReader.Read(flags, terminal.Variable);
        if (read.Problems.Count > 0)
        {
            foreach (string problem in read.Problems) await terminal.Error.WriteLineAsync(problem);
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        ProxyOptions options = read.Options;
        if (options.Port == 0)
        {
            await terminal.Error.WriteLineAsync("port: 0 is a port that the system chooses anew at each start; --port says which one to ask.");
            return Commands.Usage;
        }

        string address = options.AddressFor(options.Port);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            return await PortProbe.AskAsync(address, options.ApiKey, limit.Token) switch
            {
                PortState.Ours => Tell(true, $"The proxy at {address} answers."),
                PortState.OtherKey => Tell(true, $"The proxy at {address} answers, but requires another access key."),
                PortState.Free => Tell(false, $"Nothing listens at {address}."),
                _ => Tell(false, $"What listens at {address} does not answer as a running codex-claude-proxy does."),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Tell(false, $"The proxy at {address} has not answered within {patience.TotalSeconds:0.#} seconds.");
        }

        int Tell(bool success, string message) => Outcome.Tell(terminal, asJson, success, message);
    }
}
