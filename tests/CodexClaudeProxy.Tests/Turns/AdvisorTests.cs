using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>The advisor tool of Anthropic's API, answered by a second Codex model: the wire shape is that of Anthropic's own SDK.</summary>
public sealed class AdvisorTests
{
    private const string Settings = """{"advisorModel":"gpt-6-sol"}""";
    private const string Tool = """{"type":"advisor_20260301","name":"advisor","model":"claude-opus-5-5"}""";
    private const string Read = """{"name":"Read","input_schema":{"type":"object","properties":{"file_path":{"type":"string"}}}}""";

    private static readonly TokenUsage First = new(Input: 100, Output: 10, Cached: 40);
    private static readonly TokenUsage Second = new(Input: 130, Output: 20, Cached: 100);
    private static readonly TokenUsage Advisors = new(Input: 500, Output: 50, Cached: 0);

    [Fact]
    public async Task A_stream_shows_the_call_and_the_advice_and_goes_on_with_the_answer()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.Answer(Asks("Let me ask."), Reply.Text("Use a \"queue\".", Advisors), Reply.Text("I use a queue.", Second));

        using HttpResponseMessage response = await proxy.PostAsync(Request(stream: true));
        IReadOnlyList<(string Name, JsonElement Data)> events = await RunningProxy.EventsOf(response);

