using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Service;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What the commands of <c>service</c> do. Each returns the exit code.</summary>
/// <param name="isForSystem">The person asked for the service of the whole machine.</param>
internal sealed class ServiceActions(Terminal terminal, bool isForSystem)
{
    private const string SystemData = "/var/lib/" + ServicePlan.Name;

    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private ServiceMachine Machine => terminal.Machine;

    /// <param name="flags">Options of the proxy, by setting name.</param>
    /// <param name="runAs">The user of a system service; null for one of its own.</param>
    /// <param name="isOnlyPrinted">Nothing is changed.</param>
    public async Task<int> InstallAsync(Dictionary<string, string> flags, string? runAs, bool isOnlyPrinted, CancellationToken ct)
    {
        bool system = isForSystem || (OperatingSystem.IsLinux() && Machine.User == 0);
        IServiceSystem service = Of(system);
        string program = InstalledPath.Find(Machine.Program, terminal.Variable("PATH") ?? "");
        string? Variable(string name) => terminal.Variable(name) is { Length: > 0 } told ? told : service.Kept.GetValueOrDefault(name);

        string? ownData = flags.GetValueOrDefault("data-dir") ?? (system ? Variable("CCP_DATA_DIR") : null);
        if (Misuse(system, runAs, ownData) is { } misuse) return await FailAsync(misuse, Commands.Usage);
        if (system && ownData is null) flags["data-dir"] = SystemData;
        OptionsResult read = OptionsReader.Read(flags, Variable);
        CarriedEnvironment environment = CarriedEnvironment.Collect(flags, Variable, system);
        if (system && read.Problems.Count == 0) environment = environment.WithKeyItself();
        if (system && ownData is null) environment = environment.WithoutDataDirectory();
        string[] problems = [.. read.Problems, .. environment.Problem is { } problem ? (string[])[problem] : []];
        if (problems.Length > 0) return await FailAsync(string.Join(Environment.NewLine, problems), read.Unreadable ? Commands.Failure : Commands.Usage);

        ProxyOptions options = read.Options;
        var plan = new ServicePlan(program, isOnlyPrinted ? environment.Masked() : environment, options.Limits.Drain, options.Port)
        {
            RunAs = runAs, DataDirectory = system && ownData is not null ? options.DataDirectory : null,
        };
        if (isOnlyPrinted) return Print(service.Install(plan));

        string? obstacle = service.Obstacle ?? (system ? NeedsRoot("install") ?? InstalledPath.ObstacleForSystem(program) : null) ?? await PortTroubleAsync(service, options, ct);
        if (obstacle is not null) return await FailAsync(obstacle);
        if (await TakeAsync(service.Install(plan), ct) is { } trouble) return await FailAsync($"The service could not be started: {trouble} The log may say why: codex-claude-proxy service logs");
        return await TellInstalledAsync(service, options, environment, system, ct);
    }

    public async Task<int> UninstallAsync(bool isOnlyPrinted, CancellationToken ct)
    {
        (IServiceSystem service, bool system) = Installed();
        if (isOnlyPrinted) return Print(service.Uninstall());
        if ((service.Obstacle ?? (system ? NeedsRoot("uninstall") : null)) is { } obstacle) return await FailAsync(obstacle);
        if (!File.Exists(service.File) && !(await ReportAsync(service, ct)).Installed)
        {
            await terminal.Out.WriteLineAsync("There is no service to uninstall.");
            return 0;
        }

        if (await TakeAsync(service.Uninstall(), ct) is { } trouble) return await FailAsync(trouble);
        await terminal.Out.WriteLineAsync("The service was uninstalled. Accounts, settings and statistics are still there.");
        if (service.Notes.Uninstalled is { Length: > 0 } note) await terminal.Out.WriteLineAsync(note);
        return 0;
    }

    public Task<int> StartAsync(CancellationToken ct) => ChangeAsync(static service => service.Start(), "The service was started.", ct);

    public Task<int> StopAsync(CancellationToken ct) => ChangeAsync(static service => service.Stop(), "The service was stopped. It starts again with the machine or the login; to prevent that: codex-claude-proxy service uninstall", ct);

    public Task<int> RestartAsync(CancellationToken ct) => ChangeAsync(static service => service.Restart(), "The service was restarted.", ct);

    public async Task<int> StatusAsync(bool asJson, CancellationToken ct)
    {
        ServiceReport report = await ReportAsync(Installed().Service, ct);
        if (report is { Installed: true, Running: null }) report = report with { Running = await AnswersAsync(OptionsReader.Read(new Dictionary<string, string>(), terminal.Variable).Options, ct) };
        if (asJson) terminal.Out.WriteJson(report, ServiceContext.Default.ServiceReport);
        else await terminal.Out.WriteLineAsync(string.Join(Environment.NewLine, Lines(report)));
        return report.Running == true ? 0 : Commands.Failure;
    }

    /// <summary>The system's own program shows it, in this terminal.</summary>
    public async Task<int> LogsAsync(int lines, bool follow, CancellationToken ct)
    {
        string[] command = Installed().Service.Logs(lines, follow);
        try
        {
            using Process process = Process.Start(ServiceMachine.StartOf(command))!;
            // Ctrl+C ends it as well, and it is waited for.
            using var interrupt = new Interruption(ct);
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0 || interrupt.Token.IsCancellationRequested ? 0 : Commands.Failure;
        }
        catch (Win32Exception)
        {
            return await FailAsync($"{command[0]} was not found.");
        }
    }

    private IServiceSystem Of(bool system) =>
        OperatingSystem.IsWindows() ? WindowsTask.ForUser()
        : OperatingSystem.IsMacOS() ? Launchd.ForUser(terminal.Variable)
        : system ? Systemd.ForSystem(Machine.Root) : Systemd.ForUser(terminal.Variable, Machine.Root);

