using System.Globalization;
using System.Security;
using System.Text;

namespace CodexClaudeProxy.Service;

/// <summary>
/// A task of Windows' Task Scheduler, which starts when the user logs on. A real Windows service would have to speak with the service
/// manager, and would not see the user's directories.
/// </summary>
/// <param name="localData">The user's directory for data of this machine.</param>
/// <param name="user">The user, with the domain in front.</param>
internal sealed class WindowsTask(string localData, string user) : IServiceSystem
{
    public string Title => "Windows scheduled task";

    public string File { get; } = $@"{localData}\{ServicePlan.Name}\service.xml";

    public string? Obstacle => null;

    public IReadOnlyDictionary<string, string> Kept { get; } = new Dictionary<string, string>();

    /// <summary>Whether it runs is only told in the language of the user.</summary>
    public string[] Query => ["schtasks", "/Query", "/TN", ServicePlan.Name];

    public (string Installed, string Uninstalled) Notes => ("It starts when you log on, and again after a failure.", "");

    private string LogFile => $@"{localData}\{ServicePlan.Name}\service.log";

    public static WindowsTask ForUser() => new(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), $@"{Environment.UserDomainName}\{Environment.UserName}");

    public IReadOnlyList<ServiceStep> Install(ServicePlan plan) =>
    [
        ServiceStep.WriteFile(File, Text(plan), isPrivate: true, Encoding.Unicode),
        ServiceStep.TryProgram("", "schtasks", "/End", "/TN", ServicePlan.Name),
        ServiceStep.RunProgram("schtasks", "/Create", "/F", "/TN", ServicePlan.Name, "/XML", File),
        .. Start(),
    ];

    public IReadOnlyList<ServiceStep> Uninstall() =>
    [
        ServiceStep.TryProgram("", "schtasks", "/End", "/TN", ServicePlan.Name),
        ServiceStep.TryProgram("", "schtasks", "/Delete", "/F", "/TN", ServicePlan.Name),
        ServiceStep.DeleteFile(File),
    ];

    public IReadOnlyList<ServiceStep> Start() => [ServiceStep.RunProgram("schtasks", "/Run", "/TN", ServicePlan.Name)];

    public IReadOnlyList<ServiceStep> Stop() => [ServiceStep.RunProgram("schtasks", "/End", "/TN", ServicePlan.Name)];

    public IReadOnlyList<ServiceStep> Restart() => [ServiceStep.TryProgram("", "schtasks", "/End", "/TN", ServicePlan.Name), .. Start()];

    public string[] Logs(int lines, bool follow) =>
    [
        "powershell", "-NoProfile", "-Command",
        string.Create(CultureInfo.InvariantCulture, $"Get-Content -LiteralPath '{LogFile.Replace("'", "''", StringComparison.Ordinal)}' -Encoding UTF8 -Tail {lines}{(follow ? " -Wait" : "")}"),
    ];

    public ServiceReport Read(int exitCode, string output) => exitCode == 0 ? new ServiceReport(Installed: true, Title, File) : new ServiceReport(Installed: false, Title);

    private string Text(ServicePlan plan)
    {
        string account = SecurityElement.Escape(user);
        return $"""
            <?xml version="1.0" encoding="UTF-16"?>
            <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
              <RegistrationInfo>
                <Description>Claude Code and other clients on a ChatGPT plan</Description>
              </RegistrationInfo>
              <Triggers>
                <LogonTrigger>
                  <UserId>{account}</UserId>
                </LogonTrigger>
              </Triggers>
              <Principals>
                <Principal id="Author">
                  <UserId>{account}</UserId>
                  <LogonType>InteractiveToken</LogonType>
                  <RunLevel>LeastPrivilege</RunLevel>
                </Principal>
              </Principals>
              <Settings>
                <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
                <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
                <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
                <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
                <RestartOnFailure>
                  <Interval>PT1M</Interval>
                  <Count>999</Count>
                </RestartOnFailure>
                <IdleSettings>
                  <StopOnIdleEnd>false</StopOnIdleEnd>
                </IdleSettings>
                <Priority>5</Priority>
              </Settings>
              <Actions Context="Author">
                <Exec>
                  <Command>%SystemRoot%\System32\conhost.exe</Command>
                  <Arguments>{SecurityElement.Escape(string.Join(' ', Arguments(plan).Select(Quote)))}</Arguments>
                </Exec>
              </Actions>
            </Task>

            """.ReplaceLineEndings("\r\n");
    }

    /// <summary>A task carries no variables, so options are arguments. The console's own host runs the program without a window.</summary>
    private IEnumerable<string> Arguments(ServicePlan plan) =>
    [
        "--headless", plan.Program, "serve",
        .. plan.Environment.Flags().SelectMany(static flag => (string[])[flag.Key, flag.Value]),
        .. plan.Environment["CCP_LOG_FILE"] is null ? (string[])["--log-file", LogFile] : [],
    ];

    /// <summary>As the C library takes a command line apart.</summary>
    private static string Quote(string word)
    {
        if (word.Length > 0 && !word.AsSpan().ContainsAny(" \t\"")) return word;
        var quoted = new StringBuilder("\"");
        int backslashes = 0;
        foreach (char c in word)
        {
            if (c == '"') quoted.Append('\\', backslashes + 1);
            backslashes = c == '\\' ? backslashes + 1 : 0;
            quoted.Append(c);
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }
}
