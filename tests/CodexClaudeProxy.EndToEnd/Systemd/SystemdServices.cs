using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.EndToEnd.Systemd;

/// <summary>The published program as a service of a real systemd: from its installation to its removal, with everything that may happen in between.</summary>
[Trait("Stage", "service")]
public sealed partial class SystemdServices
{
    private const string Program = "/usr/local/bin/codex-claude-proxy";

    /// <summary>As far as a service that needs the network can be closed; the scale ends at 10.</summary>
    private const double MostExposure = 3.0;

    private const string Message = """{"model":"claude-sonnet-4-5","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"hello"}]}""";

    [Fact]
    public async Task The_service_of_the_machine()
    {
        await using Machine machine = await BootAsync();
        const string unit = "/etc/systemd/system/codex-claude-proxy.service";
        Service service = new(machine, "root", "systemctl", 8081);

        Assert.StartsWith("The proxy runs at http://127.0.0.1:8081 as a systemd system service.", await machine.RunAsync($"{Program} service install --system"), StringComparison.Ordinal);
        Assert.Equal("600 root", await machine.RunAsync("stat -c '%a %U' /etc/codex-claude-proxy/service.env"));
        await AssertServesAsync(service, "systemd system service");
        Assert.Equal("", await machine.RunAsync($"systemd-analyze verify {unit} 2>&1"));
        double exposure = await ExposureAsync(machine, "systemd-analyze security --no-pager codex-claude-proxy");
        Assert.InRange(exposure, 0, MostExposure);
        Assert.Equal(Documented("the machine's unit"), exposure);
        await AssertLogIsForAJournalAsync(machine, "journalctl --unit codex-claude-proxy");
        Assert.Contains("Listening on", await machine.RunAsync($"{Program} service logs --lines 20"), StringComparison.Ordinal);

        // Everything that an answer needs is allowed: the demo takes the place of the network, which is not there.
        await machine.RunAsync($"mkdir -p {unit}.d && printf '[Service]\\nExecStart=\\nExecStart={Program} demo\\nWatchdogSec=2\\n' > {unit}.d/demo.conf && systemctl daemon-reload && {Program} service restart");
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}", await machine.RunAsync($"curl -sS -m 60 -H 'content-type: application/json' -d '{Message}' http://127.0.0.1:8081/v1/messages"), StringComparison.Ordinal);
        // One that hangs is ended and comes back.
        await AssertComesBackAsync(service, "systemctl kill --signal STOP codex-claude-proxy");
        await machine.RunAsync($"rm -r {unit}.d && systemctl daemon-reload && {Program} service restart");

        await AssertComesBackAsync(service, "systemctl kill --signal KILL --kill-who main codex-claude-proxy");
        string data = await LeaveSomethingAsync(service, "/var/lib/codex-claude-proxy");
        await AssertSurvivesUpdateAsync(service);
        await machine.RebootAsync();
        await AssertServesAsync(service, "systemd system service");
        await AssertStopsInGoodOrderAsync(service);

