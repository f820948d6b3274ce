using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Keys;

/// <summary>Who gets where with which key, through the whole program.</summary>
public sealed class KeyGateTests
{
    private const string OwnersKey = "the-access-key-of-this-proxy-0123456789";

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("x-ccp-key", "")]
    [InlineData("x-api-key", "")]
    [InlineData("Authorization", "Bearer ")]
    public async Task A_key_opens_the_model_routes_in_each_header_and_goes_no_further(string header, string scheme)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (string key, _) = await AddAsync(proxy);

        foreach ((string path, string body) in Turns)
        {
            proxy.Backend.Answer(Reply.Text("Hello"));
            using HttpResponseMessage answer = await SendAsync(proxy, HttpMethod.Post, path, body, (header, scheme + key));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using (HttpResponseMessage models = await SendAsync(proxy, HttpMethod.Get, "/v1/models", null, (header, scheme + key))) Assert.Equal(HttpStatusCode.OK, models.StatusCode);
        Assert.NotEmpty(proxy.Backend.Requests);
        Assert.All(proxy.Backend.Requests, request => Assert.DoesNotContain(key, string.Join('\n', request.Headers) + request.Text, StringComparison.Ordinal));
        Assert.DoesNotContain(key, proxy.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_a_key_nor_one_that_was_revoked_goes_to_Anthropic()
    {
        await using FakeAnthropic anthropic = await FakeAnthropic.StartAsync();
        await using RunningProxy proxy = await AnthropicModelsTests.StartAsync(anthropic.Url);
        (string key, _) = await AddAsync(proxy);
        string revoked = KeyText.GenerateForClient();

        (string, string)[][] sendings =
        [
            [("x-ccp-key", key), ("Authorization", "Bearer sk-ant-oat01-C4nary")],
            [("x-api-key", key), ("Authorization", "Bearer sk-ant-oat01-C4nary")],
            [("Authorization", $"Bearer {key}"), ("x-api-key", "sk-ant-oat01-C4nary")],
            // As a reverse proxy joins several lines of a header.
            [("x-ccp-key", key), ("x-api-key", $"sk-ant-oat01-C4nary, {key}")],
            [("x-ccp-key", key), ("x-api-key", revoked), ("Authorization", "Bearer sk-ant-oat01-C4nary")],
        ];
        foreach ((string, string)[] headers in sendings)
        {
            using HttpResponseMessage answer = await AnthropicModelsTests.SendAsync(proxy, AnthropicModelsTests.Ask("claude-opus-5-5"), headers);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(sendings.Length, anthropic.Requests.Count);
        Assert.All(anthropic.Requests, request => Assert.DoesNotContain("ccp_", string.Join('\n', request.Headers), StringComparison.Ordinal));
        Assert.All(anthropic.Requests, request => Assert.Contains("C4nary", string.Join('\n', request.Headers), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/v1/messages", "authentication_error")]
    [InlineData("/v1/messages/count_tokens", "authentication_error")]
    [InlineData("/v1/chat/completions", "invalid_request_error")]
    [InlineData("/v1/responses", "invalid_request_error")]
    public async Task A_wrong_an_old_and_no_key_are_refused_in_the_callers_words(string path, string type)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        (string key, _) = await AddAsync(proxy);
        (string expiring, _) = await AddAsync(proxy, "short", $$"""{"expires":"{{time.GetUtcNow().AddHours(1):O}}"}""");
        time.Advance(TimeSpan.FromHours(2));

        (string, string)[][] attempts =
        [
            [], [("x-api-key", "dummy")], [("x-api-key", KeyText.GenerateForClient())], [("Authorization", $"Bearer {key}x")], [("Authorization", $"Basic {key}")], [("x-api-key", key[..^1])],
        ];
        foreach ((string, string)[] headers in attempts) Assert.Equal("invalid x-api-key", await RefusedAsync(headers));
        Assert.Equal("The key 'short' has expired", await RefusedAsync([("x-api-key", expiring)]));
        Assert.DoesNotContain(proxy.Backend.Requests, static request => request.Path.EndsWith("/responses", StringComparison.Ordinal));

        async Task<string> RefusedAsync((string, string)[] headers)
        {
            using HttpResponseMessage answer = await SendAsync(proxy, HttpMethod.Post, path, RunningProxy.Ask(), headers);
            JsonObject error = (await RunningProxy.JsonOf(answer))["error"]!.AsObject();
            Assert.Equal((HttpStatusCode.Unauthorized, type, "false"), (answer.StatusCode, (string)error["type"]!, answer.Headers.GetValues("x-should-retry").Single()));
            return (string)error["message"]!;
        }
    }

    [Fact]
    public async Task A_key_is_dead_as_soon_as_it_is_revoked_or_renewed_whoever_does_it()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (string key, string id) = await AddAsync(proxy);
        (string other, _) = await AddAsync(proxy, "other");
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(proxy, key));

        using (HttpResponseMessage renewed = await SendAsync(proxy, HttpMethod.Post, $"/api/keys/{id}/renew", "{}"))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync(proxy, key));
            key = (string)(await RunningProxy.JsonOf(renewed))["key"]!;
        }

        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(proxy, key));
        // As the command line does.
        using (ClientKeys elsewhere = new(proxy.DataDirectory, TimeProvider.System, NullLogger.Instance)) await elsewhere.RemoveAsync("laptop", Test);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await ModelsAsync(proxy, key), await ModelsAsync(proxy, other)));
    }

    [Fact]
    public async Task Without_keys_nothing_is_asked_for_and_after_the_last_one_again_nothing()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(proxy, null));
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(proxy, "dummy"));
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(proxy, KeyText.GenerateForClient()));

        (_, string id) = await AddAsync(proxy);
        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync(proxy, "dummy"));

        using HttpResponseMessage removed = await SendAsync(proxy, HttpMethod.Delete, $"/api/keys/{id}", null);
        Assert.Equal("It was the last key: clients need none any more.", (string?)(await RunningProxy.JsonOf(removed))["note"]);
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(proxy, "dummy"));
    }

    /// <summary>The owner's key opens everything; what a client's opens is a list, and everything else is not on it.</summary>
    [Fact]
    public async Task A_clients_key_opens_nothing_of_the_owners()
    {
        Routes? routes = null;
        await using RunningProxy proxy = await RunningProxy.StartAsync(configure: static options => options with { ApiKey = OwnersKey });
        await using (Hosting.TestProxy probe = await Hosting.TestProxy.StartAsync(compose: host => routes = Composition.ComposeAsync(host).GetAwaiter().GetResult()))
        {
            Assert.Equal(
            [
                "/api/codex/accounts/check", "/api/codex/rate-limit-reset-credits/consume", "/api/codex/usage", "/backend-api/wham/accounts/check",
                "/backend-api/wham/rate-limit-reset-credits/consume", "/backend-api/wham/usage", "/v1/alpha/search", "/v1/chat/completions", "/v1/messages",
                "/v1/messages/count_tokens", "/v1/models", "/v1/models/{id*}", "/v1/responses", "/v1/responses/compact", "/v1/responses/input_tokens", "/v1/responses/{id*}",
            ], routes!.ForClients.Order(StringComparer.Ordinal));
        }

        (string key, string id) = await AddAsync(proxy, owner: OwnersKey);
        foreach ((string method, string path) in routes.All.Where(route => !routes.ForClients.Contains(route.Path)))
        {
            string asked = path.Replace("{path*}", "app.js", StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal).Replace("{email}", "a@x.com", StringComparison.Ordinal).Replace("{login}", "l", StringComparison.Ordinal);
            if (path is "/" or "/favicon.ico" or "/openapi.json" or "/assets/{path*}" or "/health" or "/api/hello") continue;
            using HttpResponseMessage answer = await SendAsync(proxy, new HttpMethod(method), asked, method is "GET" or "HEAD" ? null : "{}", ("x-api-key", key));
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{method} {path}: {answer.StatusCode}");
        }

        using (HttpResponseMessage refused = await SendAsync(proxy, HttpMethod.Get, "/api/settings", null, ("x-ccp-key", key)))
            Assert.Contains("A client's key opens the model routes only", await refused.Content.ReadAsStringAsync(Test), StringComparison.Ordinal);
        // It answers, and tells nothing of the accounts.
        using (HttpResponseMessage health = await SendAsync(proxy, HttpMethod.Get, "/health", null, ("x-api-key", key)))
            Assert.Equal("""{"status":"ok"}""", (await health.Content.ReadAsStringAsync(Test)).Replace(" ", "", StringComparison.Ordinal).Trim());
        using (HttpResponseMessage owners = await SendAsync(proxy, HttpMethod.Get, "/api/settings", null, ("x-api-key", OwnersKey))) Assert.Equal(HttpStatusCode.OK, owners.StatusCode);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await ModelsAsync(proxy, key), await ModelsAsync(proxy, OwnersKey), await ModelsAsync(proxy, null)));
    }

    [Fact]
    public async Task Without_an_owners_key_this_machine_manages_the_proxy_as_before()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (string key, _) = await AddAsync(proxy);

        using (HttpResponseMessage open = await SendAsync(proxy, HttpMethod.Get, "/api/keys", null)) Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        using (HttpResponseMessage forbidden = await SendAsync(proxy, HttpMethod.Get, "/api/keys", null, ("x-api-key", key))) Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        // A path that is not there is not the owner's either.
        using HttpResponseMessage unknown = await SendAsync(proxy, HttpMethod.Get, "/v1/unknown", null);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    [Fact]
    public async Task Where_others_get_here_clients_have_no_keys_before_the_owner_has_one()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(configure: static options => options with { PublicUrl = new Uri("https://ccp.example.com") });
        using (HttpResponseMessage refused = await SendAsync(proxy, HttpMethod.Post, "/api/keys", """{"name":"laptop"}""")) Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        string key = KeyText.GenerateForClient();
        using (ClientKeys elsewhere = new(proxy.DataDirectory, TimeProvider.System, NullLogger.Instance)) await elsewhere.AddAsync(key, static one => one with { Name = "laptop" }, Test);
        using (HttpResponseMessage closed = await SendAsync(proxy, HttpMethod.Get, "/api/keys", null))
        {
            Assert.Equal(HttpStatusCode.Forbidden, closed.StatusCode);
            Assert.Contains("--api-key-file", await closed.Content.ReadAsStringAsync(Test), StringComparison.Ordinal);
        }

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await ModelsAsync(proxy, key), await ModelsAsync(proxy, null)));
        // Keys of clients are no access key: the program does not listen to others with these alone.
        Assert.Contains(new ProxyOptions { Host = "0.0.0.0" }.Problems(), static problem => problem.Contains("set an access key first", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_of_keys_lets_nobody_in()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (string key, _) = await AddAsync(proxy);
        await File.WriteAllTextAsync(Path.Combine(proxy.DataDirectory, "keys.json"), "{ not json", Test);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (await ModelsAsync(proxy, key), await ModelsAsync(proxy, null)));
    }

    internal static readonly (string Path, string Body)[] Turns =
    [
        ("/v1/messages", RunningProxy.Ask()),
        ("/v1/chat/completions", """{"model":"gpt-5.5","messages":[{"role":"user","content":"Hi"}]}"""),
        ("/v1/responses", """{"model":"gpt-5.5","input":"Hi"}"""),
    ];

    /// <returns>The key, and its id.</returns>
    internal static async Task<(string Key, string Id)> AddAsync(RunningProxy proxy, string name = "laptop", string more = "{}", string? owner = null)
    {
        JsonObject body = JsonNode.Parse(more)!.AsObject();
        body["name"] = name;
        using HttpResponseMessage added = await SendAsync(proxy, HttpMethod.Post, "/api/keys", body.ToJsonString(), owner is null ? [] : [("x-api-key", owner)]);
        JsonObject answer = await RunningProxy.JsonOf(added);
        Assert.True(added.StatusCode == HttpStatusCode.OK, answer.ToJsonString());
        return ((string)answer["key"]!, (string)answer["client"]!["id"]!);
    }

    internal static Task<HttpResponseMessage> SendAsync(RunningProxy proxy, HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return proxy.Client.SendAsync(request, Test);
    }

    private static async Task<HttpStatusCode> ModelsAsync(RunningProxy proxy, string? key)
    {
        using HttpResponseMessage answer = await SendAsync(proxy, HttpMethod.Get, "/v1/models", null, key is null ? [] : [("x-api-key", key)]);
        return answer.StatusCode;
    }
}
