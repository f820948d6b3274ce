using System.CommandLine;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Lets the system run the proxy: from the start of the machine or the login on, and again after a failure.</summary>
internal static class ServiceCommand
{
    private const int UsualLines = 100;

    public static Command Build(Terminal terminal)
    {
        var system = new Option<bool>("--system") { Description = "The service of the whole machine, not of one user (Linux, as root)", Recursive = true };
        var command = new Command("service", "Run the proxy as a service: systemd, launchd or a Windows task") { system };
        ServiceActions Actions(ParseResult parsed) => new(terminal, parsed.GetValue(system));

        command.Subcommands.Add(Install(Actions));
        var print = Print();
        command.Subcommands.Add(With("uninstall", "Stop the service and remove it; the data stays", [print], (parsed, ct) => Actions(parsed).UninstallAsync(parsed.GetValue(print), ct)));
        command.Subcommands.Add(With("start", "Start the service", [], (parsed, ct) => Actions(parsed).StartAsync(ct)));
        command.Subcommands.Add(With("stop", "Stop the service; running responses may finish", [], (parsed, ct) => Actions(parsed).StopAsync(ct)));
        command.Subcommands.Add(With("restart", "Stop and start the service, also after an update", [], (parsed, ct) => Actions(parsed).RestartAsync(ct)));
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text" };
        command.Subcommands.Add(With("status", "Show whether the service runs; the exit code is 0 when it does", [json], (parsed, ct) => Actions(parsed).StatusAsync(parsed.GetValue(json), ct)));
        var follow = new Option<bool>("--follow", "-f") { Description = "Also show what comes, until Ctrl+C" };
        var lines = new Option<int>("--lines", "-n") { Description = "How many lines", HelpName = "number", DefaultValueFactory = _ => UsualLines };
        command.Subcommands.Add(With("logs", "Show the log of the service", [follow, lines], (parsed, ct) => Actions(parsed).LogsAsync(parsed.GetValue(lines), parsed.GetValue(follow), ct)));
        return command;
    }

    private static Command Install(Func<ParseResult, ServiceActions> actions)
    {
        var print = Print();
        var runAs = new Option<string?>("--run-as") { Description = "With --system: the user it runs as; without it the system makes one while it runs", HelpName = "user" };
        Command command = With(
            "install", "Install the service, or install it anew with other options, and start it", [print, runAs],
            (parsed, ct) => actions(parsed).InstallAsync(ServeCommand.FlagsOf(parsed), parsed.GetValue(runAs), parsed.GetValue(print), ct));
        ServeCommand.AddFlags(command);
        return command;
    }

    private static Option<bool> Print() => new("--print") { Description = "Only print what would be written and run; secrets are hidden" };

    private static Command With(string name, string description, Option[] options, Func<ParseResult, CancellationToken, Task<int>> act)
    {
        var command = new Command(name, description);
        foreach (Option option in options) command.Options.Add(option);
        command.SetAction(act);
        return command;
    }
}