        await machine.RunAsync($"{Program} service uninstall");
        await AssertGoneAsync(service, data, unit, "/etc/codex-claude-proxy");
    }

    [Fact]
    public async Task The_service_of_a_user_who_is_not_logged_in()
    {
        await using Machine machine = await BootAsync();
        await machine.RunAsync("useradd --create-home --shell /bin/sh alice");
        const string unit = "/home/alice/.config/systemd/user/codex-claude-proxy.service";
        string control = "XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user";
        Service service = new(machine, "alice", control, 9000);
        // Lingering makes the user's systemd; with it there the user can ask for the rest.
        await machine.RunAsync("loginctl enable-linger alice");
        await machine.ComesTrueAsync("test -S /run/user/$(id -u alice)/bus");

        Assert.StartsWith("The proxy runs at http://127.0.0.1:9000 as a systemd user service.", await machine.RunAsync(
            $"HTTPS_PROXY=http://me:secret@proxy.example:3128 {Program} service install --port 9000", "alice"), StringComparison.Ordinal);
        Assert.Equal("600 alice", await machine.RunAsync("stat -c '%a %U' /home/alice/.config/codex-claude-proxy/service.env"));
        Assert.Contains("http://me:secret@proxy.example:3128", await machine.RunAsync($"tr '\\0' '\\n' < /proc/{await service.ProcessAsync()}/environ"), StringComparison.Ordinal);
        await AssertServesAsync(service, "systemd user service");
        Assert.Equal("", await machine.RunAsync($"XDG_RUNTIME_DIR=/run/user/$(id -u) systemd-analyze --user verify {unit} 2>&1", "alice"));
        Assert.Equal(Documented("a unit of your own"), await ExposureAsync(machine, "XDG_RUNTIME_DIR=/run/user/$(id -u) systemd-analyze --user security --no-pager codex-claude-proxy", "alice"));
        await AssertLogIsForAJournalAsync(machine, "journalctl _SYSTEMD_USER_UNIT=codex-claude-proxy.service");
        Assert.Contains("Listening on", await machine.RunAsync($"{Program} service logs", "alice"), StringComparison.Ordinal);

        await AssertComesBackAsync(service, $"{control} kill --signal KILL --kill-who main codex-claude-proxy");
        string data = await LeaveSomethingAsync(service, "/home/alice/.codex-claude-proxy");
        await AssertSurvivesUpdateAsync(service);
        await machine.RebootAsync();
        await AssertServesAsync(service, "systemd user service");
        await AssertStopsInGoodOrderAsync(service);

        await machine.RunAsync($"{Program} service uninstall", "alice");
        await AssertGoneAsync(service, data, unit, "/home/alice/.config/codex-claude-proxy");
    }

    private static async Task<Machine> BootAsync()
    {
        // With CI=true everything was prepared: then a reason not to run is a failure.
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.True(Machine.Obstacle is null, Machine.Obstacle);
        Assert.SkipWhen(Machine.Obstacle is not null, Machine.Obstacle ?? "");
        return await Machine.BootAsync(await PublishedBinary.PathAsync());
    }

    private static async Task AssertServesAsync(Service service, string system)
    {
        await service.Machine.ComesTrueAsync($"curl -fsS -m 10 {service.Url}/health");
        await service.Machine.ComesTrueAsync($"{Program} service status", service.User);
        JsonNode status = JsonNode.Parse(await service.RunAsync($"{Program} service status --json"))!;
        Assert.Equal((true, true, true, system), (status["installed"]!.GetValue<bool>(), status["enabled"]!.GetValue<bool>(), status["running"]!.GetValue<bool>(), status["system"]!.GetValue<string>()));
        Assert.StartsWith("Listening on http://127.0.0.1:", status["status"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task AssertComesBackAsync(Service service, string death)
    {
        string before = await service.ProcessAsync();
        await service.RunAsync(death);
        await service.Machine.ComesTrueAsync($"curl -fsS -m 5 {service.Url}/health && test \"$({service.Control} show --property MainPID --value codex-claude-proxy)\" != {before}", service.User);
    }

    /// <returns>The file that holds it.</returns>
    private static async Task<string> LeaveSomethingAsync(Service service, string directory)
    {
        await service.Machine.RunAsync($"curl -fsS -m 10 -X PATCH -H 'content-type: application/json' -d '{{\"accountStrategy\":\"round-robin\"}}' {service.Url}/api/settings");
        return await service.Machine.ComesTrueAsync($"grep --with-filename --only-matching round-robin {directory}/settings.json | cut -d: -f1");
    }

    /// <summary>Another file takes the program's name, as an update does it.</summary>
    private static async Task AssertSurvivesUpdateAsync(Service service)
    {
        await service.Machine.RunAsync($"cp {Program} {Program}.new && mv {Program}.new {Program}");
        await service.RunAsync($"{Program} service restart");
        await service.Machine.ComesTrueAsync($"curl -fsS -m 10 {service.Url}/health");
        Assert.Equal(await service.Machine.RunAsync($"stat -c %i {Program}"), await service.Machine.RunAsync($"stat -L -c %i /proc/{await service.ProcessAsync()}/exe"));
    }

    private static async Task AssertStopsInGoodOrderAsync(Service service)
    {
        await service.RunAsync($"{Program} service stop");
        Assert.Equal("success inactive", (await service.RunAsync($"{service.Control} show --property Result,ActiveState --value codex-claude-proxy")).ReplaceLineEndings(" "));
        Assert.Equal(1, (await service.Machine.TryAsync($"{Program} service status", service.User)).ExitCode);
        await service.RunAsync($"{Program} service start");
        await service.Machine.ComesTrueAsync($"curl -fsS -m 10 {service.Url}/health");
    }

    private static async Task AssertGoneAsync(Service service, string data, params string[] paths)
    {
        Assert.NotEqual(0, (await service.Machine.TryAsync($"curl -fsS -m 5 {service.Url}/health")).ExitCode);
        foreach (string path in paths) await service.Machine.RunAsync($"! test -e {path}");
        await service.Machine.RunAsync($"grep -q round-robin {data}");
        Assert.Contains("not installed", (await service.Machine.TryAsync($"{Program} service status", service.User)).Output, StringComparison.Ordinal);
    }

    private static async Task AssertLogIsForAJournalAsync(Machine machine, string journal)
    {
        string[] lines = (await machine.RunAsync($"{journal} --output json --no-pager")).Split('\n');
        JsonNode[] ours = [.. lines.Select(line => JsonNode.Parse(line)!).Where(entry => entry["_COMM"]?.GetValue<string>().StartsWith("codex-claude", StringComparison.Ordinal) == true)];

        JsonNode listening = ours.First(entry => entry["MESSAGE"]!.GetValue<string>().StartsWith("Listening on", StringComparison.Ordinal));
        Assert.Equal("6", listening["PRIORITY"]!.GetValue<string>());
        Assert.DoesNotContain(ours, entry => entry["MESSAGE"]!.ToString().Contains("export ", StringComparison.Ordinal) || entry["MESSAGE"]!.ToString().Contains('\u001b'));
    }

    private static async Task<double> ExposureAsync(Machine machine, string command, string user = "root")
    {
        string report = await machine.RunAsync(command, user);
        Match overall = Overall().Match(report);
        Assert.True(overall.Success, report);
        return double.Parse(overall.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The figure in a row of docs/SERVICE.md.</summary>
    private static double Documented(string row)
    {
        string line = File.ReadLines(Path.Combine(Clients.Repository, "docs", "SERVICE.md")).Single(line => line.StartsWith($"| {row} |", StringComparison.Ordinal));
        return double.Parse(line.Split('|')[2], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Overall exposure level .*: ([0-9.]+)")]
    private static partial Regex Overall();

    /// <summary>A service, and who looks after it.</summary>
    private sealed record Service(Machine Machine, string User, string Control, int Port)
    {
        public string Url => $"http://127.0.0.1:{Port}";

        public Task<string> RunAsync(string script) => Machine.RunAsync(script, User);

        public Task<string> ProcessAsync() => RunAsync($"{Control} show --property MainPID --value codex-claude-proxy");
    }
}
