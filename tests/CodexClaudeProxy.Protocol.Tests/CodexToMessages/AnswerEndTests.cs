using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>How an answer ends: which event it was, why it stopped, and what it cost.</summary>
public sealed class AnswerEndTests
{
    private const string Hi = """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi"}""";
    private const string Call = """{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"A","name":"f","arguments":"{\"a\":1}"}}""";

    [Theory]
    [InlineData("""{"type":"response.cancelled","response":{}}""", CodexFailureKind.Cancelled, null)]
    [InlineData("""{"type":"response.done","response":{"status":"cancelled"}}""", CodexFailureKind.Cancelled, null)]
    [InlineData("""{"type":"response.done","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"slower"}}}""", CodexFailureKind.RateLimited, "slower")]
    [InlineData("""{"type":"response.completed","response":{"status":"failed","error":{"code":"server_error","message":"boom"}}}""", CodexFailureKind.ServerError, "boom")]
    [InlineData("""{"type":"response.error","error":{"code":"server_is_overloaded","message":"busy"}}""", CodexFailureKind.Overloaded, "busy")]
    [InlineData("""{"type":"response.failed","response":{"detail":"Model not found gpt-9"}}""", CodexFailureKind.ModelNotFound, "Model not found gpt-9")]
    public void A_failure_is_one_whichever_event_tells_it(string json, CodexFailureKind kind, string? text)
    {
        using var sink = new CodexClaudeProxy.Protocol.Messages.MessageBuilder();
        using var converter = new TurnConverter(SampleTurn.Context(), sink, TimeProvider.System);
        foreach (var one in UpstreamScript.Raw(Hi, json)) converter.Handle(one);
        converter.EndOfStream();
        Assert.Equal((kind, text), (converter.Failure!.Kind, converter.Failure.Text));
        Assert.Null(converter.Outcome);
    }

    [Theory]
    [InlineData(Hi, """{"incomplete_details":{"reason":"max_tokens"}}""", "max_tokens")]
    [InlineData(Hi, """{"incomplete_details":{"reason":"somebody_new"}}""", "max_tokens")]
    [InlineData(Hi, "{}", "max_tokens")]
    [InlineData(Call, "{}", "tool_use")]
    [InlineData(Call, """{"incomplete_details":{"reason":"max_output_tokens"}}""", "max_tokens")]
    [InlineData(Call, """{"incomplete_details":{"reason":"content_filter"}}""", "refusal")]
    public void An_incomplete_answer_has_the_first_reason_that_holds(string item, string response, string reason) =>
        Assert.Equal(reason, Answer(SampleTurn.Context(), item, $$"""{"type":"response.incomplete","response":{{response}}}""")["stop_reason"]!.GetValue<string>());

