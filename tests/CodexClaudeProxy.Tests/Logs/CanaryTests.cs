using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Tests.Turns;
using CodexClaudeProxy.Upstream;
using FakeCodex;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Logs;

/// <summary>Secrets are sent along every path; afterwards they are looked for in everything that can be seen.</summary>
public sealed class CanaryTests : IAsyncLifetime
{
    private const string AccessKey = "canary: the access key";
    private const string ClaudeKey = "sk-ant-api03-C4naryC4naryC4naryC4nary";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-canary-");
    private readonly StringWriter _console = new() { NewLine = "\n" };
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly List<(string Where, string Text)> _answers = [];
    private readonly HashSet<string> _canaries = [AccessKey, ClaudeKey];
    private RunningProxy _proxy = null!;

    private FakeAuth Auth => _proxy.Backend.Auth;

    private string LogFile => Path.Combine(_directory.FullName, "proxy.log");

    private string Codex => Path.Combine(_directory.FullName, "codex");

    private string AccessToken => _proxy.Tokens[0].AccessToken;

    public async ValueTask InitializeAsync()
    {
        _proxy = await RunningProxy.StartAsync(
            configure: options => options with { ApiKey = AccessKey, LogFile = LogFile, LogLevel = LogLevel.Trace, LoginPorts = [0] },
            around: (host, directory) => new Surroundings(host.Own(Egress.Create(_ => null)), new CodexHome(Codex), new ClaudeHome(Path.Combine(directory, "claude"), "")),
            console: TextWriter.Synchronized(_console));
        _proxy.Client.DefaultRequestHeaders.Add("x-api-key", AccessKey);
        Remember(_proxy.Tokens[0]);
        // Otherwise it would name another host for the turns that follow.
        _proxy.Backend.AccountsCheck = _ => Reply.Json(500, Echo("x"));
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _browser.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task No_secret_shows_up_anywhere()
    {
        await SignInByBrowserAsync();
        await SignInByPastingAsync();
        await SignInByDeviceAsync();
        await ImportAsync();
        await RefreshAsync();
        await AnswerWithEchoesAsync();
        await AskWrongThingsAsync();
        await ConfigureClaudeAsync();
        foreach (string path in (string[])["/accounts", "/accounts/status", "/accounts/quota/all", "/api/pool", "/health", "/api/requests", "/api/drift", "/api/settings", "/api/about", "/settings/models", "/v1/models"])
            await SendAsync(HttpMethod.Get, path);
        foreach (JsonNode? request in JsonNode.Parse(await SendAsync(HttpMethod.Get, "/api/requests"))!["requests"]!.AsArray())
            await SendAsync(HttpMethod.Get, $"/api/requests/{request!["id"]}");
        string ring = await SendAsync(HttpMethod.Get, "/api/logs");
        foreach (string file in Directory.EnumerateFiles(_proxy.DataDirectory, "accounts.json")) RememberTokensIn(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        foreach (string body in Auth.Received.All.Where(request => request.Path == "/oauth/token").Select(request => request.Text)) RememberForm(body);
        await _proxy.StopAsync();

        string console = _console.ToString();
        Assert.Contains("POST /v1/messages", console, StringComparison.Ordinal);
        Assert.True(_canaries.Count > 15, "There are too few canaries to tell anything.");
        // Otherwise nothing was put to the test.
        Assert.Contains("[redacted]", ring, StringComparison.Ordinal);
        Assert.Contains(_answers, answer => answer.Text.Contains("[redacted]", StringComparison.Ordinal));
        AssertClean("the console", console);
        AssertClean("the ring", ring);
        AssertClean("the log file", await File.ReadAllTextAsync(LogFile, TestContext.Current.CancellationToken));
        foreach ((string where, string text) in _answers) AssertClean($"the answer to {where}", text);
        foreach (string file in (string[])["state.json", "models.json"]) AssertClean(file, await File.ReadAllTextAsync(Path.Combine(_proxy.DataDirectory, file), TestContext.Current.CancellationToken));
    }

    private async Task SignInByBrowserAsync()
    {
        Auth.NextUser = new FakeUser("browser@example.com", "00000000-1111-2222-3333-0000000000b1", "user-b1");
        JsonObject start = await BeginAsync("/accounts/add", "{}");
        using HttpResponseMessage authorized = await _browser.GetAsync((string)start["oauth_url"]!);
        string callback = authorized.Headers.Location!.AbsoluteUri;
        RememberQuery(callback);
        _answers.Add(("the browser", await _browser.GetStringAsync(callback)));
        await SendAsync(HttpMethod.Get, $"/accounts/add/{start["login"]}");
    }

    private async Task SignInByPastingAsync()
    {
        Auth.NextUser = new FakeUser("paste@example.com", "00000000-1111-2222-3333-0000000000b2", "user-b2");
        JsonObject start = await BeginAsync("/accounts/add", """{"listen":false,"port":1455}""");
        using HttpResponseMessage authorized = await _browser.GetAsync((string)start["oauth_url"]!);
        string callback = authorized.Headers.Location!.AbsoluteUri;
        RememberQuery(callback);
        await SendAsync(HttpMethod.Post, "/accounts/add/manual", new JsonObject { ["code"] = callback, ["login"] = "unknown" }.ToJsonString());
        // At the wrong place, too.
        await SendAsync(HttpMethod.Get, "/auth/callback" + new Uri(callback).Query);
        await SendAsync(HttpMethod.Post, "/accounts/add/manual", new JsonObject { ["code"] = callback, ["login"] = start["login"]!.GetValue<string>() }.ToJsonString());
    }

    private async Task SignInByDeviceAsync()
    {
        Auth.Devices.IntervalSeconds = 1;
        Auth.Devices.ApproveAllAs = new FakeUser("device@example.com", "00000000-1111-2222-3333-0000000000b3", "user-b3");
        JsonObject start = await BeginAsync("/accounts/add/device", "{}");
        _canaries.Add((string)start["user_code"]!);
        await Auth.Received.WaitAsync(request => request.Path == "/oauth/token" && request.Text.Contains("deviceauth", StringComparison.Ordinal), 1, TestContext.Current.CancellationToken);
        await SendAsync(HttpMethod.Get, $"/accounts/add/{start["login"]}");
    }

    private async Task ImportAsync()
    {
        FakeTokens tokens = Auth.SignIn(new FakeUser("import@example.com", "00000000-1111-2222-3333-0000000000b4", "user-b4"));
        Remember(tokens);
        Directory.CreateDirectory(Codex);
        await File.WriteAllTextAsync(Path.Combine(Codex, "auth.json"), new JsonObject
        {
            ["OPENAI_API_KEY"] = null,
            ["tokens"] = new JsonObject { ["id_token"] = tokens.IdToken, ["access_token"] = tokens.AccessToken, ["refresh_token"] = tokens.RefreshToken, ["account_id"] = "00000000-1111-2222-3333-0000000000b4" },
        }.ToJsonString());
        Assert.Contains("import@example.com", await SendAsync(HttpMethod.Post, "/accounts/import", "{}"), StringComparison.Ordinal);
    }

    private async Task RefreshAsync()
    {
        string email = FakeAuth.DefaultUser.Email;
        Assert.Contains("\"success\":true", await SendAsync(HttpMethod.Post, $"/accounts/{email}/refresh", "{}"), StringComparison.Ordinal);
        foreach (string code in (string[])["server_error", "refresh_token_reused"])
        {
            Auth.AnswerToken(Reply.Json(code == "server_error" ? 500 : 401, Echo(code)));
            Assert.Contains("\"success\":false", await SendAsync(HttpMethod.Post, $"/accounts/{email}/refresh", "{}"), StringComparison.Ordinal);
        }
    }

    /// <summary>The backend and the gateway repeat in every kind of answer what they were sent.</summary>
    private async Task AnswerWithEchoesAsync()
    {
        string failed = new JsonObject { ["type"] = "response.failed", ["response"] = new JsonObject { ["error"] = JsonNode.Parse(Echo("server_error"))!["error"]!.DeepClone() } }.ToJsonString();
        foreach (string path in (string[])["/v1/messages", "/v1/chat/completions", "/v1/responses"])
        {
            foreach (int status in (int[])[400, 401, 403, 404, 429, 500])
            {
                _proxy.Backend.AnswerAll(_ => Reply.Json(status, Echo("some_code")));
                await SendAsync(HttpMethod.Post, path, BodyFor(path));
            }

            _proxy.Backend.AnswerAll(_ => Reply.Sse(Encoding.UTF8.GetBytes($"event: response.failed\ndata: {failed}\n\n")));
            await SendAsync(HttpMethod.Post, path, BodyFor(path));
        }

        Assert.True(_proxy.Backend.Requests.Count >= 21, "Some requests never reached the backend.");
        _proxy.Backend.Usage = _ => Reply.Json(500, Echo("x"));
        await SendAsync(HttpMethod.Get, "/accounts/quota?refresh=true");
        await SendAsync(HttpMethod.Get, "/accounts/usage");
        _proxy.Backend.Models = _ => Reply.Json(500, Echo("x"));
        await SendAsync(HttpMethod.Get, "/accounts/models");
        _proxy.Backend.Kilo.Models = _ => Reply.Json(500, Echo("x"));
        await SendAsync(HttpMethod.Get, "/settings/kilo-models");
    }

    private async Task AskWrongThingsAsync()
    {
        await SendAsync(HttpMethod.Get, $"/v1/nothing/{Uri.EscapeDataString(AccessKey)}?key={Uri.EscapeDataString(AccessKey)}&access_token={AccessToken}");
        using (var stranger = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new StringContent($$"""{"model":"{{AccessToken}}""") })
        {
            stranger.Headers.Add("Authorization", "Bearer " + AccessToken);
            using HttpResponseMessage refused = await _proxy.Client.SendAsync(stranger);
            _answers.Add(("a stranger", await refused.Content.ReadAsStringAsync()));
        }

        _proxy.WriteSettings($$"""{"lane":"{{AccessToken}}","modelMappings":7}""");
        await SendAsync(HttpMethod.Get, "/api/settings");
        _proxy.WriteSettings("{}");
    }

    private async Task ConfigureClaudeAsync()
    {
        await SendAsync(HttpMethod.Post, "/claude/config/set", new JsonObject { ["apiUrl"] = "https://api.example.com", ["apiKey"] = ClaudeKey }.ToJsonString());
        await SendAsync(HttpMethod.Get, "/claude/config");
        await SendAsync(HttpMethod.Post, "/claude/config/proxy", "{}");
        await SendAsync(HttpMethod.Post, "/claude/config/restore", "{}");
        await SendAsync(HttpMethod.Post, "/claude/config/direct", new JsonObject { ["apiKey"] = ClaudeKey }.ToJsonString());
    }

    private string Echo(string code) => new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["type"] = "invalid_request_error",
            ["code"] = code,
            ["message"] = $"Authorization: Bearer {AccessToken} with {_proxy.Tokens[0].RefreshToken} and id_token={_proxy.Tokens[0].IdToken} was refused ({ClaudeKey})",
        },
    }.ToJsonString();

    private static string BodyFor(string path) => path == "/v1/responses" ? """{"model":"gpt-5.5","input":"Hi"}""" : RunningProxy.Ask();

    /// <summary>The one answer that must name what a login is done with.</summary>
    private async Task<JsonObject> BeginAsync(string path, string json)
    {
        using HttpResponseMessage response = await _proxy.PostAsync(json, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await RunningProxy.JsonOf(response);
    }

    private async Task<string> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _proxy.Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        _answers.Add(($"{method} {path}", text + response.Headers));
        return text;
    }

    private void Remember(FakeTokens tokens) => _canaries.UnionWith([tokens.AccessToken, tokens.RefreshToken, tokens.IdToken]);

    private void RememberTokensIn(string accounts)
    {
        foreach (JsonNode? account in JsonNode.Parse(accounts)!["accounts"]!.AsArray())
            _canaries.UnionWith(((string[])["accessToken", "refreshToken", "idToken"]).Select(name => (string?)account![name]).OfType<string>());
    }

    private void RememberQuery(string address) => RememberForm(new Uri(address).Query.TrimStart('?'));

    private void RememberForm(string form)
    {
        foreach (string name in (string[])["code", "state", "code_verifier", "refresh_token"])
        {
            if (HttpUtility.ParseQueryString(form)[name] is { Length: > 8 } value) _canaries.Add(value);
        }
    }

    private void AssertClean(string where, string text)
    {
        foreach (string canary in _canaries)
        {
            // A piece of a token is as bad.
            string tail = canary.Length > 40 ? canary[^30..] : canary;
            Assert.False(text.Contains(tail, StringComparison.Ordinal), $"A secret ({canary[..6]}…) shows up in {where}: {Around(text, tail)}");
        }
    }

    private static string Around(string text, string found)
    {
        int at = text.IndexOf(found, StringComparison.Ordinal);
        return text[Math.Max(0, at - 120)..Math.Min(text.Length, at + found.Length + 20)];
    }
}
