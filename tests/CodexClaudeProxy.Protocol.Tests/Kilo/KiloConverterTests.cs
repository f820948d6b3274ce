using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Kilo;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Tests.CodexToMessages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.Kilo;

/// <summary>Chunks of the gateway as the client sees them.</summary>
public sealed class KiloConverterTests
{
    private const string Usage = """{"choices":[],"usage":{"prompt_tokens":30,"completion_tokens":9,"prompt_tokens_details":{"cached_tokens":10}}}""";

    [Fact]
    public void Text_and_usage()
    {
        JsonObject message = Fold(Delta("""{"role":"assistant","content":""}"""), Delta("""{"content":"Hel"}"""), Delta("""{"content":"lo \"you\""}"""), End("stop"), Usage, "[DONE]");

        Assert.Equal("""[{"type":"text","text":"Hello \"you\""}]""", Text(message["content"]!));
        Assert.Equal("end_turn", message["stop_reason"]!.GetValue<string>());
        Assert.Equal((20, 10, 9), (message["usage"]!["input_tokens"]!.GetValue<int>(), message["usage"]!["cache_read_input_tokens"]!.GetValue<int>(), message["usage"]!["output_tokens"]!.GetValue<int>()));
        Assert.StartsWith("msg_", message["id"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reasoning")]
    [InlineData("reasoning_content")]
    public void Thoughts_come_before_the_text_in_a_block_of_their_own(string member)
    {
        JsonObject message = Fold(Delta($$"""{"content":"","{{member}}":"Let me "}"""), Delta($$"""{"{{member}}":"see"}"""), Delta("""{"content":"Yes"}"""), End("stop"), "[DONE]");

        Assert.Equal("""[{"type":"thinking","thinking":"Let me see","signature":""},{"type":"text","text":"Yes"}]""", Text(message["content"]!));
    }

    [Fact]
    public void Thoughts_nobody_asked_for_are_left_out()
    {
        JsonObject message = Fold(SampleTurn.Context(ThinkingDisplay.Hidden), [Delta("""{"reasoning":"hm"}"""), Delta("""{"content":"Yes"}"""), End("stop"), "[DONE]"]);

        Assert.Equal("text", Assert.Single(message["content"]!.AsArray())!["type"]!.GetValue<string>());
    }

    [Fact]
    public void Interleaved_calls_are_told_apart_by_their_index()
    {
        JsonObject message = Fold(
            Delta("""{"content":"Both."}"""),
            Call(0, "call_a", "read", "{\\\"p\\\":"), Call(1, "call_b", "write", ""), Call(0, null, null, "\\\"x"), Call(1, null, null, "{\\\"q\\\":1}"), Call(0, null, null, "\\\"}"),
            End("tool_calls"), Usage, "[DONE]");

        JsonArray content = message["content"]!.AsArray();
        Assert.Equal(["text", "tool_use", "tool_use"], content.Select(block => block!["type"]!.GetValue<string>()));
        Assert.Equal(("call_a", "read", """{"p":"x"}"""), (content[1]!["id"]!.GetValue<string>(), content[1]!["name"]!.GetValue<string>(), Text(content[1]!["input"]!)));
        Assert.Equal(("call_b", "write", """{"q":1}"""), (content[2]!["id"]!.GetValue<string>(), content[2]!["name"]!.GetValue<string>(), Text(content[2]!["input"]!)));
        Assert.Equal("tool_use", message["stop_reason"]!.GetValue<string>());
    }

    [Fact]
    public void Whole_calls_that_all_have_the_same_index_stay_apart()
    {
        JsonObject message = Fold(Call(0, "call_a", "read", "{}"), Call(0, "call_b", "write", "{}"), End("tool_calls"), "[DONE]");

        Assert.Equal(["call_a", "call_b"], message["content"]!.AsArray().Select(block => block!["id"]!.GetValue<string>()));
    }

    [Fact]
    public void A_call_whose_name_comes_late_and_arguments_as_an_object_are_understood()
    {
        JsonObject message = Fold(
            Delta("""{"tool_calls":[{"id":"a","function":{"arguments":""}}]}"""),
            Delta("""{"tool_calls":[{"id":"a","function":{"name":"read","arguments":{"p":1}}}]}"""),
            End("tool_calls"), "[DONE]");

        Assert.Equal("""{"p":1}""", Text(Assert.Single(message["content"]!.AsArray())!["input"]!));
    }

    [Theory]
    [InlineData("stop", "end_turn")]
    [InlineData("length", "max_tokens")]
    [InlineData("content_filter", "refusal")]
    [InlineData("something_new", "end_turn")]
    public void Why_it_ended(string finish, string reason)
    {
        JsonObject message = Fold(Delta("""{"content":"x"}"""), End(finish), Usage, "[DONE]");

        Assert.Equal(reason, message["stop_reason"]!.GetValue<string>());
    }

    [Fact]
    public void Stop_sequences_and_limits_hold_here_too()
    {
        JsonObject stopped = Fold(SampleTurn.Context(stops: ["END"]), [Delta("""{"content":"one E"}"""), Delta("""{"content":"ND two"}""")]);
        Assert.Equal(("stop_sequence", "END", "one "), (stopped["stop_reason"]!.GetValue<string>(), stopped["stop_sequence"]!.GetValue<string>(), stopped["content"]![0]!["text"]!.GetValue<string>()));

        JsonObject cut = Fold(SampleTurn.Context(max: 2), [Delta("""{"content":"one two three four"}""")]);
        Assert.Equal("max_tokens", cut["stop_reason"]!.GetValue<string>());
    }

    [Fact]
    public void The_end_without_usage_is_an_end_and_its_usage_an_estimate()
    {
        Assert.Equal(250_000, Fold(Delta("""{"content":"x"}"""), End("stop"))["usage"]!["input_tokens"]!.GetValue<int>());
        Assert.Equal("end_turn", Fold(Delta("""{"content":"x"}"""), "[DONE]")["stop_reason"]!.GetValue<string>());
    }

    [Fact]
    public void A_stream_that_breaks_off_is_a_failure()
    {
        Assert.Equal(CodexFailureKind.StreamEnded, Failure(Delta("""{"content":"x"}"""))!.Kind);
        Assert.Equal(CodexFailureKind.StreamEnded, Failure(Call(0, "a", "read", "{"))!.Kind);
        Assert.Equal(CodexFailureKind.StreamEnded, Failure("[DONE]")!.Kind);
        Assert.Equal(CodexFailureKind.StreamEnded, Failure("not json", "[1]")!.Kind);
    }

    [Theory]
    [InlineData("""{"error":{"code":429,"message":"Rate limit exceeded: free-models-per-min"}}""", CodexFailureKind.RateLimited)]
    [InlineData("""{"error":{"code":502,"message":"Provider returned error"}}""", CodexFailureKind.ServerError)]
    [InlineData("""{"error":{"code":400,"message":"This endpoint's maximum context length is 204800 tokens."}}""", CodexFailureKind.ContextOverflow)]
    [InlineData("""{"choices":[{"index":0,"delta":{},"finish_reason":"error","error":{"code":503,"message":"busy"}}]}""", CodexFailureKind.Overloaded)]
    [InlineData("""{"error":"out of order"}""", CodexFailureKind.ServerError)]
    public void An_error_in_the_stream_is_classified(string chunk, CodexFailureKind kind) => Assert.Equal(kind, Failure(chunk)!.Kind);

    [Fact]
    public void A_whole_answer_counts_as_a_stream()
    {
        JsonObject message = Fold("""
            {"type":"response.failed","response":{"id":"gen-1","choices":[{"message":{"role":"assistant","content":"Hi","tool_calls":[{"id":"a","type":"function","function":{"name":"read","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}}
            """);

        Assert.Equal(["text", "tool_use"], message["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()));
        Assert.Equal(3, message["usage"]!["input_tokens"]!.GetValue<int>());
    }

    private static string Delta(string delta) => $$"""{"id":"gen-1","created":1795380000,"choices":[{"index":0,"delta":{{delta}},"finish_reason":null}]}""";

    private static string End(string reason) => $$"""{"id":"gen-1","choices":[{"index":0,"delta":{},"finish_reason":"{{reason}}"}]}""";

    private static string Call(int index, string? id, string? name, string arguments) => Delta(
        "{\"tool_calls\":[{\"index\":" + index + (id is null ? "" : $",\"id\":\"{id}\"") + ",\"function\":{" + (name is null ? "" : $"\"name\":\"{name}\",") + $"\"arguments\":\"{arguments}\"" + "}}]}");

    private static JsonObject Fold(params string[] chunks) => Fold(SampleTurn.Context(), chunks);

    private static JsonObject Fold(TurnContext context, string[] chunks)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(Run(context, new MessageEventWriter(output), chunks));
        List<(string, System.Text.Json.JsonElement)> events = [];
        foreach (string frame in Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            events.Add((frame.Split('\n')[0][7..], System.Text.Json.JsonDocument.Parse(frame.Split('\n')[1][6..]).RootElement));
        Assert.Equal("message_stop", events[^1].Item1);
        return MessageFolding.Fold(events);
    }

    private static CodexFailure? Failure(params string[] chunks) => Run(SampleTurn.Context(), new MessageEventWriter(new ArrayBufferWriter<byte>()), chunks);

    private static CodexFailure? Run(TurnContext context, ITurnSink sink, string[] chunks)
    {
        using var converter = new KiloConverter(new TurnConverter(context, sink, TimeProvider.System), TimeProvider.System);
        foreach (string chunk in chunks) converter.Handle(Encoding.UTF8.GetBytes(chunk));
        converter.EndOfStream();
        converter.Conclude();
        return converter.Failure;
    }

    private static string Text(JsonNode node) => node.ToJsonString(new System.Text.Json.JsonSerializerOptions
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    });
}
