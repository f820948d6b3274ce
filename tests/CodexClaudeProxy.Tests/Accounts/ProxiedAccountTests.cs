using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Tests.Network;
using CodexClaudeProxy.Tests.Turns;
using CodexClaudeProxy.Upstream;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>
/// An account with a proxy of its own, on the whole program. The backend has names that nobody can resolve: what reaches it came through the proxy.
/// </summary>
public sealed class ProxiedAccountTests
{
    private const string Search = """
        {"model":"gpt-5.5","max_tokens":32000,"stream":true,"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":8}],
         "tool_choice":{"type":"auto"},"messages":[{"role":"user","content":[{"type":"text","text":"Perform a web search for the query: codex cli"}]}]}
        """;

    private const string Secret = "p4ssw0rd";

    /// <summary>What the program never asks for an account: the browser's page, what is for API keys and the gateway, and sockets.</summary>
    private static readonly string[] NotOfAccounts =
        ["GET /oauth/authorize", "GET /backend-api/codex/responses", "GET /v1/responses", "POST /v1/responses", "GET /api/openrouter/models", "POST /api/openrouter/chat/completions"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task Nothing_of_an_account_reaches_the_backend_except_through_its_proxy(string kind)
    {
        using TestAuthority authority = new("backend.invalid", "auth.invalid");
        await using FakeBackend trapped = await FakeBackend.StartAsync();
        await using ProxyServer trap = new("http", trapped.Origin);
        await using RunningProxy proxy = await StartAsync(authority, name => name == "NO_PROXY" ? null : trap.Url);
        FakeBackend backend = proxy.Backend;
        await using ProxyServer server = new(kind, backend.Origin) { Credentials = $"me:{Secret}", Certificate = authority.Server };

        await SignInAsync(proxy, server, FakeAuth.DefaultUser, "dev@example.com");
        FakeUser other = new("other@example.com", "00000000-1111-2222-3333-000000000009", "user-9");
        await SignInOnDeviceAsync(proxy, server, other);

        foreach (FakeUser user in new[] { FakeAuth.DefaultUser, other })
        {
            await SucceedAsync(proxy, HttpMethod.Post, $"/accounts/{user.Email}/refresh");
            await SucceedAsync(proxy, HttpMethod.Get, $"/accounts/usage?email={user.Email}");
        }

        Assert.Equal(200, (int)(await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        Assert.Contains("message_stop", await (await proxy.PostAsync(RunningProxy.Ask(stream: true))).Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        backend.Searches.Enqueue(Reply.Json(200, """{"output":"One page.","results":[{"url":"https://a.example/x","title":"A"}]}"""));
        Assert.Equal(200, (int)(await proxy.PostAsync(Search)).StatusCode);
        (await proxy.PostAsync("""{"model":"gpt-5.5","input":[]}""", "/v1/responses/compact")).Dispose();

        backend.Resets.Give(FakeAuth.DefaultUser, "one", null);
        backend.Resets.UseUp(FakeAuth.DefaultUser);
        await SucceedAsync(proxy, HttpMethod.Get, $"/accounts/usage?email={FakeAuth.DefaultUser.Email}");
        await SucceedAsync(proxy, HttpMethod.Post, $"/accounts/{FakeAuth.DefaultUser.Email}/reset", """{"confirmed":true}""");
        await SucceedAsync(proxy, HttpMethod.Delete, $"/accounts/{other.Email}?revoke=true");

        // Every route that there is was asked, and there was one way to it.
        string[] asked = [.. backend.Received.All.Concat(backend.Auth.Received.All).Select(request => $"{request.Method} {request.Path}").Distinct()];
        Assert.Empty(backend.Routes.Except(NotOfAccounts).Except(asked));
        Assert.Equal(["auth.invalid:443", "backend.invalid:443"], server.Targets.Distinct().Order());
        Assert.Empty(server.Violations);
        Assert.Equal(0, trap.Accepted);
        Assert.DoesNotContain(backend.Received.All.Concat(backend.Auth.Received.All), request => request.Header("proxy-authorization") is not null);
        // The proxy is told, its password is not.
        Assert.Contains(server.Shown, await proxy.GetTextAsync("/accounts"), StringComparison.Ordinal);
        string told = proxy.Logs.Text + string.Concat(await Task.WhenAll(new[] { "/accounts", "/api/pool", "/api/requests", "/health", "/api/logs", "/accounts/quota?history=true" }.Select(proxy.GetTextAsync)));
        Assert.DoesNotContain(Secret, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProxyConduct.Refuse)]
    [InlineData(ProxyConduct.Close)]
    public async Task An_account_whose_proxy_fails_is_passed_over_and_alone_its_failure_is_told(ProxyConduct conduct)
    {
        using TestAuthority authority = new("backend.invalid", "auth.invalid");
        await using RunningProxy proxy = await StartAsync(authority, _ => null, accounts: 2);
        FakeBackend backend = proxy.Backend;
        await using ProxyServer good = new("http", backend.Origin) { Certificate = authority.Server };
        await using ProxyServer bad = new("http", backend.Origin) { Conduct = conduct, Credentials = $"me:{Secret}" };
        await SetAsync(proxy, 0, bad.Url);
        await SetAsync(proxy, 1, good.Url);

        Assert.Equal(200, (int)(await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        Assert.Equal(proxy.Users[1], backend.Requests[^1].User);

        await SetAsync(proxy, 1, bad.Url);
        int before = backend.Received.All.Count;
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        string text = await response.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains($"Could not reach the upstream service: the account's proxy {bad.Shown} ", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, text + proxy.Logs.Text, StringComparison.Ordinal);
        Assert.Equal(before, backend.Received.All.Count);

        // Without a restart.
        await SetAsync(proxy, 0, good.Url);
        Assert.Equal(200, (int)(await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
    }

    [Fact]
    public async Task A_failed_sign_in_goes_no_other_way()
    {
        using TestAuthority authority = new("backend.invalid", "auth.invalid");
        await using RunningProxy proxy = await StartAsync(authority, _ => null);
        await using ProxyServer bad = new("http", proxy.Backend.Origin) { Conduct = ProxyConduct.Refuse, Credentials = $"me:{Secret}" };

        JsonObject answer = await SendAsync(proxy, HttpMethod.Post, "/accounts/add/device", $$"""{"proxy":"{{bad.Url}}"}""");

        Assert.Contains($"the account's proxy {bad.Shown} did not let the connection through", answer["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(proxy.Backend.Auth.Received.All);
    }

    [Theory]
    [InlineData("/accounts/add", "{0}", "proxy must be the address of an http, https, socks5 or socks4a proxy")]
    [InlineData("/accounts/add/device", "{0}", "proxy must be the address of an http, https, socks5 or socks4a proxy")]
    [InlineData("/accounts/import", "{0}", "proxy must be the address of an http, https, socks5 or socks4a proxy")]
    [InlineData("PATCH", "{0}", "its kind must be http, https, socks5 or socks4a")]
    public async Task What_is_no_proxy_is_refused_before_anything_happens(string path, string body, string told)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (HttpMethod method, path) = path == "PATCH" ? (HttpMethod.Patch, $"/accounts/{proxy.Users[0].Email}") : (HttpMethod.Post, path);

        JsonObject answer = await SendAsync(proxy, method, path, string.Format(null, body, $$"""{"proxy":"gopher://me:{{Secret}}@proxy.example"}"""));

        Assert.Contains(told, answer["error"] is JsonObject error ? error["message"]!.GetValue<string>() : answer["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, answer.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(proxy.Backend.Received.All);
        Assert.Null((await proxy.GetJsonAsync("/accounts"))["accounts"]![0]!["proxy"]);
    }

    /// <summary>As another program, or a person with an editor, may leave it.</summary>
    [Theory]
    [InlineData("\"gopher://x\"")]
    [InlineData("7")]
    public async Task A_proxy_in_the_file_that_cannot_be_used_stops_the_account(string stored)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        string file = Path.Combine(proxy.DataDirectory, "accounts.json");
        string text = await File.ReadAllTextAsync(file, Stop);
        await File.WriteAllTextAsync(file, text.Replace("\"email\"", $"\"proxy\":{stored},\"email\"", StringComparison.Ordinal), Stop);
        int before = proxy.Backend.Received.All.Count;

        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());

        Assert.Contains("the account's proxy cannot be used: it", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(before, proxy.Backend.Received.All.Count);
    }

    /// <summary>The original keeps members it does not know; so does a sign-in, a refresh and a change of the rest.</summary>
    [Fact]
    public async Task It_stays_until_it_is_taken_back()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await using ProxyServer server = new("http", proxy.Backend.Origin);
        await SetAsync(proxy, 0, server.Url);
        await SucceedAsync(proxy, HttpMethod.Post, "/accounts/refresh");
        await SendAsync(proxy, HttpMethod.Patch, $"/accounts/{proxy.Users[0].Email}", """{"label":"work"}""");
        Assert.Equal(server.Url, Stored(proxy));
        await proxy.RestartAsync();
        Assert.Equal(server.Shown, (await proxy.GetJsonAsync("/accounts"))["accounts"]![0]!["proxy"]!.GetValue<string>());

        await SendAsync(proxy, HttpMethod.Patch, $"/accounts/{proxy.Users[0].Email}", """{"proxy":null}""");
        Assert.Null(Stored(proxy));
        int before = server.Accepted;
        Assert.Equal(200, (int)(await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        Assert.Equal(before, server.Accepted);
    }

    private static Task<RunningProxy> StartAsync(TestAuthority authority, Func<string, string?> environment, int accounts = 0) => RunningProxy.StartAsync(
        accounts,
        configure: options => options with { ChatGptUrl = new Uri("https://backend.invalid/backend-api"), AuthUrl = new Uri("https://auth.invalid"), LoginPorts = [0] },
        around: (host, directory) => new Surroundings(
            host.Own(Egress.Create(name => name == "SSL_CERT_FILE" ? authority.File : name.EndsWith("_PROXY", StringComparison.Ordinal) ? environment(name) : null)),
            new CodexHome(Path.Combine(directory, "codex")), new ClaudeHome(Path.Combine(directory, "claude"), "")));

    /// <summary>The browser is on a machine where the login server can be reached.</summary>
    private static async Task SignInAsync(RunningProxy proxy, ProxyServer server, FakeUser user, string email)
    {
        // Otherwise it would name another host for the turns that follow.
        proxy.Backend.AccountsCheck = _ => Reply.Json(500, "{}");
        proxy.Backend.Auth.NextUser = user;
        JsonObject start = await SendAsync(proxy, HttpMethod.Post, "/accounts/add", $$"""{"listen":false,"proxy":"{{server.Url}}"}""");
        using HttpMessageInvoker browser = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        string page = new Uri(start["oauth_url"]!.GetValue<string>()).PathAndQuery;
        using HttpResponseMessage response = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, proxy.Backend.Origin + page), Stop);
        JsonObject end = await SendAsync(proxy, HttpMethod.Post, "/accounts/add/manual", new JsonObject { ["code"] = response.Headers.Location!.AbsoluteUri, ["login"] = start["login"]!.DeepClone() }.ToJsonString());
        Assert.Equal($"Account {email} added successfully", end["message"]?.GetValue<string>() ?? end.ToJsonString());
    }

    private static async Task SignInOnDeviceAsync(RunningProxy proxy, ProxyServer server, FakeUser user)
    {
        proxy.Backend.Auth.IsServedAt(new Uri("https://auth.invalid"));
        proxy.Backend.Auth.Devices.IntervalSeconds = 1;
        proxy.Backend.Auth.Devices.ApproveAllAs = user;
        JsonObject start = await SendAsync(proxy, HttpMethod.Post, "/accounts/add/device", $$"""{"proxy":"{{server.Url}}"}""");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        string status;
        do
        {
            await Task.Delay(20, patience.Token);
            status = (await proxy.GetJsonAsync($"/accounts/add/{start["login"]}"))["status"]!.GetValue<string>();
        }
        while (status is "waiting" or "exchanging");
        Assert.Equal("done", status);
    }

    private static async Task SetAsync(RunningProxy proxy, int user, string url) =>
        Assert.True((await SendAsync(proxy, HttpMethod.Patch, $"/accounts/{proxy.Users[user].Email}", new JsonObject { ["proxy"] = url }.ToJsonString()))["success"]!.GetValue<bool>());

    private static async Task SucceedAsync(RunningProxy proxy, HttpMethod method, string path, string? body = null)
    {
        JsonObject answer = await SendAsync(proxy, method, path, body);
        Assert.True(answer["success"]?.GetValue<bool>() != false && answer["error"] is null, $"{path}: {answer.ToJsonString()}");
    }

    private static async Task<JsonObject> SendAsync(RunningProxy proxy, HttpMethod method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, Stop);
        return await RunningProxy.JsonOf(response);
    }

    private static string? Stored(RunningProxy proxy) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(proxy.DataDirectory, "accounts.json")))!["accounts"]![0]!["proxy"]?.GetValue<string>();
}
