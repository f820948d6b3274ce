using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;
using CodexClaudeProxy.Turns;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.OpenAi;

/// <summary>Chat Completions through the whole program.</summary>
public sealed class ChatCompletionsTests : IAsyncLifetime
{
    private const string Path = "/v1/chat/completions";

    private RunningProxy _proxy = null!;

    private FakeBackend Backend => _proxy.Backend;

    public async ValueTask InitializeAsync() => _proxy = await RunningProxy.StartAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Fact]
    public async Task Text_without_a_stream_by_default()
    {
        Backend.Answer(Reply.Text("Hello", new TokenUsage(Input: 10, Output: 2, Cached: 4)));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Chat());
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(response.Headers.GetValues("x-request-id"));
        Assert.DoesNotContain(response.Headers, static header => header.Key.StartsWith("anthropic", StringComparison.OrdinalIgnoreCase));
        JsonElement json = await OpenAiClient.JsonOf(response);
        Assert.Equal("gpt-5.5", json.GetProperty("model").GetString());
        Assert.Equal("Hello", json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(12, json.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        _proxy.AssertNoRuleBroken();
    }

    [Fact]
    public async Task Text_as_a_stream_with_usage()
    {
        Backend.Answer(Reply.Text("Hello there"));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Captured("openai-chat-stream"));
        IReadOnlyList<string> frames = await OpenAiClient.FramesOf(response);
        Assert.Equal("[DONE]", frames[^1]);
        Assert.Equal(107, JsonElement.Parse(frames[^2]).GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal("Hello there", string.Concat(frames.SkipLast(2).Select(Content)));
        _proxy.AssertNoRuleBroken();
    }

    [Theory]
    [InlineData("openai-chat-json-schema")]
    [InlineData("openai-chat-tools")]
    [InlineData("openai-chat-tool-result")]
    public async Task A_captured_request_is_one_the_backend_takes(string name)
    {
        Backend.Answer(Reply.Text("{}"));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Captured(name));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        _proxy.AssertNoRuleBroken();
        JsonElement sent = Backend.Requests.Single().Json;
        if (name == "openai-chat-json-schema") Assert.True(sent.GetProperty("text").GetProperty("format").GetProperty("strict").GetBoolean());
        else Assert.Equal("get_w", sent.GetProperty("tools")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Parallel_calls_interleave_by_index()
    {
        Backend.Answer(Reply.Sse(new StreamScript().InterleavedCalls(new FunctionCall("f", """{"a":1}""", "call_1"), new FunctionCall("g", """{"b":2}""", "call_2")).Completed()));
        const string tools = """{"stream":true,"tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]}""";
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Chat(more: tools));
        var arguments = new string[] { "", "" };
        foreach (string frame in (await OpenAiClient.FramesOf(response)).SkipLast(1))
        {
            if (!JsonElement.Parse(frame).GetProperty("choices")[0].GetProperty("delta").TryGetProperty("tool_calls", out JsonElement calls)) continue;
            arguments[calls[0].GetProperty("index").GetInt32()] += calls[0].GetProperty("function").GetProperty("arguments").GetString();
        }

        Assert.Equal(["""{"a":1}""", """{"b":2}"""], arguments);
        _proxy.AssertNoRuleBroken();
    }

    [Fact]
    public async Task A_tool_loop_with_reasoning_that_is_given_back()
    {
        Backend.Answer(Reply.Sse(new StreamScript().Reasoning("Thinking").Calls(new FunctionCall("f", "{}", "call_1")).Completed()));
        Backend.Answer(request => Reply.Text("It said " + request.ToolOutputs.Single().Value));
        const string tools = """
            "tools":[{"type":"function","function":{"name":"f"}}],"reasoning":{"effort":"low"}
            """;
        using HttpResponseMessage first = await _proxy.CallAsync(Path, OpenAiClient.Chat(more: "{" + tools + "}"));
        JsonElement message = (await OpenAiClient.JsonOf(first)).GetProperty("choices")[0].GetProperty("message");
        Assert.Equal("Thinking", message.GetProperty("reasoning_content").GetString());
        string messages = $$"""[{"role":"user","content":"Hi"},{{message.GetRawText()}},{"role":"tool","tool_call_id":"call_1","content":"42"}]""";
        using HttpResponseMessage second = await _proxy.CallAsync(Path, OpenAiClient.Chat(more: $$"""{"messages":{{messages}},{{tools}}}"""));
        Assert.Contains("It said 42", await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(Backend.Requests[1].Input, static item => item.GetProperty("type").ValueEquals("reasoning"));
        Assert.Equal(Backend.Requests[0].Json.GetProperty("prompt_cache_key").GetString(), Backend.Requests[1].Json.GetProperty("prompt_cache_key").GetString());
        _proxy.AssertNoRuleBroken();
    }

    [Theory]
    [InlineData("429-usage-limit-reached", 429, "rate_limit_error", "usage_limit_reached")]
    [InlineData("429-insufficient-quota", 402, "insufficient_quota", "insufficient_quota")]
    [InlineData("400-context-length", 400, "invalid_request_error", "context_length_exceeded")]
    [InlineData("400-model-not-supported", 404, "invalid_request_error", "model_not_found")]
    public async Task A_refusal_is_told_in_openais_words(string reply, int status, string type, string code)
    {
        Backend.AnswerAll(_ => Reply.Http(reply));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Chat(more: """{"stream":true}"""));
        await AssertErrorAsync(response, status, type, code);
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());
    }

    [Fact]
    public async Task A_used_up_limit_tells_the_plan_and_the_time_also_when_nobody_was_asked()
    {
        DateTimeOffset resets = TimeProvider.System.GetUtcNow().AddHours(2);
        long until = resets.ToUnixTimeSeconds();
        Backend.Usage = user => AccountAnswers.UsedUp(user, resets);
        Backend.Answer(Reply.Json(429, $$$"""{"error":{"type":"usage_limit_reached","plan_type":"plus","resets_at":{{{until}}}}}"""));
        for (int turn = 0; turn < 2; turn++)
        {
            using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Chat());
            JsonElement error = (await OpenAiClient.JsonOf(response)).GetProperty("error");
            Assert.Equal(("plus", "usage_limit_reached", "rate_limit_error"), (error.GetProperty("plan_type").GetString(), error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
            Assert.InRange(error.GetProperty("resets_at").GetInt64(), until - 1, until + 1);
        }

        Assert.Single(Backend.Requests);
    }

    [Fact]
    public async Task An_overloaded_backend_is_a_503()
    {
        Backend.AnswerAll(_ => Reply.Http("503-server-overloaded"));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Chat());
        await AssertErrorAsync(response, 503, "server_error", "server_error");
        Assert.Equal("true", response.Headers.GetValues("x-should-retry").Single());
    }

    [Fact]
    public async Task Without_an_account_it_is_a_401()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 0);
        using HttpResponseMessage response = await proxy.CallAsync(Path, OpenAiClient.Chat());
        await AssertErrorAsync(response, 401, "invalid_request_error", "invalid_api_key");
    }

    [Theory]
    [InlineData("{\"model\":", "invalid_request_error")]
    [InlineData("{}", "invalid_request_error")]
    public async Task A_faulty_request_never_reaches_the_backend(string json, string type)
    {
        using HttpResponseMessage response = await _proxy.CallAsync(Path, json);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(type, (await OpenAiClient.JsonOf(response)).GetProperty("error").GetProperty("type").GetString());
        Assert.Empty(Backend.Requests);
    }

    [Fact]
    public async Task A_failure_after_the_first_chunk_is_told_and_the_connection_cut()
    {
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("Hal").Failed("server_error", "boom")));
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Chat(more: """{"stream":true}"""));
        IReadOnlyList<string> frames = await OpenAiClient.FramesUntilCutAsync(response);
        Assert.Equal("""{"error":{"message":"boom","type":"server_error","param":null,"code":"server_error"}}""", frames[^1]);
    }

    /// <summary>The client is given the time to read it; only then comes the cut.</summary>
    [Fact]
    public async Task The_cut_waits_until_the_error_could_be_read()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("Hal").Failed("server_error", "boom")));
        using HttpResponseMessage response = await proxy.CallAsync(Path, OpenAiClient.Chat(more: """{"stream":true}"""));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("boom", StringComparison.Ordinal)) continue;
        Assert.Equal("", await reader.ReadLineAsync(TestContext.Current.CancellationToken));

        Task<string?> next = reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);
        while (!next.IsCompleted)
        {
            time.Advance(Corridor.CutAfter);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await Assert.ThrowsAnyAsync<IOException>(() => next);
        JsonNode logged = (await proxy.ListedAsync(1))[0]!;
        Assert.Contains("server_error", logged.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_takes_the_upstream_call_with_it()
    {
        var gate = new Gate();
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("Hal").Hold(gate).Completed()));
        using var leaving = new CancellationTokenSource();
        using HttpResponseMessage response = await _proxy.CallAsync(Path, OpenAiClient.Chat(more: """{"stream":true}"""), leaving.Token);
        await leaving.CancelAsync();
        response.Dispose();
        Assert.Equal(RequestEnd.ClientLeft, await Backend.Requests.Single().Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        gate.Open();
    }

    private static string? Content(string frame) =>
        JsonElement.Parse(frame).GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out JsonElement content) ? content.GetString() : null;

    private static async Task AssertErrorAsync(HttpResponseMessage response, int status, string type, string code)
    {
        JsonElement error = (await OpenAiClient.JsonOf(response)).GetProperty("error");
        Assert.Equal((status, type, code), ((int)response.StatusCode, error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        string[] more = code == "usage_limit_reached" ? ["plan_type", "resets_at", "resets_in_seconds"] : [];
        Assert.Equal(["message", "type", "param", "code", .. more], error.EnumerateObject().Select(static member => member.Name));
    }
}
