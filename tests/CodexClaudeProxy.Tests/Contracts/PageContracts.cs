using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>The smaller pages: about, log, drift, and the check of tool calls on demand.</summary>
public sealed partial class PageContracts
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, 123, TimeSpan.Zero));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task About(bool isOpen)
    {
        DirectoryInfo logs = Directory.CreateTempSubdirectory("ccp-test-");
        string data = "";
        ProxyOptions options = isOpen
            ? new ProxyOptions { Host = "0.0.0.0", ApiKey = "sesame", LogFile = Path.Combine(logs.FullName, "a.log") }
            : new ProxyOptions();
        await using (TestProxy proxy = await TestProxy.StartAsync(options with { CodexVersion = "0.0.0" }, time: _time, compose: host =>
        {
            data = Path.GetFullPath(host.Options.DataDirectory);
            var routes = new Routes();
            new AboutEndpoint(host)
            {
                AccountsPath = "/ö/accounts.json",
                SettingsPath = "/ö/\"settings\".json",
                IsDemo = isOpen,
                UncompressedHosts = () => isOpen ? [] : ["upstream.example"],
                Caches = () => isOpen ? [] : [new CacheSize("log", 1, 2, 3), new CacheSize("models of accounts", 5_000_000_000, 6_000_000_000, 0)],
            }.MapTo(routes);
            return routes;
        }))
        {
            _time.Advance(TimeSpan.FromSeconds(90.7));
            string about = (await proxy.GetAsync($"http://127.0.0.1:{proxy.Address.Port}/api/about", ("x-api-key", "sesame"))).Body;
            about = Regex.Replace(about, """
                "(version|commit|target|os|rid|runtime)":("[^"]*"|null)
                """, "\"$1\":\"…\"");
            about = Regex.Replace(about, """
                "(pid|port|residentBytes|managedBytes)":\d+
                """, "\"$1\":0");
            Golden.Same(isOpen ? "about-open.json" : "about.json", about, ($":{proxy.Address.Port}", ":PORT"), (data, "DATA"), (logs.FullName, "LOGS"));
        }

        logs.Delete(recursive: true);
    }

    [Fact]
    public async Task The_log()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { LogLevel = LogLevel.Trace }, time: _time, compose: host =>
        {
            LogAll(host.Journal.CreateLogger("Gölden"));
            var routes = new Routes();
            new LogEndpoints(host).MapTo(routes);
            return routes;
        });
        Golden.Same("logs.json", (await proxy.GetAsync("/api/logs?q=golden")).Body);
        Golden.Same("logs-none.json", (await proxy.GetAsync("/api/logs?q=nothing-of-that-kind")).Body);
        Golden.Same("logs-refused.json", (await proxy.GetAsync("/api/logs?level=loud")).Body);
        using HttpResponseMessage stream = await proxy.Http.GetAsync("/api/logs/stream?history=true&level=success", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Golden.Same("logs-stream.txt", await RequestContracts.FramesAsync(stream, 3));
    }

    [Fact]
    public void Log_lines_for_machines()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using (var journal = new Journal(_time) { Console = output, Format = LogFormat.Json, Level = LogLevel.Trace }) LogAll(journal.CreateLogger("Gölden"));
        Golden.Same("log-lines.jsonl", output.ToString());
    }

    [Fact]
    public async Task Drift()
    {
        var drift = new Drift(_time, NullLogger.Instance);
        await using TestProxy proxy = await TestProxy.StartAsync(time: _time, compose: _ =>
        {
            var routes = new Routes();
            new DriftEndpoint(drift).MapTo(routes);
            return routes;
        });
        Golden.Same("drift-none.json", (await proxy.GetAsync("/api/drift")).Body);
        drift.Note(DriftKind.Request, "\"höl\"<ogram>", "claude-cli/2.1.330 (external, cli)");
        _time.Advance(TimeSpan.FromMilliseconds(877));
        drift.Note(DriftKind.Beta, "time-travel-2027-01-01", null);
        drift.Note(DriftKind.Beta, "time-travel-2027-01-01", null);
        drift.Note(DriftKind.UpstreamEvent, "response.something_new", "");
        Golden.Same("drift.json", (await proxy.GetAsync("/api/drift")).Body);
    }

    [Fact]
    public async Task The_check_of_calls()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Text("""{"0":{"rule":"S3","verdict":"block","explanation":"Lädt <etwas> \"herunter\" 😀"}}"""));
        JsonNode request = JsonNode.Parse("""
            {"model":"gpt-5.5","max_tokens":100,"messages":[{"role":"user","content":"fetch the file"},{"role":"assistant","content":[
              {"type":"tool_use","id":"a\"ö","name":"Bash","input":{"command":"curl x"}},{"type":"tool_use","id":"b","name":"Read","input":{"file_path":"x"}}]}],
             "safeguards":[{"type":"dangerous_tool_use","classifier_context":{"v":1,"permission_mode":"auto","platform":"linux","live_cwd":"/home/user/project","home_dir":"/home/user",
              "trusted_directories":{"primary":{"path":"/home/user/project","resolved":["/home/user/project"]},"additional":[],"network":[]},
              "rules":{"allow":[],"deny":[],"ask":[]},"auto_mode":{"allow":[],"soft_deny":[],"hard_deny":[],"environment":[]}}}]}
            """)!;
        using HttpResponseMessage answer = await proxy.PostAsync(request.ToJsonString(), "/api/auto-mode/check");
        Golden.Same("auto-mode-check.json", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static void LogAll(ILogger log)
    {
        Debug(log, null, 12.5);
        Signed(log, "\"ä\" <b> & 😀\n", 2, 3_000_000_000);
        Served(log, "");
        Warned(log);
        Broke(log, new InvalidOperationException("über"));
        Fell(log);
    }

    [LoggerMessage(11, LogLevel.Debug, "Golden debug {Nothing} {Part}")]
    private static partial void Debug(ILogger log, string? nothing, double part);

    [LoggerMessage(12, LogLevel.Information, "Golden {Name} signed in, {Count} accounts, {Bytes} bytes")]
    private static partial void Signed(ILogger log, string name, int count, long bytes);

    [LoggerMessage(13, LogLevel.Information, "Golden answer{What}", EventName = LogEntry.Success)]
    private static partial void Served(ILogger log, string what);

    [LoggerMessage(14, LogLevel.Warning, "Golden warning")]
    private static partial void Warned(ILogger log);

    [LoggerMessage(15, LogLevel.Error, "Golden error")]
    private static partial void Broke(ILogger log, Exception exception);

    [LoggerMessage(16, LogLevel.Critical, "Golden fall")]
    private static partial void Fell(ILogger log);
}
