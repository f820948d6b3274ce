using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Keys;

/// <summary>What a key may ask for and how much of it, and what is told of it afterwards.</summary>
public sealed class KeyTurnTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/messages", "permission_error", null)]
    [InlineData("/v1/messages/count_tokens", "permission_error", null)]
    [InlineData("/v1/chat/completions", "invalid_request_error", "model_not_allowed")]
    [InlineData("/v1/responses", "invalid_request_error", "model_not_allowed")]
    [InlineData("/v1/responses/input_tokens", "invalid_request_error", "model_not_allowed")]
    [InlineData("/v1/responses/compact", "invalid_request_error", "model_not_allowed")]
    public async Task A_model_that_is_not_allowed_is_refused_by_name_in_the_callers_words(string path, string type, string? code)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (string key, _) = await KeyGateTests.AddAsync(proxy, "laptop", """{"models":["gpt-5.4-mini","claude-haiku-*"]}""");

        const string body = """{"model":"gpt-5.5","max_tokens":10,"messages":[{"role":"user","content":"Hi"}],"input":"Hi"}""";
        using HttpResponseMessage answer = await KeyGateTests.SendAsync(proxy, HttpMethod.Post, path, path.StartsWith("/v1/responses", StringComparison.Ordinal) ? """{"model":"gpt-5.5","input":"Hi"}""" : body.Replace(",\"input\":\"Hi\"", "", StringComparison.Ordinal), ("x-api-key", key));

        JsonObject error = (await RunningProxy.JsonOf(answer))["error"]!.AsObject();
        Assert.Equal((HttpStatusCode.Forbidden, type, code), (answer.StatusCode, (string)error["type"]!, (string?)error["code"]));
        Assert.StartsWith("The key 'laptop' may not use the model gpt-5.5.", (string)error["message"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(proxy.Backend.Requests, static request => request.Path.Contains("/responses", StringComparison.Ordinal));
    }

    /// <summary>A pattern stands for what was asked for, or for what is meant by it.</summary>
    [Theory]
    [InlineData("gpt-5.5", "gpt-5.5", true)]
    [InlineData("gpt-5.5", "gpt-5.5-high", true)]
    [InlineData("gpt-5.5", "mine", true)]
    [InlineData("mine", "mine", true)]
    [InlineData("MI*", "mine[1m]", true)]
    [InlineData("mine", "gpt-5.5", false)]
    [InlineData("gpt-5.4*", "mine", false)]
    public async Task Patterns_count_for_the_name_and_for_the_model_behind_it(string pattern, string asked, bool allowed)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"modelMappings":{"mine":"gpt-5.5"}}""");
        (string key, _) = await KeyGateTests.AddAsync(proxy, "laptop", $$"""{"models":["{{pattern}}"]}""");
        proxy.Backend.Answer(Reply.Text("Hello"));

        using HttpResponseMessage answer = await KeyGateTests.SendAsync(proxy, HttpMethod.Post, "/v1/messages", AnthropicModelsTests.Ask(asked), ("x-api-key", key));

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task The_model_list_has_only_what_the_key_may_use()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (string all, _) = await KeyGateTests.AddAsync(proxy, "all");
        (string one, _) = await KeyGateTests.AddAsync(proxy, "one", """{"models":["gpt-5.5"]}""");

        JsonArray everything = (await ListAsync("/v1/models", all))["data"]!.AsArray();
        JsonArray openAi = (await ListAsync("/v1/models", one))["data"]!.AsArray();
        JsonArray anthropic = (await ListAsync("/v1/models", one, ("anthropic-version", "2023-06-01")))["data"]!.AsArray();
        JsonArray codex = (await ListAsync("/v1/models?client_version=0.169.0", one))["models"]!.AsArray();

        Assert.True(everything.Count > 1);
        Assert.Equal(["gpt-5.5"], openAi.Select(static model => (string)model!["id"]!));
        Assert.Equal(["gpt-5.5", "claude-codex-gpt-5.5"], anthropic.Select(static model => (string)model!["id"]!));
        Assert.Equal(["gpt-5.5"], codex.Select(static model => (string)model!["slug"]!));
        using HttpResponseMessage other = await KeyGateTests.SendAsync(proxy, HttpMethod.Get, $"/v1/models/{everything.Select(static model => (string)model!["id"]!).First(static id => id != "gpt-5.5")}", null, ("x-api-key", one));
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);

        async Task<JsonObject> ListAsync(string path, string key, params (string, string)[] headers)
        {
            using HttpResponseMessage answer = await KeyGateTests.SendAsync(proxy, HttpMethod.Get, path, null, [("Authorization", $"Bearer {key}"), .. headers]);
            return await RunningProxy.JsonOf(answer);
        }
    }

    [Theory]
    [InlineData("/v1/messages", "rate_limit_error", "43200")]
    [InlineData("/v1/chat/completions", "rate_limit_error", null)]
    [InlineData("/v1/responses", "rate_limit_error", null)]
    public async Task A_reached_limit_is_the_keys_own_and_is_told_before_anything_goes_out(string path, string type, string? retryAfter)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        (string key, string id) = await KeyGateTests.AddAsync(proxy, "laptop", """{"limits":[{"kind":"total_tokens","span":"daily","maximum":150}]}""");
        (string other, _) = await KeyGateTests.AddAsync(proxy, "other");
        string body = KeyGateTests.Turns.Single(turn => turn.Path == path).Body;
        await AnswerAsync(proxy, key, path, body, new TokenUsage(Input: 100, Output: 49), 1);
        await AnswerAsync(proxy, key, path, body, new TokenUsage(Input: 100, Output: 49), 2);
        int sent = proxy.Backend.Requests.Count;

        using HttpResponseMessage refused = await KeyGateTests.SendAsync(proxy, HttpMethod.Post, path, body, ("x-api-key", key));

        JsonObject error = (await RunningProxy.JsonOf(refused))["error"]!.AsObject();
        Assert.Equal((HttpStatusCode.TooManyRequests, type, "false"), (refused.StatusCode, (string)error["type"]!, refused.Headers.GetValues("x-should-retry").Single()));
        Assert.Equal("The key 'laptop' has reached its daily limit of 150 tokens. It can be used again in 12 h, 26 Nov 00:00 UTC. This is a limit of the key, not of the account.", (string)error["message"]!);
        Assert.Equal(retryAfter, refused.Headers.TryGetValues("retry-after", out IEnumerable<string>? wait) ? wait.Single() : null);
        Assert.Equal(sent, proxy.Backend.Requests.Count);

        // Another key has its own limits, and counting costs none.
        await AnswerAsync(proxy, other, path, body, TokenUsage.Default, 4);
        using (HttpResponseMessage counted = await KeyGateTests.SendAsync(proxy, HttpMethod.Post, "/v1/messages/count_tokens", RunningProxy.Ask(), ("x-api-key", key))) Assert.Equal(HttpStatusCode.OK, counted.StatusCode);

        time.Advance(TimeSpan.FromHours(12));
        await AnswerAsync(proxy, key, path, body, TokenUsage.Default, 5);
        JsonObject shown = (await proxy.GetJsonAsync("/api/keys"))["keys"]!.AsArray().Single(each => (string)each!["id"]! == id)!.AsObject();
        Assert.Equal((107, 107, 1), ((double)shown["limits"]![0]!["used"]!, (long)shown["tokensToday"]!, (long)shown["requestsToday"]!));
    }

    /// <summary>A wait of a minute at most is one that Claude Code sits out by itself.</summary>
    [Fact]
    public async Task A_short_wait_may_be_repeated()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 23, 59, 30, TimeSpan.Zero));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        (string key, _) = await KeyGateTests.AddAsync(proxy, "laptop", """{"limits":[{"kind":"requests","span":"daily","maximum":1}]}""");
        await AnswerAsync(proxy, key, "/v1/messages", RunningProxy.Ask(), TokenUsage.Default, 1);

        using HttpResponseMessage refused = await KeyGateTests.SendAsync(proxy, HttpMethod.Post, "/v1/messages", RunningProxy.Ask(), ("x-api-key", key));

        Assert.Equal(("true", "30"), (refused.Headers.GetValues("x-should-retry").Single(), refused.Headers.GetValues("retry-after").Single()));
    }

    [Fact]
    public async Task Requests_and_statistics_name_the_key_also_when_it_is_gone()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (string key, string id) = await KeyGateTests.AddAsync(proxy);
        (string other, string otherId) = await KeyGateTests.AddAsync(proxy, "phone");
        await AnswerAsync(proxy, key, "/v1/messages", RunningProxy.Ask(), TokenUsage.Default, 1);
        using (HttpResponseMessage renamed = await KeyGateTests.SendAsync(proxy, HttpMethod.Patch, $"/api/keys/{id}", """{"name":"old laptop"}""")) Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        await AnswerAsync(proxy, key, "/v1/messages", RunningProxy.Ask(), TokenUsage.Default, 2);
        await AnswerAsync(proxy, other, "/v1/messages", RunningProxy.Ask(), TokenUsage.Default, 3);

        Assert.Equal([("phone", otherId), ("old laptop", id), ("laptop", id)], (await proxy.ListedAsync(3)).Select(static row => ((string)row!["keyName"]!, (string)row["key"]!)));
        Assert.Equal(2, (await proxy.GetJsonAsync($"/api/requests?key={id}"))["requests"]!.AsArray().Count);
        Assert.Single((await proxy.GetJsonAsync("/api/requests?key=laptop"))["requests"]!.AsArray());
        Assert.Empty((await proxy.GetJsonAsync("/api/requests?key=nobody"))["requests"]!.AsArray());
        Assert.Equal([(id, "old laptop", 2), (otherId, "phone", 1)], await GroupsAsync());

        using (HttpResponseMessage removed = await KeyGateTests.SendAsync(proxy, HttpMethod.Delete, $"/api/keys/{id}", null)) Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        (string, string, int)[] groups = await GroupsAsync();
        Assert.Equal((id, 2), (groups[0].Item1, groups[0].Item3));
        Assert.EndsWith("laptop (deleted)", groups[0].Item2, StringComparison.Ordinal);
        Assert.Contains("old laptop", await proxy.GetTextAsync("/api/stats/export"), StringComparison.Ordinal);

        async Task<(string, string, int)[]> GroupsAsync() =>
            [.. (await proxy.GetJsonAsync("/api/stats?range=1h&by=key"))["groups"]!.AsArray().Select(static group => ((string)group!["key"]!, (string)group["label"]!, (int)group["requests"]!))];
    }

    /// <summary>What we ask ourselves for a client's turn is on the client's key too.</summary>
    [Fact]
    public async Task A_side_turn_counts_for_the_key_of_its_turn()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"advisorModel":"gpt-6-sol"}""");
        (string key, string id) = await KeyGateTests.AddAsync(proxy, "laptop", """{"limits":[{"kind":"total_tokens","span":"daily","maximum":100000}]}""");
        proxy.Backend.Answer(
            Reply.Sse(new StreamScript().Text("Let me ask.").Calls(new FunctionCall("advisor", "{}", "call_a1")).Completed(new TokenUsage(Input: 100, Output: 10))),
            Reply.Text("Use a queue.", new TokenUsage(Input: 500, Output: 50)), Reply.Text("Done.", new TokenUsage(Input: 120, Output: 5)));

        using (HttpResponseMessage answer = await KeyGateTests.SendAsync(
            proxy, HttpMethod.Post, "/v1/messages", RunningProxy.Ask(more: """ "tools":[{"type":"advisor_20260301","name":"advisor","model":"claude-opus-5-5"}] """), ("x-api-key", key)))
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Test));

        JsonArray rows = await proxy.ListedAsync(2);
        Assert.All(rows, row => Assert.Equal(id, (string)row!["key"]!));
        Assert.Contains(rows, static row => (string?)row!["sideCall"] == "advisor");
        Assert.Equal(785, (double)(await proxy.GetJsonAsync("/api/keys"))["keys"]![0]!["limits"]![0]!["used"]!);
    }

    /// <summary>A limit is looked at before a request is sent: those that run count when they end, and end undisturbed.</summary>
    [Fact]
    public async Task Requests_that_run_at_the_same_time_may_go_beyond_the_limit()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (string key, _) = await KeyGateTests.AddAsync(proxy, "laptop", """{"limits":[{"kind":"requests","span":"daily","maximum":1}]}""");
        Gate[] gates = [new Gate(), new Gate()];
        proxy.Backend.Answer(Reply.Text("One").HeldBy(gates[0]), Reply.Text("Two").HeldBy(gates[1]));

        Task<HttpResponseMessage>[] running = [.. Enumerable.Range(0, 2).Select(_ => KeyGateTests.SendAsync(proxy, HttpMethod.Post, "/v1/messages", RunningProxy.Ask(), ("x-api-key", key)))];
        await Task.WhenAll(gates.Select(static gate => gate.Reached)).WaitAsync(Test);
        foreach (Gate gate in gates) gate.Open();

        foreach (Task<HttpResponseMessage> each in running) Assert.Equal(HttpStatusCode.OK, (await each).StatusCode);
        await proxy.ListedAsync(2);
        using HttpResponseMessage third = await KeyGateTests.SendAsync(proxy, HttpMethod.Post, "/v1/messages", RunningProxy.Ask(), ("x-api-key", key));
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
    }

    [Fact]
    public async Task Without_keys_a_request_has_none()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await AnswerAsync(proxy, "dummy", "/v1/messages", RunningProxy.Ask(), TokenUsage.Default, 1);

        JsonObject row = (await proxy.ListedAsync(1))[0]!.AsObject();
        Assert.Equal((null, null), ((string?)row["key"], (string?)row["keyName"]));
        Assert.Empty((await proxy.GetJsonAsync("/api/stats?range=1h&by=key"))["groups"]!.AsArray());
        Assert.False(File.Exists(Path.Combine(proxy.DataDirectory, "keys.json")));
    }

    [Theory]
    [InlineData("""{"name":"laptop"}""", "There is already a key named 'laptop'")]
    [InlineData("""{"name":"x","limit":[]}""", "Unknown member 'limit'. Known are: name, models, limits, expires")]
    [InlineData("{}", "name must be a name of 1 to 60 characters that no other key has")]
    [InlineData("""{"name":"x","models":["gpt-5.5",null]}""", "models must be a list of model names or patterns with *, null for all models")]
    [InlineData("""{"name":"x","models":"gpt-5.5"}""", "models must be a list of model names or patterns with *, null for all models")]
    [InlineData("""{"name":"x","limits":[{"kind":"credits","span":"daily","maximum":1}]}""", "limits: kind must be one of: total_tokens, input_tokens, output_tokens, cost_usd, requests")]
    [InlineData("""{"name":"x","limits":[{"kind":"requests","span":"daily"}]}""", "limits: maximum must be a number above 0")]
    [InlineData("""{"name":"x","expires":"2001-01-01T00:00:00Z"}""", "expires must be a time to come such as 2027-01-31T00:00:00Z, null for never")]
    public async Task A_member_that_cannot_be_is_named(string body, string message)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await KeyGateTests.AddAsync(proxy);

        using HttpResponseMessage refused = await KeyGateTests.SendAsync(proxy, HttpMethod.Post, "/api/keys", body);

        Assert.Equal((HttpStatusCode.BadRequest, message), (refused.StatusCode, (string)(await RunningProxy.JsonOf(refused))["error"]!));
        Assert.Single((await proxy.GetJsonAsync("/api/keys"))["keys"]!.AsArray());
    }

    [Fact]
    public async Task A_change_leaves_alone_what_it_does_not_name_and_null_takes_away()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        (_, string id) = await KeyGateTests.AddAsync(proxy, "laptop", """{"models":["gpt-5.5"],"limits":[{"kind":"requests","span":"5h","maximum":3}],"expires":"2099-01-01T00:00:00Z"}""");

        JsonObject renamed = await ChangeAsync("""{"name":"desk"}""");
        Assert.Equal(("desk", 1, 1, "2099-01-01T00:00:00.000Z"), ((string)renamed["name"]!, renamed["models"]!.AsArray().Count, renamed["limits"]!.AsArray().Count, (string)renamed["expires"]!));
        JsonObject freed = await ChangeAsync("""{"models":null,"limits":null,"expires":null}""");
        Assert.Equal(("desk", null, 0, null), ((string)freed["name"]!, freed["models"], freed["limits"]!.AsArray().Count, (string?)freed["expires"]));
        using HttpResponseMessage unknown = await KeyGateTests.SendAsync(proxy, HttpMethod.Patch, "/api/keys/nobody", "{}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using HttpResponseMessage wrong = await KeyGateTests.SendAsync(proxy, HttpMethod.Patch, $"/api/keys/{id}", """{"limit":1}""");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        async Task<JsonObject> ChangeAsync(string body)
        {
            using HttpResponseMessage answer = await KeyGateTests.SendAsync(proxy, HttpMethod.Patch, $"/api/keys/{id}", body);
            return await RunningProxy.JsonOf(answer);
        }
    }

    /// <summary>Answered, and counted.</summary>
    private static async Task AnswerAsync(RunningProxy proxy, string key, string path, string body, TokenUsage usage, int count)
    {
        proxy.Backend.Answer(Reply.Text("Hello", usage));
        using (HttpResponseMessage answer = await KeyGateTests.SendAsync(proxy, HttpMethod.Post, path, body, ("x-api-key", key)))
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Test));
        await proxy.ListedAsync(count);
    }
}
