using System.Diagnostics;
using System.Globalization;

namespace CodexClaudeProxy.EndToEnd.Systemd;

/// <summary>
/// A small Linux that a real systemd boots, in namespaces of its own: <c>systemd-nspawn</c> in a copy of the root that <c>CCP_SYSTEMD_ROOT</c>
/// names. It has no network but itself.
/// </summary>
internal sealed class Machine : IAsyncDisposable
{
    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-systemd-");
    private Process? _running;
    private Task<string>? _console;
    private string _leader = "";

    private Machine()
    {
    }

    /// <summary>Why there can be no such machine here; null when there can.</summary>
    public static string? Obstacle { get; } = FindObstacle();

    private string Root => Path.Combine(_directory.FullName, "root");

    public static async Task<Machine> BootAsync(string binary)
    {
        var machine = new Machine();
        try
        {
            await RunHereAsync("cp", "-a", Environment.GetEnvironmentVariable("CCP_SYSTEMD_ROOT")!, machine.Root);
            await RunHereAsync("install", "-m", "755", binary, Path.Combine(machine.Root, "usr/local/bin/codex-claude-proxy"));
            await machine.BootAsync();
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a script of a shell in the machine.</summary>
    /// <param name="user">Who runs it, after a login.</param>
    public async Task<(int ExitCode, string Output, string Errors)> TryAsync(string script, string user = "root")
    {
        string[] login = user == "root" ? ["sh", "-c", script] : ["su", "-", user, "-c", script];
        return await RunAsync(["nsenter", "--target", _leader, "--all", "--", "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", .. login]);
    }

    /// <summary>Runs a script that must succeed.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync(string script, string user = "root")
    {
        (int exitCode, string output, string errors) = await TryAsync(script, user);
        Assert.True(exitCode == 0, $"{script}\nended with {exitCode}:\n{output}\n{errors}");
        return output.TrimEnd();
    }

    /// <summary>Waits until a script succeeds.</summary>
    public async Task<string> ComesTrueAsync(string script, string user = "root")
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            (int exitCode, string output, string errors) = await TryAsync(script, user);
            if (exitCode == 0) return output.TrimEnd();
            Assert.True(TimeProvider.System.GetElapsedTime(start) < CommandLimit, $"{script}\ndoes not come true:\n{output}\n{errors}");
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>Shuts it down and boots it again.</summary>
    public async Task RebootAsync()
    {
        await ShutDownAsync();
        await BootAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ShutDownAsync();
        await RunHereAsync("rm", "-rf", "--one-file-system", _directory.FullName);
    }

    private async Task BootAsync()
    {
        ProcessStartInfo start = new("systemd-nspawn",
            ["--quiet", $"--directory={Root}", "--machine=ccp-test", "--register=no", "--keep-unit", "--private-network", "--resolv-conf=off", "--timezone=off", "--console=pipe", "--boot"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        _running = Process.Start(start)!;
        _console = Task.WhenAll(_running.StandardOutput.ReadToEndAsync(), _running.StandardError.ReadToEndAsync()).ContinueWith(static read => string.Concat(read.Result), TaskScheduler.Default);
        long begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Assert.False(_running.HasExited, $"The machine does not boot:\n{(_running.HasExited ? await _console : "")}");
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < BootLimit, "The machine takes too long to boot.");
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            // Its first process is the only child.
            _leader = (await RunAsync(["pgrep", "--parent", _running.Id.ToString(CultureInfo.InvariantCulture)])).Output.Trim();
            // A machine in which some unit of its own failed is up, too.
            if (_leader.Length > 0 && (await TryAsync("systemctl is-system-running")).Output.Trim() is "running" or "degraded") return;
        }
    }

    private async Task ShutDownAsync()
    {
        if (_running is null) return;
        if (!_running.HasExited) await TryAsync("systemctl poweroff");
        using CancellationTokenSource limit = new(EndLimit);
        try
        {
            await _running.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _running.Kill(entireProcessTree: true);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(await _console!);
        _running.Dispose();
        _running = null;
    }

    private static async Task RunHereAsync(params string[] command)
    {
        (int exitCode, _, string errors) = await RunAsync(command);
        Assert.True(exitCode == 0, $"{string.Join(' ', command)}: {errors}");
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using CancellationTokenSource limit = new(CommandLimit);
        using CancellationTokenRegistration end = limit.Token.Register(process.Kill);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, output, await errors);
    }

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux()) return "only Linux has systemd";
        if (Environment.UserName != "root") return "only root can boot such a machine";
        if (Environment.GetEnvironmentVariable("CCP_SYSTEMD_ROOT") is not { Length: > 0 } root || !Directory.Exists(root)) return "CCP_SYSTEMD_ROOT names no root (scripts/systemd-root.sh makes one)";
        return Array.Exists((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), directory => File.Exists(Path.Combine(directory, "systemd-nspawn")))
            ? null : "systemd-nspawn is missing (Debian, Ubuntu: apt-get install systemd-container)";
    }
}
