using System.Globalization;
using System.Security;
using System.Text;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Service;

/// <summary>launchd of macOS: an agent of one user, in the session in which that user is logged in.</summary>
/// <param name="home">The user's home directory.</param>
/// <param name="userId">The user's number.</param>
internal sealed class Launchd(string home, int userId) : IServiceSystem
{
    private readonly string _domain = string.Create(CultureInfo.InvariantCulture, $"gui/{userId}");

    public string Title => "launchd agent";

    public string File { get; } = $"{home}/Library/LaunchAgents/{ServicePlan.Name}.plist";

    public string? Obstacle => null;

    public IReadOnlyDictionary<string, string> Kept { get; } = new Dictionary<string, string>();

    public string[] Query => ["launchctl", "print", Target];

    public (string Installed, string Uninstalled) Notes => ("It starts when you log in, and again after a failure.", "");

    private string Target => $"{_domain}/{ServicePlan.Name}";

    private string LogFile => $"{home}/Library/Logs/{ServicePlan.Name}.log";

    public static Launchd ForUser(Func<string, string?> variable) => new(UserPaths.Home(variable), UserId.Own());

    public IReadOnlyList<ServiceStep> Install(ServicePlan plan) =>
    [
        ServiceStep.WriteFile(File, Text(plan), isPrivate: true),
        // An earlier one has other options.
        ServiceStep.TryProgram("", "launchctl", "bootout", Target),
        ServiceStep.RunProgram("launchctl", "bootstrap", _domain, File),
        ServiceStep.RunProgram("launchctl", "kickstart", Target),
    ];

    public IReadOnlyList<ServiceStep> Uninstall() => [ServiceStep.TryProgram("", "launchctl", "bootout", Target), ServiceStep.DeleteFile(File)];

    public IReadOnlyList<ServiceStep> Start() => [ServiceStep.TryProgram("", "launchctl", "bootstrap", _domain, File), ServiceStep.RunProgram("launchctl", "kickstart", Target)];

    /// <summary>The program then ends without a failure, after which launchd does not start it again.</summary>
    public IReadOnlyList<ServiceStep> Stop() => [ServiceStep.RunProgram("launchctl", "kill", "SIGTERM", Target)];

    public IReadOnlyList<ServiceStep> Restart() => [ServiceStep.RunProgram("launchctl", "kickstart", "-k", Target)];

    public string[] Logs(int lines, bool follow) => ["tail", "-n", lines.ToString(CultureInfo.InvariantCulture), .. follow ? (string[])["-F"] : [], LogFile];

    public ServiceReport Read(int exitCode, string output)
    {
        if (exitCode != 0) return new ServiceReport(System.IO.File.Exists(File), Title, System.IO.File.Exists(File) ? File : null, Running: false);
        string? Of(string name) => output.ReplaceLineEndings("\n").Split('\n')
            .Where(line => line.StartsWith($"\t{name} = ", StringComparison.Ordinal)).Select(line => line[(name.Length + 4)..].Trim()).FirstOrDefault();
        string? state = Of("state");
        return new ServiceReport(
            Installed: true, Title, File, Enabled: true, Running: state == "running", state, ProcessId: int.TryParse(Of("pid"), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null);
    }

    private string Text(ServicePlan plan)
    {
        var variables = new StringBuilder();
        foreach ((string name, string value) in plan.Environment.Variables) variables.Append($"        <key>{Escape(name)}</key>\n        <string>{Escape(value)}</string>\n");
        // The output of an agent goes nowhere; this file is kept from growing by the program.
        if (plan.Environment["CCP_LOG_FILE"] is null) variables.Append($"        <key>CCP_LOG_FILE</key>\n        <string>{Escape(LogFile)}</string>\n");
        return $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
                <key>Label</key>
                <string>{ServicePlan.Name}</string>
                <key>ProgramArguments</key>
                <array>
                    <string>{Escape(plan.Program)}</string>
                    <string>serve</string>
                </array>
                <key>EnvironmentVariables</key>
                <dict>
            {variables.ToString().TrimEnd('\n')}
                </dict>
                <key>RunAtLoad</key>
                <true/>
                <key>KeepAlive</key>
                <dict>
                    <key>SuccessfulExit</key>
                    <false/>
                </dict>
                <key>ThrottleInterval</key>
                <integer>10</integer>
                <key>ExitTimeOut</key>
                <integer>{((int)ServicePlan.TimeToStop(plan.Drain).TotalSeconds).ToString(CultureInfo.InvariantCulture)}</integer>
                <key>ProcessType</key>
                <string>Interactive</string>
                <key>Umask</key>
                <integer>63</integer>
                <key>StandardErrorPath</key>
                <string>{Escape(LogFile)}.errors</string>
            </dict>
            </plist>

            """;
    }

    private static string Escape(string text) => SecurityElement.Escape(text);
}
