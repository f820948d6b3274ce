using System.Text.Json;
using CodexClaudeProxy.Service;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Tests.Login;

namespace CodexClaudeProxy.Tests.Service;

/// <summary><c>service</c> on a machine with systemd, from the command line to the files.</summary>
public sealed class ServiceCommandTests
{
    private const string Key = "0123456789abcdefghijklmn";

    public static bool IsLinux => OperatingSystem.IsLinux();

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task A_user_gets_a_service_that_outlives_the_session_with_options_and_environment()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();
        using ServiceShell shell = new();
        shell.Variables["HTTPS_PROXY"] = "http://me:secret@proxy:3128";
        // The service that is started by its start.
        string port = $"{proxy.Http.BaseAddress!.Port}";
        shell.Answer = line => line.Contains(" show ", StringComparison.Ordinal) ? new ProgramResult(0, "LoadState=loaded\nActiveState=active\n", "") : null;

        Assert.Equal(0, await shell.RunAsync("install", "--port", port, "--drain", "60"));

        Assert.Equal("", shell.Errors);
        string unit = await File.ReadAllTextAsync(shell.UserUnit, TestContext.Current.CancellationToken);
        Assert.Contains($"ExecStart={shell.At("usr/bin/codex-claude-proxy")} serve\n", unit, StringComparison.Ordinal);
        Assert.Contains("TimeoutStopSec=75\n", unit, StringComparison.Ordinal);
        Assert.Contains("WantedBy=default.target\n", unit, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", unit, StringComparison.Ordinal);
        Dictionary<string, string> environment = EnvironmentFile.Parse(await File.ReadAllTextAsync(shell.UserEnvironment, TestContext.Current.CancellationToken));
        Assert.Equal((port, "60", "http://me:secret@proxy:3128"), (environment["CCP_PORT"], environment["CCP_DRAIN"], environment["HTTPS_PROXY"]));
        Assert.True(IsPrivate(shell.UserEnvironment));
        Assert.Equal(
            ["loginctl enable-linger", "systemctl --user daemon-reload", "systemctl --user enable codex-claude-proxy.service", "systemctl --user restart codex-claude-proxy.service"],
            shell.Ran);
        Assert.StartsWith($"The proxy runs at http://127.0.0.1:{port} as a systemd user service.", shell.Output, StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task Root_gets_the_service_of_the_machine_with_the_key_where_only_root_reads_it()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();
        using ServiceShell shell = new() { User = 0, Program = "/usr/bin/env" };
        string file = shell.At("key");
        await File.WriteAllTextAsync(file, Key, TestContext.Current.CancellationToken);
        shell.Answer = line => line.Contains(" show ", StringComparison.Ordinal) ? new ProgramResult(0, "LoadState=loaded\nActiveState=active\n", "") : null;

        Assert.Equal(0, await shell.RunAsync("install", "--port", $"{proxy.Http.BaseAddress!.Port}", "--api-key-file", file));

        Assert.Equal(Key, EnvironmentFile.Parse(await File.ReadAllTextAsync(shell.SystemEnvironment, TestContext.Current.CancellationToken))["CCP_API_KEY"]);
        Assert.True(IsPrivate(shell.SystemEnvironment));
        Assert.Contains("DynamicUser=yes\n", await File.ReadAllTextAsync(shell.SystemUnit, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, shell.Output, StringComparison.Ordinal);
        Assert.Equal(["systemctl daemon-reload", "systemctl enable codex-claude-proxy.service", "systemctl restart codex-claude-proxy.service"], shell.Ran);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task The_unit_of_a_package_stays_the_only_one()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();
        using ServiceShell shell = new() { User = 0, Program = "/usr/bin/env" };
        Directory.CreateDirectory(shell.At("usr/lib/systemd/system"));
        await File.WriteAllTextAsync(shell.At("usr/lib/systemd/system/codex-claude-proxy.service"), "", TestContext.Current.CancellationToken);
        shell.Answer = line => line.Contains(" show ", StringComparison.Ordinal) ? new ProgramResult(0, "LoadState=loaded\nActiveState=active\n", "") : null;

        Assert.Equal(0, await shell.RunAsync("install", "--system", "--port", $"{proxy.Http.BaseAddress!.Port}"));

        Assert.False(File.Exists(shell.SystemUnit));
        Assert.True(File.Exists(shell.SystemEnvironment));
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task What_is_printed_is_not_done_and_has_no_secrets()
    {
        using ServiceShell shell = new();

        Assert.Equal(0, await shell.RunAsync("install", "--print", "--system", "--host", "0.0.0.0", "--api-key", Key));

        Assert.Contains("[Service]", shell.Output, StringComparison.Ordinal);
        Assert.Contains("$ systemctl restart codex-claude-proxy.service", shell.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, shell.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(shell.SystemUnit) || File.Exists(shell.SystemEnvironment));
        Assert.Empty(shell.Ran);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task Installing_again_keeps_what_was_said_before()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();
        using ServiceShell shell = new();
        shell.Answer = line => line.Contains(" show ", StringComparison.Ordinal) ? new ProgramResult(0, "LoadState=loaded\nActiveState=active\n", "") : null;
        string port = $"{proxy.Http.BaseAddress!.Port}";
        Assert.Equal(0, await shell.RunAsync("install", "--port", port, "--log-level", "debug"));

        Assert.Equal(0, await shell.RunAsync("install", "--log-level", "warn"));

        Dictionary<string, string> environment = EnvironmentFile.Parse(await File.ReadAllTextAsync(shell.UserEnvironment, TestContext.Current.CancellationToken));
        Assert.Equal((port, "warn"), (environment["CCP_PORT"], environment["CCP_LOG_LEVEL"]));
    }

    [Theory(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    [InlineData(2, "host: listening on 0.0.0.0", "install", "--host", "0.0.0.0")]
    [InlineData(2, "--run-as: only a system service", "install", "--run-as", "alice")]
    [InlineData(2, "data-dir: a system service keeps its data", "install", "--system", "--data-dir", "/srv/proxy")]
    [InlineData(1, "A system service needs root: sudo", "install", "--system")]
    [InlineData(1, "The service is not installed", "start")]
    [InlineData(1, "The service is not installed", "restart")]
    [InlineData(2, "Required command", "")]
    public async Task What_cannot_be_is_said_in_a_sentence(int code, string sentence, params string[] arguments)
    {
        using ServiceShell shell = new();

        Assert.Equal(code, await shell.RunAsync([.. arguments.Where(argument => argument.Length > 0)]));

        if (arguments[0].Length > 0) Assert.StartsWith(sentence, shell.Errors, StringComparison.Ordinal);
        Assert.Single(shell.Errors.TrimEnd().Split('\n'));
        Assert.Empty(shell.Ran);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task A_machine_without_systemd_is_told_so()
    {
        using ServiceShell shell = new();
        Directory.Delete(shell.At("run/systemd/system"));

        Assert.Equal(1, await shell.RunAsync("install"));

        Assert.StartsWith("This machine was not started by systemd", shell.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(shell.UserUnit));
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task A_program_that_the_system_service_would_not_see_is_refused()
    {
        using ServiceShell shell = new() { User = 0, Program = "/home/alice/bin/codex-claude-proxy" };

        Assert.Equal(1, await shell.RunAsync("install", "--system"));

        Assert.StartsWith("A system service does not see /home", shell.Errors, StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task A_taken_port_is_told_before_anything_is_changed()
    {
        using TakenPort taken = new();
        using ServiceShell shell = new();

        Assert.Equal(1, await shell.RunAsync("install", "--port", $"{taken.Number}"));

        Assert.StartsWith($"Port {taken.Number} on 127.0.0.1 is already in use", shell.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(shell.UserUnit));
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task A_start_that_fails_is_told_with_the_words_of_systemd_and_lingering_that_is_refused_with_the_way_out()
    {
        using ServiceShell shell = new();
        shell.Answer = line => line.Contains("restart", StringComparison.Ordinal) ? new ProgramResult(1, "", "Job failed.\n")
            : line.StartsWith("loginctl", StringComparison.Ordinal) ? new ProgramResult(1, "", "denied") : null;

        Assert.Equal(1, await shell.RunAsync("install", "--port", $"{LoginScene.FreePort()}"));

        Assert.Contains("sudo loginctl enable-linger", shell.Errors, StringComparison.Ordinal);
        Assert.Contains("systemctl --user restart codex-claude-proxy.service failed: Job failed.", shell.Errors, StringComparison.Ordinal);
        Assert.Contains("codex-claude-proxy service logs", shell.Errors, StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task Uninstalling_takes_away_the_files_and_leaves_the_data()
    {
        using ServiceShell shell = new();
        Directory.CreateDirectory(Path.GetDirectoryName(shell.UserUnit)!);
        Directory.CreateDirectory(Path.GetDirectoryName(shell.UserEnvironment)!);
        string account = shell.At("home/.codex-claude-proxy/accounts.json");
        Directory.CreateDirectory(Path.GetDirectoryName(account)!);
        foreach (string file in (string[])[shell.UserUnit, shell.UserEnvironment, account]) await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        Assert.Equal(0, await shell.RunAsync("uninstall"));

        Assert.False(File.Exists(shell.UserUnit) || Directory.Exists(Path.GetDirectoryName(shell.UserEnvironment)));
        Assert.True(File.Exists(account));
        Assert.Contains("systemctl --user disable --now codex-claude-proxy.service", shell.Ran);

        Assert.Equal(0, await shell.RunAsync("uninstall"));
        Assert.StartsWith("There is no service to uninstall", shell.Output, StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "systemd is Linux only")]
    public async Task The_status_is_text_json_and_exit_code()
    {
        using ServiceShell shell = new();
        Assert.Equal(1, await shell.RunAsync("status"));
        Assert.StartsWith("The service is not installed", shell.Output, StringComparison.Ordinal);
        shell.Answer = _ => new ProgramResult(0, "LoadState=loaded\nUnitFileState=enabled\nFragmentPath=/f\nActiveState=active\nSubState=running\nStatusText=Listening\nMainPID=7\nNRestarts=1\nMemoryCurrent=33554432\n", "");

        Assert.Equal(0, await shell.RunAsync("status"));
        Assert.Contains("The service runs: systemd user service, active (running)\n", shell.Output, StringComparison.Ordinal);
        Assert.Contains("  Memory   32.0 MB\n", shell.Output, StringComparison.Ordinal);

        Assert.Equal(0, await shell.RunAsync("status", "--json"));
        JsonElement report = JsonElement.Parse(shell.Output);
        Assert.Equal((true, true, true, 7), (report.GetProperty("installed").GetBoolean(), report.GetProperty("enabled").GetBoolean(), report.GetProperty("running").GetBoolean(), report.GetProperty("processId").GetInt32()));
    }

    private static bool IsPrivate(string file) => !OperatingSystem.IsWindows() && File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);
}