    [Fact]
    public void A_filter_gives_no_explanation_and_a_refusal_its_first_thousand_characters()
    {
        var filtered = Answer(SampleTurn.Context(), Hi, """{"type":"response.incomplete","response":{"incomplete_details":{"reason":"content_filter"}}}""");
        Same("""{"type":"refusal","category":null,"explanation":null}""", filtered["stop_details"]);
        var words = new string('n', 1500);
        var refused = Answer(SampleTurn.Context(), $$"""{"type":"response.refusal.delta","output_index":0,"content_index":0,"delta":"{{words}}"}""", Completed());
        Same($$"""{"type":"refusal","category":null,"explanation":"{{words[..1000]}}"}""", refused["stop_details"]);
        Assert.Equal(words, refused["content"]![0]!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("cyber_policy", "cyber")]
    [InlineData("bio_policy", "bio")]
    public void A_policy_names_its_category_and_its_words_follow_what_was_said(string code, string category)
    {
        var message = Answer(SampleTurn.Context(), Hi, $$$$"""{"type":"response.failed","response":{"error":{"code":"{{{{code}}}}","message":"Blocked."}}}""");
        Assert.Equal(["Hi", "Blocked."], message["content"]!.AsArray().Select(static block => block!["text"]!.GetValue<string>()));
        Same($$"""{"type":"refusal","category":"{{category}}","explanation":"Blocked."}""", message["stop_details"]);
    }

    [Fact]
    public void A_refusal_has_a_block_of_its_own()
    {
        var message = Answer(SampleTurn.Context(), Hi, """{"type":"response.refusal.delta","output_index":0,"content_index":1,"delta":"No"}""",
            """{"type":"response.refusal.done","output_index":0,"content_index":1,"refusal":"No."}""", Completed());
        Assert.Equal(["Hi", "No."], message["content"]!.AsArray().Select(static block => block!["text"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("""{"input_tokens":10,"output_tokens":4}""", 10, 0, 0, 4, 0)]
    [InlineData("""{"prompt_tokens":10,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens":4,"completion_tokens_details":{"reasoning_tokens":2}}""", 7, 3, 0, 4, 2)]
    [InlineData("""{"input_tokens":5,"input_tokens_details":{"cached_tokens":6,"cache_write_tokens":2},"output_tokens":4,"output_tokens_details":null}""", 0, 6, 2, 4, 0)]
    public void The_three_kinds_of_input_are_disjoint(string usage, int fresh, int read, int written, int output, int thinking)
    {
        var told = Answer(SampleTurn.Context(), Hi, Completed($$$"""{"usage":{{{usage}}}}"""))["usage"]!;
        Same($$"""
            {"input_tokens":{{fresh}},"cache_creation_input_tokens":{{written}},"cache_read_input_tokens":{{read}},"cache_creation":{"ephemeral_5m_input_tokens":{{written}},"ephemeral_1h_input_tokens":0},
            "output_tokens":{{output}},"output_tokens_details":{"thinking_tokens":{{thinking}}},"server_tool_use":null,"service_tier":"standard","inference_geo":null}
            """, told);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"usage":null}""")]
    [InlineData("""{"usage":{}}""")]
    public void Without_numbers_of_the_backend_there_are_our_own(string response)
    {
        var usage = Answer(SampleTurn.Context(), Hi, Completed(response))["usage"]!;
        Assert.Equal((250_000, 0, 1), (usage["input_tokens"]!.GetValue<int>(), usage["cache_read_input_tokens"]!.GetValue<int>(), usage["output_tokens"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("""{"service_tier":"priority"}""", "priority")]
    [InlineData("""{"service_tier":"default"}""", "standard")]
    public void The_tier_is_the_backends_word(string response, string tier) =>
        Assert.Equal(tier, Answer(SampleTurn.Context(), Hi, Completed(response))["usage"]!["service_tier"]!.GetValue<string>());

    [Fact]
    public void An_answer_we_ended_ourselves_costs_what_we_counted_and_keeps_its_tier()
    {
        var usage = Answer(SampleTurn.Context(stops: ["END"]), """{"type":"response.in_progress","response":{"service_tier":"priority"}}""",
            """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"one two END"}""")["usage"]!;
        Assert.Equal((250_000, 0, "priority"), (usage["input_tokens"]!.GetValue<int>(), usage["cache_read_input_tokens"]!.GetValue<int>(), usage["service_tier"]!.GetValue<string>()));
        Assert.InRange(usage["output_tokens"]!.GetValue<int>(), 2, 3);
    }

    [Fact]
    public void A_call_is_never_cut_by_the_limit_and_nothing_follows_it()
    {
        var message = Answer(SampleTurn.Context(max: 3), Call.Replace("\\\"a\\\":1", "\\\"a\\\":\\\"one two three four five\\\"", StringComparison.Ordinal),
            """{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"more"}""");
        Assert.Equal("one two three four five", Assert.Single(message["content"]!.AsArray())!["input"]!["a"]!.GetValue<string>());
        Assert.Equal("tool_use", message["stop_reason"]!.GetValue<string>());
    }

    private static string Completed(string response = "{}") => $$"""{"type":"response.completed","response":{{response}}}""";

    private static JsonObject Answer(TurnContext context, params string[] events)
    {
        var (message, error) = SampleTurn.Message(context, UpstreamScript.Raw(events));
        Assert.Null(error);
        return JsonNode.Parse(message!.Value.GetRawText())!.AsObject();
    }

    private static void Same(string expected, JsonNode? actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual?.ToJsonString());
}