    /// <summary>The user's own where there is one, else the machine's.</summary>
    private (IServiceSystem Service, bool IsSystem) Installed()
    {
        bool system = isForSystem || (OperatingSystem.IsLinux() && !File.Exists(Of(false).File) && (Machine.User == 0 || Systemd.ForSystem(Machine.Root).IsThere));
        return (Of(system), system);
    }

    private static string? Misuse(bool system, string? runAs, string? dataDirectory) =>
        system && !OperatingSystem.IsLinux() ? "--system: there is only a service of one user here."
        : !system && runAs is not null ? "--run-as: only a system service runs as another user; add --system."
        : system && runAs is null && dataDirectory is not null ? $"data-dir: a system service keeps its data in {SystemData}. With --run-as it may be elsewhere, where that user can write."
        : null;

    private string? NeedsRoot(string verb) => Machine.User == 0 ? null : $"A system service needs root: sudo codex-claude-proxy service {verb} --system";

    private async Task<string?> PortTroubleAsync(IServiceSystem service, ProxyOptions options, CancellationToken ct)
    {
        if (options.Port == 0 || (await ReportAsync(service, ct)).Running == true) return null;
        return await PortProbe.AskAsync(options.AddressFor(options.Port), options.ApiKey, ct) == PortState.Free ? null : await ServeCommand.InUseAsync(options, ct);
    }

    private async Task<int> TellInstalledAsync(IServiceSystem service, ProxyOptions options, CarriedEnvironment environment, bool system, CancellationToken ct)
    {
        string address = options.AddressFor(options.Port);
        if (options.Port != 0 && !await ComesToAnswerAsync(options, ct)) return await FailAsync($"The service was installed, but does not answer at {address}. The log may say why: codex-claude-proxy service logs");

        string login = environment["CCP_DATA_DIR"] is { } data && !system ? $"codex-claude-proxy login --data-dir {data}" : "codex-claude-proxy login";
        (string Name, string Text)[] lines =
        [
            ("Sign in", system ? $"on the page {address}, or with a code: curl -X POST -H 'content-type: application/json' -d '{{}}' {address}/accounts/add/device" : login),
            ("Status", "codex-claude-proxy service status"),
            ("Log", "codex-claude-proxy service logs"),
            ("Undo", "codex-claude-proxy service uninstall"),
        ];
        await terminal.Out.WriteLineAsync($"The proxy runs at {address} as a {service.Title}. {service.Notes.Installed}");
        foreach ((string name, string text) in lines) await terminal.Out.WriteLineAsync($"  {name,-8}  {text}");
        if (OperatingSystem.IsWindows() && environment.NamesWithoutFlag().ToArray() is { Length: > 0 } missing)
            await terminal.Out.WriteLineAsync($"A task sees only the variables of your account. Set there, if they are not: {string.Join(", ", missing)}");
        return 0;
    }

    private static async Task<bool> ComesToAnswerAsync(ProxyOptions options, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync(options, ct))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience) return false;
            await Task.Delay(BetweenQuestions, ct);
        }

        return true;
    }

    private static async Task<bool> AnswersAsync(ProxyOptions options, CancellationToken ct) =>
        await PortProbe.AskAsync(options.AddressFor(options.Port), options.ApiKey, ct) is PortState.Ours or PortState.OtherKey;

    private async Task<int> ChangeAsync(Func<IServiceSystem, IReadOnlyList<ServiceStep>> steps, string done, CancellationToken ct)
    {
        IServiceSystem service = Installed().Service;
        if (service.Obstacle is { } obstacle) return await FailAsync(obstacle);
        if (!(await ReportAsync(service, ct)).Installed) return await FailAsync("The service is not installed: codex-claude-proxy service install");
        if (await TakeAsync(steps(service), ct) is { } trouble) return await FailAsync(trouble);
        await terminal.Out.WriteLineAsync(done);
        return 0;
    }

    private async Task<ServiceReport> ReportAsync(IServiceSystem service, CancellationToken ct)
    {
        ProgramResult told = await Machine.AskAsync(service.Query, ct);
        return service.Read(told.ExitCode, told.Output);
    }

    private Task<string?> TakeAsync(IReadOnlyList<ServiceStep> steps, CancellationToken ct) => Machine.TakeAsync(steps, terminal.Error.WriteLine, ct);

    private int Print(IReadOnlyList<ServiceStep> steps)
    {
        terminal.Out.WriteLine(string.Join('\n', steps).TrimEnd());
        return 0;
    }

    private static List<string> Lines(ServiceReport report)
    {
        if (!report.Installed) return ["The service is not installed: codex-claude-proxy service install"];

        List<string> lines = [$"The service {(report.Running == true ? "runs" : "does not run")}: {report.System}{(report.State is null ? "" : $", {report.State}")}"];
        void Add(string name, string? text)
        {
            if (text is not null) lines.Add($"  {name,-8} {text}");
        }

        Add("Status", report.Running == true ? report.Status : null);
        Add("File", report.File);
        Add("Starts", report.Enabled switch { true => "by itself", false => "only when it is told to", null => null });
        if (report.ProcessId is { } id) Add("Process", string.Create(CultureInfo.InvariantCulture, $"{id}{(report.Since is { } since ? $", since {since:yyyy-MM-dd HH:mm:ss} UTC" : "")}"));
        if (report.MemoryBytes is { } bytes) Add("Memory", string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MB"));
        if (report.Restarts is > 0 and { } restarts) Add("Restarts", restarts.ToString(CultureInfo.InvariantCulture));
        return lines;
    }

    private async Task<int> FailAsync(string sentence, int code = Commands.Failure)
    {
        await terminal.FailAsync(sentence);
        return code;
    }
}
