using System.Net;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>A backend that answers with one JSON document instead of events: the content decides, whatever its type is called.</summary>
public sealed class DocumentRepliesTests
{
    private const string Whole = """
        {"id":"resp_7","object":"response","status":"completed","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello"}]},
        {"type":"function_call","call_id":"call_1","name":"f","arguments":"{\"x\":1}"}],"usage":{"input_tokens":10,"output_tokens":2}}
        """;

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF\r\n ")]
    public async Task A_whole_response_is_the_answer(string before)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Json(200, before + Whole));
        using HttpResponseMessage message = await proxy.PostAsync(RunningProxy.Ask());
        JsonObject json = await RunningProxy.JsonOf(message);
        Assert.Equal(("msg_7", "tool_use", 10), (json["id"]!.GetValue<string>(), json["stop_reason"]!.GetValue<string>(), json["usage"]!["input_tokens"]!.GetValue<int>()));
        Assert.Equal(["text", "tool_use"], json["content"]!.AsArray().Select(static block => block!["type"]!.GetValue<string>()));

        using HttpResponseMessage stream = await proxy.PostAsync(RunningProxy.Ask(stream: true));
        Assert.Equal("message_stop", (await RunningProxy.EventsOf(stream))[^1].Name);
        using HttpResponseMessage chat = await proxy.PostAsync("""{"model":"gpt-5.5","messages":[{"role":"user","content":"Hi"}]}""", "/v1/chat/completions");
        Assert.Equal("Hello", (await RunningProxy.JsonOf(chat))["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        using HttpResponseMessage relayed = await proxy.PostAsync("""{"model":"gpt-5.5","input":"Hi"}""", "/v1/responses");
        Assert.Equal(("gpt-5.5", 2), ((await RunningProxy.JsonOf(relayed)) is var response ? response["model"]!.GetValue<string>() : "", response["output"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("""{"error":{"code":"context_length_exceeded","message":"x"}}""", 400, "prompt is too long: 272001 tokens > 272000 maximum")]
    [InlineData("""{"detail":"Model not found gpt-9"}""", 404, "model: gpt-5.5: Model not found gpt-9")]
    [InlineData("""{"id":"resp_7","status":"failed","output":[],"error":{"code":"invalid_prompt","message":"No."}}""", 400, "No.")]
    public async Task An_error_is_the_failure_it_is(string document, int status, string message)
    {
        foreach (bool stream in new[] { false, true })
        {
            await using RunningProxy proxy = await RunningProxy.StartAsync();
            proxy.Backend.AnswerAll(_ => Reply.Json(200, document));
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: stream));
            Assert.Equal(((HttpStatusCode)status, message), (response.StatusCode, (await RunningProxy.JsonOf(response))["error"]!["message"]!.GetValue<string>()));
        }
    }

    [Fact]
    public async Task A_response_that_was_cut_off_says_so()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Json(200, """{"id":"resp_7","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"message","content":[{"type":"output_text","text":"Hel"}]}]}"""));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal("max_tokens", (await RunningProxy.JsonOf(response))["stop_reason"]!.GetValue<string>());
    }
}
