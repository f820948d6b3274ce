using System.Net;
using System.Text.Json;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;

namespace CodexClaudeProxy.Tests.OpenAi;

/// <summary>The Responses API through the whole program.</summary>
public sealed class ResponsesTests : IAsyncLifetime
{
    private const string Path = "/v1/responses";

    private static readonly (string, string)[] AsCodex = [("originator", "codex_exec"), ("session-id", "019f"), ("x-codex-turn-state", "opaque"), ("x-codex-window-id", "019f:0")];

    private RunningProxy _proxy = null!;

    private FakeBackend Backend => _proxy.Backend;

    public async ValueTask InitializeAsync() => _proxy = await RunningProxy.StartAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Fact]
    public async Task One_object_by_default_with_the_output_the_backend_left_out()
    {
        Backend.Answer(Reply.Text("Hello"));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, """{"model":"gpt-5.5","input":"Hi","max_output_tokens":100,"temperature":1}""");
        JsonElement json = await OpenAiClient.JsonOf(response);
        Assert.Equal("Hello", json.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal(("response", "completed", "gpt-5.5"), (json.GetProperty("object").GetString(), json.GetProperty("status").GetString(), json.GetProperty("model").GetString()));
        _proxy.AssertNoRuleBroken();
    }

    [Theory]
    [InlineData("openai-responses-stream")]
    [InlineData("openai-responses-tools")]
    public async Task Events_are_relayed_and_the_last_holds_the_output(string captured)
    {
        Backend.Answer(Reply.Text("Hello there").With("x-codex-primary-used-percent", "12"));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Captured(captured));
        IReadOnlyList<JsonElement> events = [.. (await OpenAiClient.FramesOf(response)).Select(static frame => JsonElement.Parse(frame))];
        Assert.Equal("12", response.Headers.GetValues("x-codex-primary-used-percent").Single());
        Assert.Equal("response.created", events[0].GetProperty("type").GetString());
        Assert.Equal("Hello there", string.Concat(events.Where(static e => e.GetProperty("type").ValueEquals("response.output_text.delta")).Select(static e => e.GetProperty("delta").GetString())));
        Assert.Equal("response.completed", events[^1].GetProperty("type").GetString());
        Assert.Equal(1, events[^1].GetProperty("response").GetProperty("output").GetArrayLength());
        _proxy.AssertNoRuleBroken();
    }

    [Fact]
    public async Task A_json_schema_reaches_the_backend()
    {
        Backend.Answer(Reply.Text("""{"title":"x"}"""));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Captured("openai-responses-json-schema"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(Backend.Requests.Single().Json.GetProperty("text").GetProperty("format").GetProperty("strict").GetBoolean());
        _proxy.AssertNoRuleBroken();
    }

    [Fact]
    public async Task An_answer_given_back_is_a_request_the_backend_takes()
    {
        Backend.Answer(Reply.Sse(new StreamScript().Reasoning("Thinking").Text("Let me see", "commentary").Calls(new FunctionCall("f", "{}", "call_1")).Completed()));
        Backend.Answer(request => Reply.Text("It said " + request.ToolOutputs.Single().Value));
        const string tools = """
            "tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}]
            """;
        using HttpResponseMessage first = await _proxy.CallAsync(Path, $$"""{"model":"gpt-5.5","input":"Hi",{{tools}}}""");
        string output = (await OpenAiClient.JsonOf(first)).GetProperty("output").GetRawText()[1..^1];
        string input = $$"""[{"role":"user","content":"Hi"},{{output}},{"type":"function_call_output","call_id":"call_1","output":"42"}]""";
        using HttpResponseMessage second = await _proxy.CallAsync(Path, $$"""{"model":"gpt-5.5","input":{{input}},{{tools}}}""");
        Assert.Contains("It said 42", await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(["message", "reasoning", "message", "function_call", "function_call_output"], Backend.Requests[1].Input.Select(static item => item.GetProperty("type").GetString()));
        _proxy.AssertNoRuleBroken();
    }

    [Fact]
    public async Task A_refused_request_is_told_in_openais_words()
    {
        Backend.AnswerAll(_ => Reply.Http("429-usage-limit-reached"));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, """{"model":"gpt-5.5","input":"Hi","stream":true}""");
        JsonElement error = (await OpenAiClient.JsonOf(response)).GetProperty("error");
        Assert.Equal((429, "rate_limit_error", "usage_limit_reached"), ((int)response.StatusCode, error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task State_that_nobody_keeps_is_refused()
    {
        using HttpResponseMessage response = await _proxy.CallAsync(Path, """{"model":"gpt-5.5","input":"Hi","previous_response_id":"resp_1"}""");
        JsonElement error = (await OpenAiClient.JsonOf(response)).GetProperty("error");
        Assert.Equal((400, "previous_response_id", "previous_response_not_found"), ((int)response.StatusCode, error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
        Assert.Empty(Backend.Requests);
    }

    [Theory]
    [InlineData("GET", "/v1/responses/resp_1")]
    [InlineData("GET", "/v1/responses/resp_1/input_items")]
    [InlineData("DELETE", "/v1/responses/resp_1")]
    [InlineData("POST", "/v1/responses/resp_1/cancel")]
    public async Task A_response_that_nobody_kept_is_not_found(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage response = await _proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(
            ("invalid_request_error", true),
            ((await OpenAiClient.JsonOf(response)).GetProperty("error") is var error ? error.GetProperty("type").GetString() : "", error.GetProperty("message").GetString()!.StartsWith("Response with id 'resp_1' not found: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Tokens_are_counted_here()
    {
        using HttpResponseMessage response = await _proxy.CallAsync("/v1/responses/input_tokens", """{"model":"gpt-5.5","input":"Hello, world!"}""");
        Assert.Equal("""{"object":"response.input_tokens","input_tokens":11}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using HttpResponseMessage faulty = await _proxy.CallAsync("/v1/responses/input_tokens", """{"model":"gpt-5.5"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "input"), (faulty.StatusCode, (await OpenAiClient.JsonOf(faulty)).GetProperty("error").GetProperty("param").GetString()));
        Assert.Empty(Backend.Requests);
    }

    [Fact]
    public async Task A_failed_response_is_a_status_for_a_client_that_waits()
    {
        Backend.AnswerAll(_ => Reply.Sse(new StreamScript().UnfinishedText("Hal").Failed("invalid_prompt", "No.")));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, """{"model":"gpt-5.5","input":"Hi"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "No."), (response.StatusCode, (await OpenAiClient.JsonOf(response)).GetProperty("error").GetProperty("message").GetString()));
    }

    [Fact]
    public async Task A_failed_response_is_the_last_event_for_a_client_that_streams()
    {
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("Hal").Failed("server_error", "boom")));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, """{"model":"gpt-5.5","input":"Hi","stream":true}""");
        JsonElement last = JsonElement.Parse((await OpenAiClient.FramesUntilCutAsync(response))[^1]);
        Assert.Equal("boom", last.GetProperty("response").GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_broken_stream_ends_with_an_error_event()
    {
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("Hal").AbortConnection()));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, """{"model":"gpt-5.5","input":"Hi","stream":true}""");
        IReadOnlyList<string> frames = await OpenAiClient.FramesUntilCutAsync(response);
        JsonElement last = JsonElement.Parse(frames[^1]);
        Assert.Equal(JsonElement.Parse(frames[^2]).GetProperty("sequence_number").GetInt32() + 1, last.GetProperty("sequence_number").GetInt32());
        Assert.Equal(("error", "server_error"), (last.GetProperty("type").GetString(), last.GetProperty("error").GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_client_that_leaves_takes_the_upstream_call_with_it()
    {
        var gate = new Gate();
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("Hal").Hold(gate).Completed()));
        using var leaving = new CancellationTokenSource();
        using HttpResponseMessage response = await _proxy.CallAsync(Path, """{"model":"gpt-5.5","input":"Hi","stream":true}""", leaving.Token);
        await leaving.CancelAsync();
        response.Dispose();
        Assert.Equal(RequestEnd.ClientLeft, await Backend.Requests.Single().Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        gate.Open();
    }

    public static TheoryData<string> CodexRequests => [.. Fixtures.ClientRequests.Where(static name => name.StartsWith("responses-http-", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(CodexRequests))]
    public async Task A_captured_request_of_the_codex_cli_passes_unchanged(string name)
    {
        JsonElement captured = Fixtures.ClientRequest(name);
        Backend.Answer(Reply.Text("Hello"));
        (string, string)[] headers = [.. captured.GetProperty("headers").EnumerateArray()
            .Select(static pair => (pair[0].GetString()!, pair[1].GetString()!))
            .Where(static header => header.Item1 is not ("host" or "content-length" or "content-type" or "content-encoding" or "authorization" or "accept" or "user-agent" or "connection"))];
        using HttpResponseMessage response = await _proxy.CallAsync(Path, captured.GetProperty("body").GetRawText(), headers);
        // Encrypted content of a capture is nobody's here: the backend refuses it, and a second request goes without.
        ReceivedRequest received = Backend.Requests[0];
        Assert.True(JsonElement.DeepEquals(captured.GetProperty("body"), received.Json), received.Text);
        foreach ((string header, string value) in headers.Where(static header => header.Item1.StartsWith("x-codex-", StringComparison.Ordinal) || header.Item1 == "session-id"))
            Assert.Equal(value, received.Header(header));
    }

    [Fact]
    public async Task The_codex_cli_gets_side_events_and_headers()
    {
        Backend.Answer(Reply.Stream("metadata-and-rate-limits").With("x-codex-turn-state", "next").With("x-models-etag", "W/\"1\""));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, """{"model":"gpt-5.5","input":[{"role":"user","content":"Hi"}],"stream":true,"instructions":""}""", AsCodex);
        Assert.Contains(await OpenAiClient.FramesOf(response), static frame => frame.Contains("codex.rate_limits", StringComparison.Ordinal));
        Assert.Equal("next", response.Headers.GetValues("x-codex-turn-state").Single());
        Assert.Equal("W/\"1\"", response.Headers.GetValues("x-models-etag").Single());
        Assert.Equal("opaque", Backend.Requests.Single().Header("x-codex-turn-state"));
    }

    [Fact]
    public async Task The_codex_cli_is_told_of_a_spent_quota_so_that_it_does_not_wait()
    {
        Backend.AnswerAll(_ => Reply.Http("429-usage-limit-reached"));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, """{"model":"gpt-5.5","input":[{"role":"user","content":"Hi"}],"instructions":"","stream":true}""", AsCodex);
        JsonElement error = (await OpenAiClient.JsonOf(response)).GetProperty("error");
        Assert.Equal((429, "usage_limit_reached"), ((int)response.StatusCode, error.GetProperty("type").GetString()));
        Assert.Equal(("plus", JsonValueKind.Number), (error.GetProperty("plan_type").GetString(), error.GetProperty("resets_at").ValueKind));
        Assert.Null(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task The_codex_clis_search_is_forwarded_as_it_is()
    {
        Backend.Searches.Enqueue(Reply.Json(200, """{"result":"found"}"""));
        const string body = """{"id":"s_1","model":"gpt-5.6-sol","input":[],"commands":{"search_query":[{"q":"x"}]},"settings":{"external_web_access":true},"max_output_tokens":1}""";
        using HttpResponseMessage response = await _proxy.CallAsync("/v1/alpha/search", body, AsCodex);
        ReceivedRequest received = Backend.Received.All.Single(static request => request.Path.EndsWith("/alpha/search", StringComparison.Ordinal));
        Assert.Equal(body, received.Text);
        Assert.Equal("019f", received.Header("session-id"));
        Assert.Equal(received.Rejection is null ? 200 : received.Rejection.Status, (int)response.StatusCode);
    }

    [Fact]
    public async Task What_is_forwarded_tells_of_the_quota_too()
    {
        DateTimeOffset reset = TimeProvider.System.GetUtcNow().AddHours(2);
        Backend.Searches.Enqueue(Reply.Json(200, """{"result":"found"}""").WithQuota(new Quota(41, reset), new Quota(17, reset)));
        const string body = """{"id":"s_1","model":"gpt-5.6-sol","input":[],"commands":{"search_query":[{"q":"x"}]},"settings":{"external_web_access":true},"max_output_tokens":1}""";

        using HttpResponseMessage response = await _proxy.CallAsync("/v1/alpha/search", body, AsCodex);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        double[] used = await UsedPercentsAsync();
        Assert.Equal([41, 17], used);
    }

    [Fact]
    public async Task What_the_backend_does_not_know_comes_back_as_its_own_answer()
    {
        using HttpResponseMessage response = await _proxy.CallAsync("/v1/responses/compact", """{"model":"gpt-5.5","input":[]}""", AsCodex);
        Assert.Equal((HttpStatusCode.NotFound, """{"detail":"Not Found"}"""), (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_forwarded_request_with_an_outdated_token_is_tried_with_a_new_one()
    {
        foreach (FakeTokens tokens in _proxy.Tokens) Backend.Auth.InvalidateAccessToken(tokens.AccessToken);
        using HttpResponseMessage response = await _proxy.CallAsync("/v1/responses/compact", """{"model":"gpt-5.5","input":[]}""", AsCodex);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData(true, 426)]
    [InlineData(false, 405)]
    public async Task A_web_socket_is_refused_in_the_way_that_ends_the_matter(bool upgrade, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        if (upgrade)
        {
            request.Headers.TryAddWithoutValidation("connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("upgrade", "websocket");
        }

        using HttpResponseMessage response = await _proxy.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Without_an_account_nothing_is_forwarded()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 0);
        using HttpResponseMessage response = await proxy.CallAsync("/v1/responses/compact", "{}", AsCodex);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private async Task<double[]> UsedPercentsAsync()
    {
        System.Text.Json.Nodes.JsonNode account = (await _proxy.GetJsonAsync("/accounts"))["accounts"]![0]!;
        return [.. account["limits"]!.AsArray().Select(limit => limit!["usedPercent"]!.GetValue<double>())];
    }
}
