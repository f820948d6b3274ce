using System.Globalization;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Service;

/// <summary>systemd: that of one user, or that of the machine.</summary>
internal sealed class Systemd : IServiceSystem
{
    private const string Unit = ServicePlan.Name + ".service";

    private static readonly string[] Asked =
        ["LoadState", "UnitFileState", "FragmentPath", "ActiveState", "SubState", "StatusText", "MainPID", "ActiveEnterTimestamp", "NRestarts", "MemoryCurrent"];

    private readonly bool _isForSystem;
    private readonly string _root;
    private readonly string _environmentFile;

    private Systemd(bool isForSystem, string root, string unitDirectory, string configDirectory)
    {
        (_isForSystem, _root) = (isForSystem, root);
        File = Path.Combine(unitDirectory, Unit);
        _environmentFile = Path.Combine(configDirectory, ServicePlan.Name, "service.env");
    }

    public string Title => _isForSystem ? "systemd system service" : "systemd user service";

    public string File { get; }

    public string? Obstacle => Directory.Exists(Path.Combine(_root, "run/systemd/system")) ? null
        : "This machine was not started by systemd, so there is nothing that would run a service. Let your init system start codex-claude-proxy serve; it stops in good order on SIGTERM.";

    public IReadOnlyDictionary<string, string> Kept => EnvironmentFile.Parse(ExistingEnvironment);

    public string[] Query => [.. Control("show", "--property", string.Join(',', Asked))];

    public (string Installed, string Uninstalled) Notes => _isForSystem
        ? ("It starts with the machine, and again after a failure.", "")
        : ("It starts with the machine, also while you are not logged in, and again after a failure.", $"Lingering stays on for you, because other services may need it. To switch it off: loginctl disable-linger {Environment.UserName}");

    /// <summary>There is such a unit, ours or a package's.</summary>
    public bool IsThere => System.IO.File.Exists(File) || IsPackaged;

    /// <summary>Where a package puts the same unit: then ours would only hide what an update of the package brings.</summary>
    private bool IsPackaged => _isForSystem && ((string[])["usr/lib", "lib"]).Any(lib => System.IO.File.Exists(Path.Combine(_root, lib, "systemd/system", Unit)));

    private string ExistingEnvironment
    {
        get
        {
            try
            {
                return System.IO.File.ReadAllText(_environmentFile);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }

    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="root">Where the machine's files are.</param>
    public static Systemd ForUser(Func<string, string?> variable, string root = "/")
    {
        string config = variable("XDG_CONFIG_HOME") is ['/', ..] told ? told : Path.Combine(UserPaths.Home(variable), ".config");
        return new Systemd(isForSystem: false, root, Path.Combine(config, "systemd/user"), config);
    }

    /// <param name="root">Where the machine's files are.</param>
    public static Systemd ForSystem(string root = "/") => new(isForSystem: true, root, Path.Combine(root, "etc/systemd/system"), Path.Combine(root, "etc"));

    public IReadOnlyList<ServiceStep> Install(ServicePlan plan)
    {
        List<ServiceStep> steps = [ServiceStep.WriteFile(_environmentFile, EnvironmentFile.With(ExistingEnvironment, plan.Environment), isPrivate: true)];
        if (!IsPackaged || plan.RunAs is not null)
            steps.Add(ServiceStep.WriteFile(File, _isForSystem ? SystemdUnit.ForSystem(plan, _environmentFile) : SystemdUnit.ForUser(plan, _environmentFile)));
        if (!_isForSystem)
        {
            steps.Add(ServiceStep.TryProgram(
                $"Without lingering the service runs only while you are logged in. An administrator can change that: sudo loginctl enable-linger {Environment.UserName}",
                "loginctl", "enable-linger"));
        }

        steps.Add(ServiceStep.RunProgram(Manager("daemon-reload")));
        steps.Add(ServiceStep.RunProgram(Control("enable")));
        steps.Add(ServiceStep.RunProgram(Control("restart")));
        return steps;
    }

    public IReadOnlyList<ServiceStep> Uninstall() =>
    [
        ServiceStep.TryProgram("", Control("disable", "--now")),
        ServiceStep.DeleteFile(File),
        ServiceStep.DeleteFile(_environmentFile),
        ServiceStep.RunProgram(Manager("daemon-reload")),
        ServiceStep.TryProgram("", Control("reset-failed")),
    ];

    public IReadOnlyList<ServiceStep> Start() => [ServiceStep.RunProgram(Control("start"))];

    public IReadOnlyList<ServiceStep> Stop() => [ServiceStep.RunProgram(Control("stop"))];

    public IReadOnlyList<ServiceStep> Restart() => [ServiceStep.RunProgram(Control("restart"))];

    public string[] Logs(int lines, bool follow) =>
    [
        "journalctl", _isForSystem ? "--unit" : "--user-unit", Unit, "--lines", lines.ToString(CultureInfo.InvariantCulture), follow ? "--follow" : "--no-pager",
    ];

    public ServiceReport Read(int exitCode, string output)
    {
        Dictionary<string, string> told = output.ReplaceLineEndings("\n").Split('\n').Select(static line => line.Split('=', 2)).Where(static pair => pair.Length == 2)
            .GroupBy(static pair => pair[0]).ToDictionary(static group => group.Key, static group => group.First()[1]);
        string? Of(string name) => told.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
        if (exitCode != 0 || Of("LoadState") is null or "not-found") return new ServiceReport(Installed: false, Title);

        string? state = Of("ActiveState");
        return new ServiceReport(
            Installed: true, Title, Of("FragmentPath"), Of("UnitFileState")?.StartsWith("enabled", StringComparison.Ordinal), Running: state == "active",
            State: Of("SubState") is { } detail ? $"{state} ({detail})" : state, Of("StatusText"),
            ProcessId: Number(Of("MainPID")) is > 0 and { } id ? (int)id : null, Moment(Of("ActiveEnterTimestamp")), (int?)Number(Of("NRestarts")), Number(Of("MemoryCurrent")));
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>As systemctl writes it in the time zone UTC.</summary>
    private static DateTimeOffset? Moment(string? text) =>
        DateTimeOffset.TryParseExact(text, "ddd yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) ? moment : null;

    private string[] Control(string verb, params string[] options) => [.. Manager(verb), .. options, Unit];

    private string[] Manager(string verb) => _isForSystem ? ["systemctl", verb] : ["systemctl", "--user", verb];
}
