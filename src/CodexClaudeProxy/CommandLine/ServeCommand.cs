using System.CommandLine;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Hosting;
using Microsoft.AspNetCore.Connections;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Runs the proxy until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Build()
    {
        var command = new Command("serve", "Run the proxy (the default command)");
        command.Aliases.Add("start");

        List<Option<string>> options = [];
        foreach (Setting setting in OptionsReader.Settings)
        {
            if (!setting.Flag) continue;
            options.Add(new Option<string>("--" + setting.Name) { Description = setting.Help, HelpName = setting.ValueName });
            command.Options.Add(options[^1]);
        }

        command.SetAction((parsed, cancellation) =>
        {
            Dictionary<string, string> flags = [];
            foreach (Option<string> option in options)
            {
                if (parsed.GetValue(option) is { } value) flags[option.Name[2..]] = value;
            }

            return RunAsync(flags, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(Dictionary<string, string> flags, CancellationToken cancellation)
    {
        OptionsResult read = OptionsReader.Read(flags, Environment.GetEnvironmentVariable);
        if (read.Problems.Count > 0)
        {
            foreach (string problem in read.Problems) await Console.Error.WriteLineAsync(problem);
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        try
        {
            await using ProxyHost host = await ProxyHost.StartAsync(read.Options, Composition.ComposeAsync, cancellation: cancellation);
            if (read.Options.LogFormat == LogFormat.Text) StartupText.Write(Console.Out, read.Options, host);
            await host.WaitForShutdownAsync();
            return 0;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"Port {read.Options.Port} on {read.Options.Host} is already in use. Stop the other program or choose another --port.");
            return Commands.Failure;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException or TimeoutException or AccountsDamagedException)
        {
            await Console.Error.WriteLineAsync($"The proxy cannot start: {e.Message}");
            return Commands.Failure;
        }
    }
}
