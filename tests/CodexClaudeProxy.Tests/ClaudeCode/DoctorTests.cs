using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Tests.Turns;
using CodexClaudeProxy.Upstream;
using FakeCodex;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.Tests.ClaudeCode;

public sealed class DoctorTests : IDisposable
{
    private readonly ClaudeShell _shell = new();

    [Fact]
    public async Task A_proxy_that_is_well_says_so_from_the_inside()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        using HttpResponseMessage response = await proxy.PostAsync("""{"request":true}""", "/api/doctor");
        Dictionary<string, JsonNode> checks = Checks(await RunningProxy.JsonOf(response));

        foreach (string id in new[] { "port", "data", "dns", "backend", "login-server", "clock", "models", "request", $"account:{proxy.Users[0].Email}:{proxy.Users[0].AccountId}" })
            Assert.True(Status(checks[id]) == "ok", checks[id].ToJsonString());
        Assert.Contains("Signed in", checks[$"account:{proxy.Users[0].Email}:{proxy.Users[0].AccountId}"]["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.All(checks.Values, check => Assert.True(check["ms"]!.GetValue<long>() >= 0));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await proxy.Client.GetAsync("/api/doctor", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task No_real_request_is_sent_unless_it_is_asked_for()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        using HttpResponseMessage response = await proxy.PostAsync("{}", "/api/doctor");

        Assert.Equal("skipped", Status(Checks(await RunningProxy.JsonOf(response))["request"]));
        Assert.DoesNotContain(proxy.Backend.Requests, request => request.Path.EndsWith("/responses", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_command_finds_the_running_proxy_and_what_is_wrong_makes_its_exit_code_1()
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null);
        _shell.Variables["CCP_CHATGPT_URL"] = backend.Origin + "/backend-api";
        _shell.Variables["CCP_AUTH_URL"] = backend.Origin;
        _shell.Variables["CCP_PORT"] = $"{new Uri(scene.Address).Port}";
        _shell.Variables["ANTHROPIC_BASE_URL"] = scene.Address;
        _shell.Variables["PATH"] = _shell.Home;

        Assert.Equal(1, await _shell.RunAsync("doctor", "--json"));
        Dictionary<string, JsonNode> checks = Checks(JsonNode.Parse(_shell.Output)!);
        Assert.Equal(("ok", "fail", "warn", "ok"), (Status(checks["port"]), Status(checks["accounts"]), Status(checks["claude"]), Status(checks["claude-settings"])));
        Assert.Equal("Sign in: codex-claude-proxy login", checks["accounts"]["fix"]!.GetValue<string>());

        Assert.Equal(1, await _shell.RunAsync("doctor"));
        Assert.Contains("fail     Accounts", _shell.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 problem must be fixed.\n", _shell.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_a_finding()
    {
        // Root may write everywhere; nobody may write below a file.
        string directory = Path.Combine(_shell.Home, "file", "data");
        await File.WriteAllTextAsync(Path.Combine(_shell.Home, "file"), "");

        Assert.Equal(1, await _shell.RunAsync("doctor", "--json", "--data-dir", directory));

        JsonNode data = Checks(JsonNode.Parse(_shell.Output)!)["data"];
        Assert.Equal("fail", Status(data));
        Assert.StartsWith($"{directory} cannot be written: ", data["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("choose another directory with --data-dir", data["fix"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_on_the_port_and_an_empty_one_are_told_apart()
    {
        using TcpListener stranger = new(IPAddress.Loopback, 0);
        stranger.Start();
        int port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        _ = Task.Run(async () =>
        {
            using TcpClient client = await stranger.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"u8.ToArray(), TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);

        Assert.Equal(PortState.Other, await PortProbe.AskAsync($"http://127.0.0.1:{port}", null, TestContext.Current.CancellationToken));
        stranger.Stop();
        Assert.Equal(PortState.Free, await PortProbe.AskAsync($"http://127.0.0.1:{port}", null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_proxy_with_another_key_is_known_by_its_name()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = "sesame" });
        string address = proxy.Address.ToString().TrimEnd('/');
        ProxyOptions options = new() { Port = proxy.Address.Port, ApiKey = "sesame" };
        string accounts = (await proxy.GetAsync("/health", ("x-api-key", "sesame"))).Json.GetProperty("configPath").GetString()!;

        Assert.Equal(PortState.Ours, await PortProbe.AskAsync(address, "sesame", TestContext.Current.CancellationToken));
        Assert.Equal(PortState.OtherKey, await PortProbe.AskAsync(address, "another", TestContext.Current.CancellationToken));
        Assert.Equal(PortState.OtherKey, await PortProbe.AskAsync(address, null, TestContext.Current.CancellationToken));
        Assert.Equal(proxy.Address, await RunningServer.FindAsync(options, accounts, TestContext.Current.CancellationToken));
        Assert.Null(await RunningServer.FindAsync(options with { ApiKey = null }, accounts, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stranger_that_says_it_is_well_stays_a_stranger()
    {
        await using TestProxy stranger = await TestProxy.StartAsync(compose: static _ => new Routes()
            .Get("/health", static http => http.Response.WriteAsync("""{"status":"ok"}"""))
            .Get("/", static http => http.Response.WriteAsync("""{"name":"another"}""")));

        Assert.Equal(PortState.Other, await PortProbe.AskAsync(stranger.Address.ToString().TrimEnd('/'), null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1, "Ok")]
    [InlineData(90, "Warn")]
    [InlineData(-90, "Warn")]
    [InlineData(400, "Fail")]
    public async Task A_wrong_clock_is_noticed(int seconds, string expected)
    {
        IReadOnlyList<Finding> findings = await ExamineAsync(_ => new HttpResponseMessage(HttpStatusCode.Unauthorized) { Headers = { Date = TimeProvider.System.GetUtcNow().AddSeconds(-seconds) } });

        Verdict clock = findings.Single(finding => finding.Id == "clock").Verdict;
        Assert.Equal(expected, $"{clock.Status}");
        Assert.Equal(clock.Status == CheckStatus.Ok, clock.Fix is null);
    }

    [Fact]
    public async Task Each_way_of_not_reaching_the_backend_has_its_own_fix()
    {
        Verdict untrusted = await BackendAsync(_ => throw new HttpRequestException("The SSL connection could not be established", new AuthenticationException("UntrustedRoot")));
        Verdict refused = await BackendAsync(_ => throw new HttpRequestException("Connection refused", new SocketException((int)SocketError.ConnectionRefused)));
        Verdict challenged = await BackendAsync(_ => new HttpResponseMessage(HttpStatusCode.Forbidden) { Headers = { { "cf-mitigated", "challenge" } } });
        Verdict well = await BackendAsync(_ => new HttpResponseMessage(HttpStatusCode.Unauthorized));

        Assert.Equal([CheckStatus.Fail, CheckStatus.Fail, CheckStatus.Warn, CheckStatus.Ok], new[] { untrusted, refused, challenged, well }.Select(verdict => verdict.Status));
        Assert.Contains("SSL_CERT_FILE", untrusted.Fix, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", refused.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_each_account_has_a_proxy_nothing_goes_out_beside_it()
    {
        string data = Directory.CreateDirectory(Path.Combine(_shell.Home, "data")).FullName;
        File.WriteAllText(Path.Combine(data, "accounts.json"), """{"accounts":[{"email":"a@x.com","accountId":"1","proxy":"socks5://me:s3cret@10.0.0.1:1"},{"email":"b@x.com","accountId":"2","proxy":"socks5://me:s3cret@10.0.0.1:1"}]}""");
        List<string?> ways = [];

        IReadOnlyList<Finding> found = await ExamineAsync(
            request =>
            {
                lock (ways) ways.Add(OutboundRoute.Of(request).Proxy?.Shown);
                return new HttpResponseMessage(HttpStatusCode.OK);
            },
            patient => patient with { Resolve = (_, _) => throw new InvalidOperationException("a name was looked up here") });

        Assert.All(ways, way => Assert.Equal("socks5://***@10.0.0.1:1", way));
        Assert.All(found.Where(finding => finding.Id is "dns" or "families"), finding => Assert.Equal(CheckStatus.Skipped, finding.Verdict.Status));
        Verdict backend = found.Single(finding => finding.Id == "backend").Verdict;
        Assert.Equal(CheckStatus.Ok, backend.Status);
        Assert.EndsWith("(through socks5://***@10.0.0.1:1)", backend.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_found_and_proxy_variables_are_told_without_passwords()
    {
        IReadOnlyList<Finding> lost = await ExamineAsync(_ => new HttpResponseMessage(HttpStatusCode.OK), patient => patient with { Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound) });
        Assert.Equal(CheckStatus.Fail, lost.Single(finding => finding.Id == "dns").Verdict.Status);

        _shell.Variables["https_proxy"] = "http://me:s3cret@proxy:3128";
        IReadOnlyList<Finding> proxied = await ExamineAsync(_ => new HttpResponseMessage(HttpStatusCode.OK));
        Verdict environment = proxied.Single(finding => finding.Id == "environment").Verdict;
        Assert.Equal((CheckStatus.Warn, "export NO_PROXY=127.0.0.1,localhost"), (environment.Status, environment.Fix));
        Assert.DoesNotContain("s3cret", environment.Detail, StringComparison.Ordinal);
        Assert.Equal(CheckStatus.Skipped, proxied.Single(finding => finding.Id == "dns").Verdict.Status);

        _shell.Variables["NO_PROXY"] = "localhost, 127.0.0.1";
        Assert.Equal(CheckStatus.Ok, (await ExamineAsync(_ => new HttpResponseMessage(HttpStatusCode.OK))).Single(finding => finding.Id == "environment").Verdict.Status);
    }

    [Theory]
    [InlineData("{}", null, "Warn")]
    [InlineData("{\"env\":{\"ANTHROPIC_BASE_URL\":\"http://localhost:8081/\"}}", null, "Ok")]
    [InlineData("{}", "http://127.0.0.1:8081", "Ok")]
    [InlineData("{\"env\":{\"ANTHROPIC_BASE_URL\":\"http://127.0.0.1:8082\"}}", "http://127.0.0.1:8081", "Warn")]
    [InlineData("{\"env\":{\"ANTHROPIC_BASE_URL\":\"http://127.0.0.1:8081\",\"ANTHROPIC_API_KEY\":\"sk-ant-0123456\"}}", null, "Warn")]
    [InlineData("{\"env\":null}", null, "Fail")]
    [InlineData("{\"env\":{\"ANTHROPIC_BASE_URL\":\"http://127.0.0.1:8081\"},}", null, "Fail")]
    public async Task Where_Claude_Code_leads_is_told(string settings, string? variable, string expected)
    {
        _shell.Write(settings);
        if (variable is not null) _shell.Variables["ANTHROPIC_BASE_URL"] = variable;

        Verdict verdict = (await ExamineAsync(_ => new HttpResponseMessage(HttpStatusCode.OK))).Single(finding => finding.Id == "claude-settings").Verdict;

        Assert.Equal(expected, $"{verdict.Status}");
        Assert.DoesNotContain("sk-ant", verdict.Detail + verdict.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1", null, "Fail")]
    [InlineData("DISABLE_TELEMETRY", "1", null, "Fail")]
    [InlineData("DO_NOT_TRACK", "true", null, "Fail")]
    [InlineData("DISABLE_GROWTHBOOK", "1", "1", "Fail")]
    [InlineData("CLAUDE_CODE_DISABLE_FEATURE_FLAGS", "1", null, "Fail")]
    [InlineData("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1", "0", "Ok")]
    [InlineData("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "0", null, "Ok")]
    [InlineData("DISABLE_ERROR_REPORTING", "1", null, "Ok")]
    public async Task A_set_up_in_which_auto_mode_cannot_work_is_told(string name, string value, string? server, string expected)
    {
        _shell.Variables["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:8081";
        _shell.Write($"{{\"env\":{{\"{name}\":\"{value}\"}}}}");
        if (server is not null) _shell.Variables["CLAUDE_CODE_AUTO_MODE_SERVER"] = server;

        Verdict verdict = await AutoModeAsync(AutoModeJudge.Client);

        Assert.Equal(expected, $"{verdict.Status}");
        if (expected == "Ok") return;
        Assert.Contains(name, verdict.Detail, StringComparison.Ordinal);
        Assert.Contains("CLAUDE_CODE_AUTO_MODE_SERVER=0", verdict.Detail, StringComparison.Ordinal);
        Assert.Contains("claude config proxy", verdict.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variable_and_the_setting_that_contradict_each_other_are_both_named()
    {
        _shell.Write("""{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:8081","CLAUDE_CODE_AUTO_MODE_SERVER":"0"}}""");
        Verdict verdict = await AutoModeAsync(AutoModeJudge.Model);
        Assert.Equal(CheckStatus.Fail, verdict.Status);
        Assert.Contains("autoModeCheck=model", verdict.Detail, StringComparison.Ordinal);
        Assert.Contains("CLAUDE_CODE_AUTO_MODE_SERVER=0", verdict.Detail, StringComparison.Ordinal);
        Assert.Contains(_shell.SettingsPath, verdict.Detail, StringComparison.Ordinal);

        Assert.Equal(CheckStatus.Ok, (await AutoModeAsync(AutoModeJudge.Client)).Status);
        _shell.Write("""{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:8081"}}""");
        Assert.Equal(CheckStatus.Ok, (await AutoModeAsync(AutoModeJudge.Model)).Status);
        _shell.Write("{}");
        Assert.Equal(CheckStatus.Skipped, (await AutoModeAsync(AutoModeJudge.Model)).Status);
    }

    [Theory]
    [InlineData("local", ".claude/settings.local.json", "Warn")]
    [InlineData("project", ".claude/settings.json", "Warn")]
    [InlineData("managed", "managed/managed-settings.json", "Warn")]
    [InlineData("managed", "managed/managed-settings.d/10.json", "Warn")]
    [InlineData("nobody", ".claude/other.json", "Ok")]
    public async Task Settings_that_win_over_the_users_and_lead_elsewhere_are_named(string scope, string file, string expected)
    {
        _shell.Write("""{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:8081","ANTHROPIC_AUTH_TOKEN":"any"}}""");
        string project = Path.Combine(_shell.Home, "project");
        string path = Path.Combine(project, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, """{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:8787"}}""", TestContext.Current.CancellationToken);

        Verdict verdict = (await ExamineAsync(_ => new HttpResponseMessage(HttpStatusCode.OK), patient => patient with { Claude = patient.Claude with { Project = project, ManagedDirectory = Path.Combine(project, "managed") } }))
            .Single(finding => finding.Id == "claude-settings").Verdict;

        Assert.True(expected == $"{verdict.Status}", $"{scope}: {verdict}");
        if (expected == "Ok") return;
        Assert.Contains("http://127.0.0.1:8787", verdict.Detail, StringComparison.Ordinal);
        Assert.Contains(path, verdict.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"apiKeyHelper\":\"/bin/key\"", "apiKeyHelper")]
    [InlineData("\"env\":{\"ANTHROPIC_SMALL_FAST_MODEL\":\"glm-4.5-air\"}", "ANTHROPIC_SMALL_FAST_MODEL")]
    [InlineData("\"env\":{\"CLAUDE_CODE_SUBAGENT_MODEL\":\"kimi-k2\"}", "CLAUDE_CODE_SUBAGENT_MODEL")]
    [InlineData("\"env\":{\"CLAUDE_CODE_USE_BEDROCK\":\"1\"}", "CLAUDE_CODE_USE_BEDROCK")]
    [InlineData("\"env\":{\"CLAUDE_CODE_SUBAGENT_MODEL\":\"sonnet\",\"CLAUDE_CODE_USE_VERTEX\":\"0\"}", null)]
    public async Task What_another_provider_left_is_named(string settings, string? name)
    {
        _shell.Variables["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:8081";
        _shell.Write("{" + settings + "}");

        Verdict verdict = (await ExamineAsync(_ => new HttpResponseMessage(HttpStatusCode.OK))).Single(finding => finding.Id == "claude-settings").Verdict;

        Assert.Equal(name is null ? CheckStatus.Ok : CheckStatus.Warn, verdict.Status);
        if (name is not null) Assert.Contains(name, verdict.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Auto", null, "Requests to chatgpt.com are compressed")]
    [InlineData("Auto", "http://gateway.example/backend-api", "Off: gateway.example is not the official host. The setting compressRequests can turn it on")]
    [InlineData("On", "http://gateway.example/backend-api", "Requests to gateway.example are compressed")]
    [InlineData("Off", null, "Off, by the setting compressRequests")]
    public async Task Whether_requests_are_compressed_is_told(string choice, string? backend, string expected)
    {
        Verdict verdict = await CompressionAsync(patient => patient with
        {
            Settings = ProxySettings.Default with { CompressRequests = Enum.Parse<CompressionChoice>(choice) },
            Options = backend is null ? patient.Options : patient.Options with { ChatGptUrl = new Uri(backend) },
            Address = "http://127.0.0.1:1",
        });

        Assert.Equal((CheckStatus.Ok, expected), (verdict.Status, verdict.Detail));
    }

    [Fact]
    public async Task Who_did_not_accept_compressed_requests_is_asked_of_the_running_proxy()
    {
        await using TestProxy running = await TestProxy.StartAsync(compose: static _ => new Routes()
            .Get("/api/about", static http => http.Response.WriteAsync("""{"uncompressedHosts":["chatgpt.com","eu.example"]}""")));
        Verdict verdict = await CompressionAsync(patient => patient with { Address = running.Address.ToString().TrimEnd('/') });

        Assert.Equal(CheckStatus.Warn, verdict.Status);
        Assert.StartsWith("chatgpt.com and eu.example did not accept compressed requests", verdict.Detail, StringComparison.Ordinal);
    }

    public void Dispose() => _shell.Dispose();

    private async Task<Verdict> CompressionAsync(Func<Patient, Patient> change) =>
        (await ExamineAsync(_ => new HttpResponseMessage(HttpStatusCode.OK), change)).Single(finding => finding.Id == "compression").Verdict;

    private async Task<Verdict> AutoModeAsync(AutoModeJudge judge) =>
        (await ExamineAsync(_ => new HttpResponseMessage(HttpStatusCode.OK), patient => patient with { Settings = ProxySettings.Default with { AutoModeCheck = judge } }))
            .Single(finding => finding.Id == "claude-auto-mode").Verdict;

    private async Task<Verdict> BackendAsync(Func<HttpRequestMessage, HttpResponseMessage> answer) =>
        (await ExamineAsync(answer)).Single(finding => finding.Id == "backend").Verdict;

    /// <summary>Examines a proxy that does not run, with this in the place of the network.</summary>
    private async Task<IReadOnlyList<Finding>> ExamineAsync(Func<HttpRequestMessage, HttpResponseMessage> answer, Func<Patient, Patient>? change = null)
    {
        Func<string, string?> variable = name => name switch { "HOME" => _shell.Home, "PATH" => _shell.Home, _ => _shell.Variables.GetValueOrDefault(name) };
        ProxyOptions options = new() { DataDirectory = Path.Combine(_shell.Home, "data") };
        using HttpMessageInvoker http = new(new Network(answer));
        using AccountStore store = new(new DataDirectory(options.DataDirectory), TimeProvider.System, NullLogger<AccountStore>.Instance);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        await using TokenRefresher tokens = new(store, new TokenEndpoint(http, options.AuthUrl, TimeProvider.System), CodexHome.FromEnvironment(variable), TimeProvider.System, NullLogger<TokenRefresher>.Instance);
        Patient patient = new(options, http, TimeProvider.System)
        {
            Store = store,
            Tokens = tokens,
            Usage = new AccountUsage(store, tokens, new UsageQuery(new AccountCalls(http, options.ChatGptUrl, TimeProvider.System)), TimeProvider.System),
            Codex = new CodexClient(http, options.ChatGptUrl, options.CodexVersion),
            Claude = ClaudeHome.FromEnvironment(variable) with { ManagedDirectory = null },
            Settings = ProxySettings.Default,
            Variable = variable,
            Address = "http://127.0.0.1:8081",
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
        };
        return await Examination.RunAsync(change?.Invoke(patient) ?? patient, sendsRequest: false, TestContext.Current.CancellationToken);
    }

    private static Dictionary<string, JsonNode> Checks(JsonNode answer) => answer["checks"]!.AsArray().ToDictionary(check => check!["id"]!.GetValue<string>(), check => check!);

    private static string Status(JsonNode check) => check["status"]!.GetValue<string>();

    private sealed class Network(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
