using CodexClaudeProxy.Service;
using CodexClaudeProxy.Tests.Architecture;
using CodexClaudeProxy.Tests.Contracts;

namespace CodexClaudeProxy.Tests.Service;

/// <summary>Every file that is written and every program that is run, on each system.</summary>
public sealed class ServiceTextTests
{
    private static readonly CarriedEnvironment Nothing = new([]);

    private static readonly CarriedEnvironment Something = new(
        [new("CCP_PORT", "9000"), new("CCP_API_KEY", "<key> & \"quotes\" $5"), new("CCP_LOG_LEVEL", "debug"), new("https_proxy", "http://me:secret@proxy:3128")]);

    private static readonly ServicePlan Usual = new("/usr/bin/codex-claude-proxy", Nothing, TimeSpan.FromSeconds(30), 8081);

    private static string Home => OperatingSystem.IsWindows() ? @"C:\none" : "/home/me";

    [Fact(SkipUnless = nameof(IsUnix), Skip = "its paths are Unix paths")]
    public void Systemd_of_a_user() => Same("service-systemd-user.txt", Systemd.ForUser(Variable), Usual with { Program = "/home/me/my programs/100%/codex-claude-proxy", Environment = Something });

    [Fact(SkipUnless = nameof(IsUnix), Skip = "its paths are Unix paths")]
    public void Systemd_of_the_machine() => Same("service-systemd-system.txt", Systemd.ForSystem("/none"), Usual);

    [Fact(SkipUnless = nameof(IsUnix), Skip = "its paths are Unix paths")]
    public void Systemd_of_the_machine_as_a_user_with_own_data_and_a_low_port() => Same(
        "service-systemd-run-as.txt", Systemd.ForSystem("/none"),
        Usual with { Drain = TimeSpan.FromSeconds(600), Port = 80, RunAs = "alice", DataDirectory = "/home/alice/.codex-claude-proxy" });

    [Fact(SkipUnless = nameof(IsUnix), Skip = "its paths are Unix paths")]
    public void Launchd_agent() => Same("service-launchd.txt", new Launchd(Home, 501), Usual with { Environment = Something });

    [Fact]
    public void Windows_task() => Same(
        "service-windows.txt", new WindowsTask(@"C:\Users\me\AppData\Local", @"DESK\me"),
        Usual with { Program = @"C:\Program Files\proxy\codex-claude-proxy.exe", Environment = new([.. Something.Variables, new("CCP_DATA_DIR", @"D:\my data\")]) });

    /// <summary>What packages install is what <c>service install --system</c> writes. Written anew like a golden file.</summary>
    [Fact(SkipUnless = nameof(IsUnix), Skip = "its paths are Unix paths")]
    public void The_unit_of_the_packages_is_the_same()
    {
        string unit = SystemdUnit.ForSystem(Usual, "/etc/codex-claude-proxy/service.env");
        string file = Path.Combine(SourceTree.Root(), "packaging", "codex-claude-proxy.service");
        if (Environment.GetEnvironmentVariable("CCP_WRITE_GOLDEN") == "1") File.WriteAllText(file, unit);

        Assert.Equal(File.ReadAllText(file), unit);
    }

    [Theory(SkipUnless = nameof(IsUnix), Skip = "its paths are Unix paths")]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(3600)]
    public void Systemd_and_launchd_wait_longer_than_the_drain(int drain)
    {
        ServicePlan plan = Usual with { Drain = TimeSpan.FromSeconds(drain) };

        Assert.Contains($"TimeoutStopSec={drain + 15}\n", SystemdUnit.ForUser(plan, "/e"), StringComparison.Ordinal);
        Assert.Contains($"<integer>{drain + 15}</integer>", new Launchd(Home, 501).Install(plan)[0].Content, StringComparison.Ordinal);
    }

    [Fact]
    public void No_file_that_others_may_read_holds_a_secret()
    {
        IServiceSystem[] systems = OperatingSystem.IsWindows() ? [new WindowsTask(@"C:\", "me")] : [Systemd.ForUser(Variable), Systemd.ForSystem("/none"), new Launchd(Home, 501), new WindowsTask(@"C:\", "me")];

        foreach (ServiceStep step in systems.SelectMany(system => system.Install(Usual with { Environment = Something })))
        {
            Assert.True(step.IsPrivate || !step.Content.Contains("secret", StringComparison.Ordinal), step.Write);
            Assert.DoesNotContain(step.Run, argument => argument.Contains("secret", StringComparison.Ordinal) || argument.Contains("<key>", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Systemd_tells_how_the_service_is()
    {
        Systemd systemd = Systemd.ForSystem("/none");
        const string running = """
            LoadState=loaded
            UnitFileState=enabled
            FragmentPath=/etc/systemd/system/codex-claude-proxy.service
            ActiveState=active
            SubState=running
            StatusText=Listening on http://127.0.0.1:8081/
            MainPID=123
            ActiveEnterTimestamp=Mon 2026-11-30 03:00:00 UTC
            NRestarts=2
            MemoryCurrent=33554432
            """;

        Assert.Equal(
            new ServiceReport(
                true, "systemd system service", "/etc/systemd/system/codex-claude-proxy.service", true, true, "active (running)", "Listening on http://127.0.0.1:8081/",
                123, new DateTimeOffset(2026, 11, 30, 3, 0, 0, TimeSpan.Zero), 2, 33554432),
            systemd.Read(0, running));
        Assert.Equal(new ServiceReport(false, "systemd system service"), systemd.Read(0, "LoadState=not-found\nActiveState=inactive\n"));
        Assert.Equal(
            new ServiceReport(true, "systemd system service", "/f", false, false, "failed (failed)"),
            systemd.Read(0, "LoadState=loaded\nUnitFileState=disabled\nFragmentPath=/f\nActiveState=failed\nSubState=failed\nMainPID=0\nActiveEnterTimestamp=\nMemoryCurrent=[not set]\n"));
    }

    [Fact]
    public void Launchd_tells_how_the_agent_is()
    {
        var launchd = new Launchd(Home, 501);

        ServiceReport report = launchd.Read(0, "gui/501/codex-claude-proxy = {\n\tactive count = 1\n\tstate = running\n\n\tprogram = /usr/local/bin/codex-claude-proxy\n\tpid = 123\n\t\tstate = active\n}\n");

        Assert.Equal((true, true, "running", 123), (report.Installed, report.Running, report.State, report.ProcessId));
        Assert.False(launchd.Read(113, "").Installed);
    }

    public static bool IsUnix => !OperatingSystem.IsWindows();

    private static string? Variable(string name) => name == "HOME" ? "/home/me" : null;

    private static void Same(string golden, IServiceSystem system, ServicePlan plan)
    {
        string text = $"== install\n{string.Join('\n', system.Install(plan))}\n== uninstall\n{string.Join('\n', system.Uninstall())}\n== stop, start, restart\n"
            + $"{string.Join('\n', (IEnumerable<ServiceStep>)[.. system.Stop(), .. system.Start(), .. system.Restart()])}\n== status, logs\n"
            + string.Join('\n', ((string[][])[system.Query, system.Logs(100, follow: false), system.Logs(5, follow: true)]).Select(command => ServiceStep.RunProgram(command)));
        Golden.Same(golden, text.ReplaceLineEndings("\n"));
    }
}
