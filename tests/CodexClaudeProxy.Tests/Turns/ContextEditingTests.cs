using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Old tool results, cleared on the way through the program because the client asks for that.</summary>
public sealed class ContextEditingTests
{
    private const string On = """{"clearToolUses":true}""";
    private const string Note = "[Old tool result cleared]";
    private const string Edit = """{"type":"clear_tool_uses_20250919","trigger":{"type":"input_tokens","value":2000},"keep":{"type":"tool_uses","value":2}}""";

    [Fact]
    public async Task Old_results_stay_behind_and_the_answer_says_so()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        proxy.Backend.AnswerAll(_ => Reply.Text("ok"));

        using HttpResponseMessage whole = await proxy.PostAsync(Ask(Edit));
        JsonObject message = await RunningProxy.JsonOf(whole);
        using HttpResponseMessage streamed = await proxy.PostAsync(Ask(Edit, stream: true));
        JsonElement delta = (await RunningProxy.EventsOf(streamed)).Single(static e => e.Name == "message_delta").Data;

        foreach (ReceivedRequest request in proxy.Backend.Requests) Assert.Equal([true, true, true, false, false], Outputs(request).Select(static output => output == Note));
        JsonNode edit = Assert.Single(message["context_management"]!["applied_edits"]!.AsArray())!;
        Assert.Equal(["type", "cleared_tool_uses", "cleared_input_tokens"], edit.AsObject().Select(static member => member.Key));
        Assert.Equal("clear_tool_uses_20250919", edit["type"]!.GetValue<string>());
        Assert.Equal(3, edit["cleared_tool_uses"]!.GetValue<int>());
        Assert.InRange(edit["cleared_input_tokens"]!.GetValue<int>(), 1_500, 1_600);
        Assert.True(JsonNode.DeepEquals(message["context_management"], JsonNode.Parse(delta.GetProperty("context_management").GetRawText())));
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task Counting_tells_the_size_before_and_after()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        int plain = (await CountAsync(proxy, ""))["input_tokens"]!.GetValue<int>();

        JsonObject counted = await CountAsync(proxy, Edit);

        Assert.Equal(plain, counted["context_management"]!["original_input_tokens"]!.GetValue<int>());
        Assert.InRange(counted["input_tokens"]!.GetValue<int>(), plain - 1_600, plain - 1_500);
        using HttpResponseMessage response = await proxy.PostAsync(Ask(Edit, stream: true));
        JsonElement start = (await RunningProxy.EventsOf(response))[0].Data;
        Assert.Equal(counted["input_tokens"]!.GetValue<int>(), start.GetProperty("message").GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Theory]
    [InlineData("context-management-2025-06-27", true)]
    [InlineData("token-counting-2024-11-01,context-management-2025-06-27", true)]
    [InlineData("token-counting-2024-11-01", false)]
    public async Task The_size_before_is_told_to_those_who_know_the_member(string betas, bool told)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        proxy.Client.DefaultRequestHeaders.Add("anthropic-beta", betas);

        using HttpResponseMessage response = await proxy.PostAsync(Ask(Edit), "/v1/messages/count_tokens");

        Assert.Equal(told, (await RunningProxy.JsonOf(response)).ContainsKey("context_management"));
    }

    [Fact]
    public async Task A_request_under_the_trigger_is_told_that_nothing_was_done()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        using HttpResponseMessage response = await proxy.PostAsync(Ask("""{"type":"clear_tool_uses_20250919"}"""));

        Assert.Empty((await RunningProxy.JsonOf(response))["context_management"]!["applied_edits"]!.AsArray());
        Assert.DoesNotContain(Note, Outputs(Assert.Single(proxy.Backend.Requests)));
    }

    [Fact]
    public async Task By_default_everything_is_sent()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Text("ok"));
        using HttpResponseMessage edited = await proxy.PostAsync(Ask(Edit));
        using HttpResponseMessage plain = await proxy.PostAsync(Ask(""));

        Assert.Empty((await RunningProxy.JsonOf(edited))["context_management"]!["applied_edits"]!.AsArray());
        Assert.Equal(proxy.Backend.Requests[1].Json.GetRawText(), proxy.Backend.Requests[0].Json.GetRawText());
        JsonObject counted = await CountAsync(proxy, Edit);
        Assert.Equal(counted["input_tokens"]!.GetValue<int>(), counted["context_management"]!["original_input_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/messages/count_tokens")]
    public async Task An_edit_that_makes_no_sense_is_refused(string path)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        using HttpResponseMessage response = await proxy.PostAsync(Ask(Edit.Replace("2}", "-2}", StringComparison.Ordinal)), path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonObject error = await RunningProxy.JsonOf(response);
        Assert.Equal("invalid_request_error", error["error"]!["type"]!.GetValue<string>());
        Assert.Equal("context_management.edits.0.keep.value: Input should be greater than or equal to 0", error["error"]!["message"]!.GetValue<string>());
        Assert.Empty(proxy.Backend.Requests);
    }

    /// <summary>A request with five tool uses, each with a result of 520 tokens or so.</summary>
    private static string Ask(string edits, bool stream = false)
    {
        var uses = new StringBuilder();
        for (int i = 0; i < 5; i++)
        {
            uses.Append($$$"""
                ,{"role":"assistant","content":[{"type":"tool_use","id":"call_{{{i}}}","name":"read","input":{"path":"{{{i}}}"}}]}
                ,{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_{{{i}}}","content":"{{{i}}}{{{string.Concat(Enumerable.Repeat(" the", 520))}}}"}]}
                """);
        }

        return $$"""
            {"model":"gpt-5.5","max_tokens":1000,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Hi"}{{uses}}],
             "tools":[{"name":"read","input_schema":{"type":"object","properties":{"path":{"type":"string"} } } }],"context_management":{"edits":[{{edits}}]} }
            """;
    }

    private static async Task<JsonObject> CountAsync(RunningProxy proxy, string edits)
    {
        using HttpResponseMessage response = await proxy.PostAsync(Ask(edits), "/v1/messages/count_tokens?beta=true");
        return await RunningProxy.JsonOf(response);
    }

    private static IEnumerable<string> Outputs(ReceivedRequest request) => request.Json.GetProperty("input").EnumerateArray()
        .Where(static item => item.GetProperty("type").GetString() == "function_call_output")
        .Select(static item => item.GetProperty("output").GetString()!);
}