        Assert.False(response.Headers.Contains("x-proxy-dropped-tools"));
        Assert.Single(events, e => e.Name == "message_start");
        JsonElement[] blocks = [.. events.Where(e => e.Name == "content_block_start").Select(e => e.Data)];
        Assert.Equal([0, 1, 2, 3], blocks.Select(block => block.GetProperty("index").GetInt32()));
        JsonElement[] opened = [.. blocks.Select(block => block.GetProperty("content_block"))];
        Assert.Equal(["text", "server_tool_use", "advisor_tool_result", "text"], opened.Select(TypeOf));
        AssertCall(opened[1], opened[2]);
        AssertJson("""{"type":"advisor_result","text":"Use a \"queue\".","stop_reason":"end_turn"}""", opened[2].GetProperty("content"));
        Assert.Equal("I use a queue.", string.Concat(events
            .Where(e => e.Name == "content_block_delta" && e.Data.GetProperty("index").GetInt32() == 3).Select(e => e.Data.GetProperty("delta").GetProperty("text").GetString())));
        Assert.Equal(4, events.Count(e => e.Name == "content_block_stop"));
        JsonElement end = Assert.Single(events, e => e.Name == "message_delta").Data;
        Assert.Equal("end_turn", end.GetProperty("delta").GetProperty("stop_reason").GetString());
        AssertUsage(end.GetProperty("usage"));
        Assert.Equal("message_stop", events[^1].Name);
    }

    [Fact]
    public async Task A_whole_message_holds_the_same()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.Answer(Asks("Let me ask."), Reply.Text("Use a queue.", Advisors), Reply.Text("I use a queue.", Second));

        JsonElement message = await AnswerAsync(proxy, Request());

        JsonElement[] content = [.. message.GetProperty("content").EnumerateArray()];
        Assert.Equal(["text", "server_tool_use", "advisor_tool_result", "text"], content.Select(TypeOf));
        AssertCall(content[1], content[2]);
        AssertJson("""{"type":"advisor_result","text":"Use a queue.","stop_reason":"end_turn"}""", content[2].GetProperty("content"));
        Assert.Equal("I use a queue.", content[3].GetProperty("text").GetString());
        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
        AssertUsage(message.GetProperty("usage"));
    }

    [Fact]
    public async Task The_advisor_reads_the_conversation_without_tools_and_the_model_gets_what_it_says()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.Answer(
            Reply.Sse(new StreamScript().Reasoning("thinking").Text("Let me ask.").Calls(new FunctionCall("advisor", "{}", "call_a1")).Completed()),
            Reply.Text("Use a queue."), Reply.Text("Done."));

        await AnswerAsync(proxy, Request(more: """ "system":"You are a worker.","tool_choice":{"type":"tool","name":"advisor"} """));

        Assert.Empty(proxy.Backend.Rejections);
        JsonElement[] sent = [.. proxy.Backend.Requests.Select(request => request.Json)];
        Assert.Equal(["gpt-5.5", "gpt-6-sol", "gpt-5.5"], sent.Select(request => request.GetProperty("model").GetString()));
        JsonElement tool = sent[0].GetProperty("tools")[0];
        Assert.Equal(("function", "advisor"), (TypeOf(tool), tool.GetProperty("name").GetString()));
        Assert.Empty(tool.GetProperty("parameters").GetProperty("properties").EnumerateObject());

        string question = sent[1].GetRawText();
        Assert.Empty(sent[1].GetProperty("tools").EnumerateArray());
        foreach (string part in new[] { "You are a worker.", "How shall I build it?", "Let me ask." }) Assert.Contains(part, question, StringComparison.Ordinal);
        Assert.DoesNotContain("encrypted_content\":", question, StringComparison.Ordinal);

        JsonElement[] before = [.. sent[0].GetProperty("input").EnumerateArray()];
        JsonElement[] after = [.. sent[2].GetProperty("input").EnumerateArray()];
        Assert.Equal(before.Select(item => item.GetRawText()), after.Take(before.Length).Select(item => item.GetRawText()));
        Assert.Equal(["reasoning", "message", "function_call", "function_call_output"], after.Skip(before.Length).Select(TypeOf));
        AssertJson("""{"type":"function_call_output","call_id":"call_a1","output":"Use a queue."}""", after[^1]);
        // The call that was forced is made.
        Assert.Equal("function", TypeOf(sent[0].GetProperty("tool_choice")));
        Assert.Equal("auto", sent[2].GetProperty("tool_choice").GetString());
        Assert.Equal(sent[0].GetProperty("tools").GetRawText(), sent[2].GetProperty("tools").GetRawText());
        Assert.Equal(sent[0].GetProperty("prompt_cache_key").GetString(), sent[2].GetProperty("prompt_cache_key").GetString());
    }

    [Fact]
    public async Task Beyond_its_uses_the_advisor_is_not_asked_and_a_model_that_insists_is_ended()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.Answer(Asks(), Reply.Text("Use a queue."), Asks(), Asks());

        JsonElement message = await AnswerAsync(proxy, Request(Tool.Replace("}", ""","max_uses":1}""", StringComparison.Ordinal)));

        JsonElement[] results = [.. Results(message)];
        Assert.Equal("advisor_result", TypeOf(results[0]));
        Assert.Equal(3, results.Length);
        foreach (JsonElement refused in results.Skip(1)) AssertJson("""{"type":"advisor_tool_result_error","error_code":"max_uses_exceeded"}""", refused);
        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
        Assert.Equal(4, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task Three_uses_are_the_limit_where_the_client_sets_none()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.AnswerAll(request => request.Json.GetProperty("model").GetString() == "gpt-6-sol" ? Reply.Text("Go on.") : Asks());

        JsonElement message = await AnswerAsync(proxy, Request());

        Assert.Equal(3, Results(message).Count(result => TypeOf(result) == "advisor_result"));
        Assert.Equal(3, proxy.Backend.Requests.Count(request => request.Json.GetProperty("model").GetString() == "gpt-6-sol"));
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"Your input exceeds the context window of this model.","code":"context_length_exceeded"}}""", "prompt_too_long")]
    [InlineData(429, """{"error":{"type":"rate_limit_error","code":"rate_limit_exceeded","message":"Slow down"}}""", "too_many_requests")]
    [InlineData(404, """{"detail":"Model not found"}""", "model_not_found")]
    [InlineData(400, """{"detail":"nothing to be done"}""", "unavailable")]
    public async Task An_advisor_that_cannot_be_asked_is_told_as_the_tools_own_error(int status, string body, string code)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.AnswerAll(request => request.Json.GetProperty("model").GetString() == "gpt-6-sol" ? Reply.Json(status, body)
            : request.Json.GetRawText().Contains("function_call_output", StringComparison.Ordinal) ? Reply.Text("Then without.")
            : Asks());

        JsonElement message = await AnswerAsync(proxy, Request());

        AssertJson($$"""{"type":"advisor_tool_result_error","error_code":"{{code}}"}""", Assert.Single(Results(message)));
        Assert.Equal("Then without.", message.GetProperty("content").EnumerateArray().Last().GetProperty("text").GetString());
        Assert.Contains(code, proxy.Backend.Requests[^1].Input[^1].GetProperty("output").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_of_the_client_beside_it_end_the_turn_and_the_advice_goes_along()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.Answer(Reply.Calls(new FunctionCall("advisor", "{}"), new FunctionCall("Read", """{"file_path":"a"}""")), Reply.Text("Read b too."));

        JsonElement message = await AnswerAsync(proxy, Request($"{Tool},{Read}"));

        Assert.Equal(["tool_use", "server_tool_use", "advisor_tool_result"], message.GetProperty("content").EnumerateArray().Select(TypeOf));
        Assert.Equal("tool_use", message.GetProperty("stop_reason").GetString());
        Assert.Equal(["message", "advisor_message"], message.GetProperty("usage").GetProperty("iterations").EnumerateArray().Select(TypeOf));
        Assert.Equal(2, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task A_client_sees_signs_of_life_and_in_the_end_that_the_advisor_took_too_long()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-25T00:00:00Z", CultureInfo.InvariantCulture));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time, settings: Settings);
        var gate = new Gate();
        proxy.Backend.Answer(Asks("Let me ask."), Reply.Sse(new StreamScript().UnfinishedText("half").Hold(gate)), Reply.Text("Then without."));
        using HttpResponseMessage response = await proxy.PostAsync(Request(stream: true));
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(20));
        Task<IReadOnlyList<(string Name, JsonElement Data)>> reading = RunningProxy.EventsOf(response);
        for (int i = 0; i < 3000 && !reading.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        IReadOnlyList<(string Name, JsonElement Data)> events = await reading.WaitAsync(TimeSpan.FromSeconds(20));
        int call = IndexOf(events, "server_tool_use"), result = IndexOf(events, "advisor_tool_result");
        Assert.Contains(events.Take(result).Skip(call), e => e.Name == "ping");
        AssertJson("""{"type":"advisor_tool_result_error","error_code":"execution_time_exceeded"}""", events[result].Data.GetProperty("content_block").GetProperty("content"));
        Assert.Equal("message_stop", events[^1].Name);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_question_too()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        var gate = new Gate();
        proxy.Backend.Answer(Asks("Let me ask."), Reply.Sse(new StreamScript().UnfinishedText("half").Hold(gate)));
        HttpResponseMessage response = await proxy.PostAsync(Request(stream: true));
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(20));
        response.Dispose();

        ReceivedRequest question = await proxy.Backend.WaitForRequestAsync(2);
        Assert.Equal(RequestEnd.ClientLeft, await question.Ended.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(["left", "left"], (await proxy.ListedAsync(2)).Select(row => row!["outcome"]!.GetValue<string>()));
        Assert.Equal(2, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task A_turn_that_cannot_go_on_after_the_advice_ends_with_an_error()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.Answer(Asks("Let me ask."), Reply.Text("Use a queue."), Reply.Json(400, """{"detail":"nothing to be done"}"""));

        using HttpResponseMessage response = await proxy.PostAsync(Request(stream: true));
        IReadOnlyList<(string Name, JsonElement Data)> events = await RunningProxy.EventsOf(response);

        Assert.True(IndexOf(events, "advisor_tool_result") > 0);
        Assert.Equal("error", events[^1].Name);
        Assert.Equal(3, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task The_question_stands_in_the_request_log_by_itself()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.Answer(Asks(), Reply.Text("Use a queue.", Advisors), Reply.Text("Done.", Second));

        await AnswerAsync(proxy, Request());

        JsonArray rows = await proxy.ListedAsync(2);
        JsonNode question = Assert.Single(rows, row => row!["path"]!.GetValue<string>() == "advisor")!;
        Assert.Equal("advisor", question["sideCall"]!.GetValue<string>());
        Assert.Equal("gpt-6-sol", question["upstreamModel"]!.GetValue<string>());
        Assert.Equal(50, question["tokens"]!["output"]!.GetValue<int>());
        JsonNode turn = Assert.Single(rows, row => row!["path"]!.GetValue<string>() == "/v1/messages")!;
        Assert.Equal(30, turn["tokens"]!["output"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_next_turn_begins_as_the_one_with_the_advice_ended()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);
        proxy.Backend.Answer(Asks("Let me ask."), Reply.Text("Use a \"queue\"."), Reply.Text("I use a queue."), Reply.Text("Done."));
        JsonElement message = await AnswerAsync(proxy, Request());

        await AnswerAsync(proxy, Request().Replace("\"messages\":[{\"role\":\"user\",\"content\":\"How shall I build it?\"}]",
            $$""" "messages":[{"role":"user","content":"How shall I build it?"},{"role":"assistant","content":{{message.GetProperty("content").GetRawText()}}},{"role":"user","content":"Go on"}] """, StringComparison.Ordinal));

        string[] advised = [.. proxy.Backend.Requests[2].Input.Select(item => item.GetRawText())];
        string[] next = [.. proxy.Backend.Requests[3].Input.Select(item => item.GetRawText())];
        Assert.Equal(advised, next.Take(advised.Length));
        Assert.Equal(advised.Length + 2, next.Length);
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task Without_a_model_for_it_the_tool_is_left_out_and_the_answer_says_so()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        using HttpResponseMessage response = await proxy.PostAsync(Request());

        Assert.Equal("advisor", Assert.Single(response.Headers.GetValues("x-proxy-dropped-tools")));
        Assert.Empty(Assert.Single(proxy.Backend.Requests).Json.GetProperty("tools").EnumerateArray());
    }

    [Fact]
    public async Task A_limit_that_is_none_is_refused()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Settings);

        using HttpResponseMessage response = await proxy.PostAsync(Request(Tool.Replace("}", ""","max_uses":"many"}""", StringComparison.Ordinal)));

        await RunningProxy.AssertErrorAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "tools.0.max_uses: Input should be a valid integer greater than 0");
    }

    private static Reply Asks(string text = "One moment.") => Reply.Sse(new StreamScript().Text(text).Calls(new FunctionCall("advisor", "{}")).Completed(First));

    private static string Request(string tools = Tool, bool stream = false, string more = "") =>
        RunningProxy.Ask("How shall I build it?", stream, $""" "tools":[{tools}]{(more.Length > 0 ? "," + more : "")} """);

    private static async Task<JsonElement> AnswerAsync(RunningProxy proxy, string request)
    {
        using HttpResponseMessage response = await proxy.PostAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static IEnumerable<JsonElement> Results(JsonElement message) =>
        message.GetProperty("content").EnumerateArray().Where(block => TypeOf(block) == "advisor_tool_result").Select(block => block.GetProperty("content"));

    private static int IndexOf(IReadOnlyList<(string Name, JsonElement Data)> events, string block) =>
        events.ToList().FindIndex(e => e.Name == "content_block_start" && TypeOf(e.Data.GetProperty("content_block")) == block);

    private static void AssertCall(JsonElement call, JsonElement result)
    {
        Assert.Equal("advisor", call.GetProperty("name").GetString());
        AssertJson("{}", call.GetProperty("input"));
        Assert.StartsWith("srvtoolu_", call.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(call.GetProperty("id").GetString(), result.GetProperty("tool_use_id").GetString());
    }

    /// <summary>The advisor's tokens are no part of the turn's own.</summary>
    private static void AssertUsage(JsonElement usage)
    {
        Assert.Equal((60 + 30, 140, 30), (usage.GetProperty("input_tokens").GetInt32(), usage.GetProperty("cache_read_input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32()));
        Assert.Equal([("message", "gpt-5.5", 60, 10), ("advisor_message", "claude-opus-5-5", 500, 50), ("message", "gpt-5.5", 30, 20)],
            usage.GetProperty("iterations").EnumerateArray().Select(iteration => (
                TypeOf(iteration), iteration.GetProperty("model").GetString()!, iteration.GetProperty("input_tokens").GetInt32(), iteration.GetProperty("output_tokens").GetInt32())));
        foreach (JsonElement iteration in usage.GetProperty("iterations").EnumerateArray())
        {
            foreach (string member in new[] { "cache_creation", "cache_creation_input_tokens", "cache_read_input_tokens" }) Assert.True(iteration.TryGetProperty(member, out _), member);
        }
    }

    private static string TypeOf(JsonElement element) => element.GetProperty("type").GetString()!;

    private static void AssertJson(string expected, JsonElement actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual.GetRawText())), $"{expected} but {actual.GetRawText()}");
}
