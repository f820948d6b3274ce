using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>Programs written with the OpenAI SDK for TypeScript; each test runs one case of <c>openai.mjs</c>.</summary>
public sealed class OpenAiSdk : IAsyncLifetime
{
    private const string Hello = "The canary says hello.";

    private PublishedProxy _proxy = null!;

    private FakeBackend Backend => _proxy.Backend;

    public async ValueTask InitializeAsync() => _proxy = await PublishedProxy.StartAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Fact]
    public async Task A_completion()
    {
        Backend.Answer(Reply.Text(Hello, new(Input: 100, Output: 7, Cached: 40, Reasoning: 3)));
        JsonElement completion = await RunAsync("chat");
        Assert.StartsWith("chatcmpl-", completion.GetText("id"), StringComparison.Ordinal);
        JsonElement choice = Assert.Single(completion.Get("choices").Items());
        Assert.Equal((Hello, "stop"), (choice.Get("message").GetText("content"), choice.GetText("finish_reason")));
        Assert.Equal(107, completion.Get("usage").Get("total_tokens").GetInt32());
        Assert.Equal("Hello there, canary", Assert.Single(Backend.Requests).LastUserText);
    }

    [Fact]
    public async Task A_streamed_completion_with_usage()
    {
        Backend.Answer(Reply.Text(Hello).Delivered(Delivery.Every(13)));
        JsonElement[] chunks = [.. (await RunAsync("chatStream")).Items()];
        Assert.Equal(Hello, string.Concat(chunks.SkipLast(1).Select(static chunk => chunk.Get("choices")[0].Get("delta").GetText("content"))));
        Assert.Equal(107, chunks[^1].Get("usage").Get("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Parallel_calls_gathered_by_the_librarys_stream_helper()
    {
        Backend.Answer(Reply.Sse(new StreamScript().InterleavedCalls(new FunctionCall("weather", """{"city":"Rome"}""", "call_1"), new FunctionCall("weather", """{"city":"Ulm"}""", "call_2")).Completed()));
        JsonElement choice = (await RunAsync("chatStreamHelper")).Get("choices")[0];
        Assert.Equal("tool_calls", choice.GetText("finish_reason"));
        Assert.Equal(["call_1", "call_2"], choice.Get("message").Get("tool_calls").Items().Select(static call => call.GetText("id")));
        Assert.Equal(["""{"city":"Rome"}""", """{"city":"Ulm"}"""], choice.Get("message").Get("tool_calls").Items().Select(static call => call.Get("function").GetText("arguments")));
    }

    [Fact]
    public async Task A_tool_loop_of_the_library()
    {
        Backend.Answer(Reply.Calls(new FunctionCall("weather", """{"city":"Rome"}""", "call_1")));
        Backend.Answer(static request => Reply.Text("It is " + request.ToolOutputs.Single().Value));
        JsonElement outcome = await RunAsync("chatTools");
        Assert.Equal("It is 18 degrees in Rome", outcome.GetText("text"));
        Assert.Equal("Rome", Assert.Single(outcome.Get("asked").Items()).GetString());
    }

    [Fact]
    public async Task A_tool_loop_of_the_library_keeps_the_reasoning_it_does_not_know()
    {
        Backend.Answer(Reply.Sse(new StreamScript().Reasoning().Calls(new FunctionCall("weather", """{"city":"Rome"}""", "call_1")).Completed()));
        Backend.Answer(Reply.Text("It is warm"));
        Assert.Equal("It is warm", (await RunAsync("chatTools")).GetText("text"));
        Assert.Equal(["message", "reasoning", "function_call", "function_call_output"], Backend.Requests[1].Input.Select(static item => item.GetText("type")));
    }

    [Fact]
    public async Task A_completion_that_follows_a_schema()
    {
        Backend.Answer(Reply.Text("""{"title":"Canaries"}"""));
        Assert.Equal("Canaries", (await RunAsync("chatParse")).GetText("title"));
        JsonElement format = Assert.Single(Backend.Requests).Json.Get("text").Get("format");
        Assert.Equal(("a_title", true), (format.GetText("name"), format.Get("strict").GetBoolean()));
    }

    [Fact]
    public async Task A_response()
    {
        Backend.Answer(Reply.Text(Hello));
        Assert.Equal(Hello, (await RunAsync("responsesText")).GetString());
    }

    [Fact]
    public async Task A_streamed_response()
    {
        Backend.Answer(Reply.Text(Hello).Delivered(Delivery.Every(13)));
        JsonElement outcome = await RunAsync("responsesStream");
        Assert.Equal(Hello, outcome.GetText("text"));
        Assert.Equal(("response.created", "response.completed"), (outcome.Get("types")[0].GetString(), outcome.Get("types").Items().Last().GetString()));
    }

    [Fact]
    public async Task A_call_gathered_by_the_librarys_stream_helper()
    {
        Backend.Answer(Reply.Sse(new StreamScript().Reasoning("Thinking").Calls(new FunctionCall("weather", """{"city":"Rome"}""", "call_1")).Completed()));
        JsonElement output = await RunAsync("responsesStreamHelper");
        Assert.Equal(["reasoning", "function_call"], output.Items().Select(static item => item.GetText("type")));
        Assert.Equal("""{"city":"Rome"}""", output[1].GetText("arguments"));
    }

    [Fact]
    public async Task A_response_that_follows_a_schema()
    {
        Backend.Answer(Reply.Text("""{"title":"Canaries"}"""));
        Assert.Equal("Canaries", (await RunAsync("responsesParse")).GetText("title"));
    }

    [Fact]
    public async Task A_response_whose_output_is_given_back()
    {
        Backend.Answer(Reply.Sse(new StreamScript().Reasoning("Thinking").Calls(new FunctionCall("weather", """{"city":"Rome"}""", "call_1")).Completed()));
        Backend.Answer(static request => Reply.Text("It is " + request.ToolOutputs.Single().Value));
        Assert.Equal("It is 18 degrees", (await RunAsync("responsesTools")).GetString());
        Assert.Contains(Backend.Requests[1].Input, static item => item.GetText("type") == "reasoning");
    }

    [Fact]
    public async Task Errors_have_the_librarys_classes()
    {
        Backend.Answer(Reply.Http("429-usage-limit-reached"));
        JsonElement limit = await RunAsync("chat");
        Assert.Equal(("RateLimitError", "usage_limit_reached"), (limit.GetText("error"), limit.GetText("code")));
        Assert.StartsWith("req_", limit.GetText("requestID"), StringComparison.Ordinal);
        JsonElement stored = await RunAsync("responsesStored");
        Assert.Equal(("BadRequestError", "previous_response_id"), (stored.GetText("error"), stored.GetText("param")));
        Assert.Equal("NotFoundError", (await RunAsync("unknownModel")).GetText("error"));
    }

    [Fact]
    public async Task A_stream_that_breaks_is_an_error()
    {
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("Hal").Failed("server_error", "boom")));
        Assert.Equal(("APIError", "boom"), await ErrorAsync("chatStream"));
        Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("Hal").AbortConnection()));
        Assert.Equal("APIError", (await ErrorAsync("responsesStream")).Class);
    }

    [Fact]
    public async Task Models()
    {
        JsonElement outcome = await RunAsync("models");
        Assert.Contains(outcome.Get("ids").Items(), static id => id.GetString() == "gpt-5.5");
        Assert.Equal("gpt-5.5", outcome.Get("one").GetText("id"));
    }

    private async Task<(string? Class, string? Message)> ErrorAsync(string script)
    {
        JsonElement error = await RunAsync(script);
        return (error.GetText("error"), error.GetText("message"));
    }

    private async Task<JsonElement> RunAsync(string script)
    {
        using ClientHome home = new();
        string path = Path.Combine(Clients.Folder, "scripts", "openai.mjs");
        ClientResult result = await ClientProcess.RunAsync(Clients.Node, [path, script, _proxy.Url], home, [], TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.ToString());
        return JsonElement.Parse(result.Output);
    }
}
