using System.Text;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>Programs written with the Anthropic SDK for TypeScript; each test runs one case of <c>anthropic.mjs</c>.</summary>
public sealed class AnthropicSdk : IAsyncLifetime
{
    private PublishedProxy _proxy = null!;

    private FakeBackend Backend => _proxy.Backend;

    public async ValueTask InitializeAsync() => _proxy = await PublishedProxy.StartAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Fact]
    public async Task A_message()
    {
        Backend.Answer(Reply.Text("The canary says hello.", new(Input: 100, Output: 7, Cached: 40, Reasoning: 3)));
        JsonElement message = await RunAsync("create");
        Assert.Equal("message", message.GetText("type"));
        Assert.Equal("gpt-5.5", message.GetText("model"));
        Assert.Equal("The canary says hello.", OnlyText(message));
        Assert.Equal("end_turn", message.GetText("stop_reason"));
        Assert.Equal(60, message.Get("usage").Get("input_tokens").GetInt32());
        Assert.Equal(40, message.Get("usage").Get("cache_read_input_tokens").GetInt32());
        Assert.Equal(7, message.Get("usage").Get("output_tokens").GetInt32());
        Assert.Equal("Hello there, canary", Assert.Single(Backend.Requests).LastUserText);
    }

    [Fact]
    public async Task A_streamed_message()
    {
        Backend.Answer(Reply.Text("The canary says hello.").Delivered(Delivery.Every(13)));
        JsonElement outcome = await RunAsync("stream");
        Assert.Equal("The canary says hello.", outcome.GetText("text"));
        Assert.Equal("The canary says hello.", OnlyText(outcome.Get("message")));
        Assert.StartsWith("req_", outcome.GetText("requestId"), StringComparison.Ordinal);
        string[] events = [.. outcome.Get("events").Items().Select(type => type.GetString()!).Where(type => type != "ping")];
        Assert.Equal(["message_start", "content_block_start", "content_block_delta"], events[..3]);
        Assert.Equal(["content_block_delta", "content_block_stop", "message_delta", "message_stop"], events[^4..]);
    }

    [Fact]
    public async Task A_tool_whose_input_arrives_in_pieces()
    {
        Backend.Answer(Reply.Calls(new FunctionCall("weather", """{"city":"Zürich \"HB\""}""", "call_1")));
        JsonElement outcome = await RunAsync("toolStream");
        JsonElement call = Assert.Single(outcome.Get("message").Get("content").Items());
        Assert.Equal("weather", call.GetText("name"));
        Assert.Equal("Zürich \"HB\"", call.Get("input").GetText("city"));
        Assert.Equal("tool_use", outcome.Get("message").GetText("stop_reason"));
        Assert.Equal("""{"city":"Zürich \"HB\""}""", string.Concat(outcome.Get("pieces").Items().Select(piece => piece.GetString())));
        Assert.Equal("required", Assert.Single(Backend.Requests).Json.GetText("tool_choice"));
    }

    [Fact]
    public async Task Thinking_is_given_back_in_the_next_turn()
    {
        Backend.Answer(Reply.Sse(new StreamScript().ReasoningEncrypted("gAAAAABfirst-thought", "**Greeting**").Text("Hello.").Completed()));
        Backend.Answer(Reply.Text("And on."));
        JsonElement outcome = await RunAsync("thinking");
        Assert.Equal(["thinking", "text"], outcome.Get("first").Get("content").Items().Select(block => block.GetText("type")));
        Assert.Equal("And on.", OnlyText(outcome.Get("second")));
        JsonElement reasoning = Backend.Requests[1].Input.Single(item => item.GetText("type") == "reasoning");
        Assert.Equal("gAAAAABfirst-thought", reasoning.GetText("encrypted_content"));
    }

    [Fact]
    public async Task A_token_count()
    {
        JsonElement count = await RunAsync("countTokens");
        Assert.InRange(count.Get("input_tokens").GetInt32(), 10, 200);
        Assert.Empty(Backend.Requests);
    }

    [Fact]
    public async Task The_models_page_by_page()
    {
        JsonElement outcome = await RunAsync("models");
        string[] ids = [.. outcome.Get("ids").Items().Select(id => id.GetString()!)];
        Assert.Contains("gpt-5.5", ids);
        Assert.Contains("claude-codex-gpt-5.5", ids);
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal("gpt-5.5", outcome.Get("one").GetText("id"));
        Assert.True(outcome.Get("one").Get("max_input_tokens").GetInt32() > 100_000);
    }

    [Fact]
    public async Task A_parsed_answer()
    {
        Backend.Answer(Reply.Text("""{"colour":"green","count":2}"""));
        JsonElement parsed = await RunAsync("parse");
        Assert.Equal("""{"colour":"green","count":2}""", parsed.GetRawText());
        Assert.Equal("json_schema", Assert.Single(Backend.Requests).Json.Get("text").Get("format").GetText("type"));
    }

    [Fact]
    public async Task The_tool_runner_goes_on_without_threads()
    {
        Backend.Answer(Reply.Calls(new FunctionCall("weather", """{"city":"Bern"}""", "call_1")));
        Backend.Answer(Reply.Text("It rains."));
        JsonElement outcome = await RunAsync("toolRunner");
        Assert.Equal("Bern", Assert.Single(outcome.Get("cities").Items()).GetString());
        Assert.Equal("It rains.", OnlyText(outcome.Get("message")));
        // The second request has the whole conversation again.
        Assert.Equal("It rains in Bern", Backend.Requests[1].OutputOf("call_1"));
        Assert.Equal("Hello there, canary", Backend.Requests[1].LastUserText);
        Assert.Equal(["weather"], Backend.Requests[1].ToolNames());
    }

    [Fact]
    public async Task Old_tool_results_are_cleared_where_the_owner_allows_it()
    {
        using (HttpClient http = new())
        using (HttpResponseMessage changed = await http.PatchAsync(_proxy.Url + "/api/settings", new StringContent("""{"clearToolUses":true}""", Encoding.UTF8, "application/json")))
            changed.EnsureSuccessStatusCode();
        Backend.AnswerAll(_ => Reply.Text("It rains everywhere."));
        JsonElement outcome = await RunAsync("contextEditing");

        JsonElement edit = Assert.Single(outcome.Get("message").Get("context_management").Get("applied_edits").Items());
        Assert.Equal("clear_tool_uses_20250919", edit.GetText("type"));
        Assert.Equal(2, edit.Get("cleared_tool_uses").GetInt32());
        Assert.Equal(edit.GetRawText(), Assert.Single(outcome.Get("streamed").Get("context_management").Get("applied_edits").Items()).GetRawText());
        JsonElement count = outcome.Get("count");
        Assert.Equal(edit.Get("cleared_input_tokens").GetInt32(), count.Get("context_management").Get("original_input_tokens").GetInt32() - count.Get("input_tokens").GetInt32());
        Assert.All(Backend.Requests, static request => Assert.Equal("[Old tool result cleared]", request.OutputOf("call_2")));
        Assert.All(Backend.Requests, static request => Assert.StartsWith("It rains in City 3.", request.OutputOf("call_3"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("stopSequence")]
    [InlineData("stopSequenceStream")]
    public async Task A_stop_sequence(string script)
    {
        Backend.Answer(Reply.Text("Sing and STOP and sing."));
        JsonElement message = await RunAsync(script);
        Assert.Equal("Sing and ", OnlyText(message));
        Assert.Equal("stop_sequence", message.GetText("stop_reason"));
        Assert.Equal("STOP", message.GetText("stop_sequence"));
    }

    [Fact]
    public async Task A_token_limit()
    {
        Backend.Answer(Reply.Text(string.Concat(Enumerable.Range(1, 100).Select(i => $"word{i} "))));
        JsonElement message = await RunAsync("maxTokens");
        Assert.Equal("max_tokens", message.GetText("stop_reason"));
        Assert.StartsWith("word1", OnlyText(message), StringComparison.Ordinal);
        Assert.True(OnlyText(message).Length < 40, OnlyText(message));
    }

    [Fact]
    public async Task A_request_that_is_refused() =>
        AssertError(await RunAsync("invalid"), "BadRequestError", 400, "invalid_request_error");

    [Fact]
    public async Task A_model_that_does_not_exist()
    {
        JsonElement error = await RunAsync("unknownModel");
        AssertError(error, "NotFoundError", 404, "not_found_error");
        Assert.Contains("gpt-nothing", error.GetText("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_is_over()
    {
        await using PublishedProxy signedOut = await PublishedProxy.StartAsync(_ => []);
        JsonElement error = await RunAsync("create", signedOut);
        AssertError(error, "AuthenticationError", 401, "authentication_error");
        Assert.Contains("login", error.GetText("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_usage_limit()
    {
        Backend.Answer(Reply.Http("429-usage-limit-reached"));
        AssertError(await RunAsync("create"), "RateLimitError", 429, "rate_limit_error");
    }

    [Theory]
    [InlineData("create")]
    [InlineData("failingStream")]
    public async Task A_backend_that_stays_overloaded(string script)
    {
        Backend.AnswerAll(_ => Reply.Stream("failed-server-overloaded"));
        AssertError(await RunAsync(script), "OverloadedError", 529, "overloaded_error");
    }

    [Fact]
    public async Task A_stream_that_breaks_in_the_middle()
    {
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("The canary sa").Failed("server_error", "It fell off its perch.")));
        JsonElement error = await RunAsync("failingStream");
        Assert.Equal("api_error", error.GetText("type"));
        Assert.Equal("It fell off its perch.", error.GetText("message"));
    }

    private Task<JsonElement> RunAsync(string script) => RunAsync(script, _proxy);

    private static async Task<JsonElement> RunAsync(string script, PublishedProxy proxy)
    {
        using ClientHome home = new();
        string path = Path.Combine(Clients.Folder, "scripts", "anthropic.mjs");
        ClientResult result = await ClientProcess.RunAsync(Clients.Node, [path, script, proxy.Url], home, [], TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.ToString());
        return JsonElement.Parse(result.Output);
    }

    private static void AssertError(JsonElement error, string type, int status, string word)
    {
        Assert.Equal(type, error.GetText("error"));
        Assert.Equal(status, error.Get("status").GetInt32());
        Assert.Equal(word, error.GetText("type"));
        Assert.StartsWith("req_", error.GetText("requestID"), StringComparison.Ordinal);
    }

    private static string OnlyText(JsonElement message) => Assert.Single(message.Get("content").Items()).GetText("text")!;
}
