using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.ChatCompletions;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Kilo;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Responses;
using CodexClaudeProxy.Protocol.Tests.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.CodexToMessages;

/// <summary>Whatever an upstream says, the client gets sound JSON and one end, or a failure; it never breaks the program.</summary>
public sealed class OddUpstreamTests
{
    private const string Codex = """
        [{"type":"response.created","response":{"id":"resp_1","model":"m","created_at":1764000000,"service_tier":"priority"}},
        {"type":"codex.rate_limits","plan_type":"plus","rate_limits":{"allowed":true,"limit_reached":false,"primary":{"used_percent":1,"window_minutes":300,"reset_at":1764000000},"secondary":null},"credits":{"has_credits":true,"unlimited":false,"balance":"1"}},
        {"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[]}},
        {"type":"response.reasoning_summary_text.delta","output_index":0,"item_id":"rs_1","summary_index":0,"delta":"Plan"},
        {"type":"response.reasoning_summary_part.done","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"Plan A"}},
        {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Plan A"}],"encrypted_content":"gAAAAABexample0001"}},
        {"type":"response.output_item.done","output_index":1,"item":{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q","queries":["q","r"],"sources":[{"type":"url","url":"https://a.com","title":"A"}]}}},
        {"type":"response.output_item.added","output_index":2,"item":{"type":"message","id":"msg_1","phase":"commentary"}},
        {"type":"response.output_text.delta","output_index":2,"content_index":0,"delta":"one two three"},
        {"type":"response.output_text.annotation.added","output_index":2,"content_index":0,"annotation":{"type":"url_citation","url":"https://a.com","title":"A","start_index":0,"end_index":3}},
        {"type":"response.output_text.done","output_index":2,"content_index":0,"text":"one two three four"},
        {"type":"response.output_item.done","output_index":2,"item":{"type":"message","content":[{"type":"output_text","text":"one two three four","annotations":[{"type":"url_citation","url":"https://a.com"}]},{"type":"refusal","refusal":"No"}]}},
        {"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","id":"fc_1","call_id":"A","name":"f","arguments":""}},
        {"type":"response.output_item.added","output_index":4,"item":{"type":"custom_tool_call","id":"ct_1","call_id":"B","name":"p","input":""}},
        {"type":"response.custom_tool_call_input.delta","output_index":4,"delta":"x"},
        {"type":"response.function_call_arguments.delta","output_index":3,"delta":"{\"a\":"},
        {"type":"response.function_call_arguments.done","output_index":3,"name":"f","arguments":"{\"a\":null}"},
        {"type":"response.output_item.done","output_index":3,"item":{"type":"function_call","call_id":"A","name":"f","arguments":"{\"a\":null}","status":"completed"}},
        {"type":"response.output_item.done","output_index":4,"item":{"type":"custom_tool_call","call_id":"B","name":"p","input":"xy"}},
        {"type":"response.output_item.done","output_index":5,"item":{"type":"image_generation_call","id":"ig_1","result":"AAAA"}},
        {"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[{"type":"message","content":[]}],"incomplete_details":{"reason":"x"},"usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":1},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":1}}}}]
        """;

    private const string Failing = """
        [{"type":"response.created","response":{"id":"resp_1"}},{"type":"error","error":{"type":"server_error","code":"x","message":"m","param":"p"},"message":"m"},
        {"type":"response.failed","response":{"error":{"type":"t","code":"c","message":"try again in 1s","param":"p","plan_type":"plus","resets_at":1764000000,"resets_in_seconds":5},"detail":[{"loc":["a"],"msg":"b"}]}}]
        """;

    private const string Chunks = """
        [{"id":"gen-1","created":1764000000,"choices":[{"index":0,"delta":{"role":"assistant","reasoning":"t","reasoning_content":"t"}}]},
        {"id":"gen-1","choices":[{"index":0,"delta":{"content":"one two three"}}]},
        {"id":"gen-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"A","type":"function","function":{"name":"f","arguments":"{\"a\":"}},{"index":1,"id":"B","function":{"name":"g","arguments":"{}"}}]}}]},
        {"id":"gen-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":"tool_calls"}]},
        {"id":"gen-1","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}}]
        """;

    [Theory]
    [InlineData(Codex)]
    [InlineData(Failing)]
    public void One_odd_value_of_the_backend_ends_in_an_answer_or_a_failure(string stream)
    {
        foreach (var json in OddJson.Of(stream)) RunAll(json, static converter => converter, relays: true);
    }

    [Fact]
    public void One_odd_value_of_the_gateway_ends_in_an_answer_or_a_failure()
    {
        foreach (var json in OddJson.Of(Chunks)) RunAll(json, static converter => new KiloConverter(converter, TimeProvider.System), relays: false);
    }

    private static void RunAll(string stream, Func<IEventConverter, IEventConverter> around, bool relays)
    {
        try
        {
            using var document = JsonDocument.Parse(stream);
            byte[][] events = [.. document.RootElement.EnumerateArray().Select(static one => Encoding.UTF8.GetBytes(one.GetRawText()))];
            using var output = new PooledBuffer();
            Run(events, around(new TurnConverter(Context(), new MessageEventWriter(output), TimeProvider.System)));
            AssertFrames(output);
            using var message = new MessageBuilder();
            if (Run(events, around(new TurnConverter(Context(), message, TimeProvider.System)))) JsonDocument.Parse(message.Document).Dispose();

            output.Clear();
            using var chunks = new ChatChunkWriter(output, new ChatForm { ReasoningDetails = true });
            Run(events, around(new TurnConverter(Context(), chunks, TimeProvider.System)));
            AssertFrames(output);
            using var completion = new ChatCompletionBuilder(new ChatForm { LegacyFunctions = true });
            if (Run(events, around(new TurnConverter(Context(), completion, TimeProvider.System)))) JsonDocument.Parse(completion.Document).Dispose();

            if (!relays) return;
            output.Clear();
            Run(events, new ResponseRelay(Context(), output, new RelayForm(Stream: true, IsCodex: false), TimeProvider.System));
            AssertFrames(output);
            output.Clear();
            if (Run(events, new ResponseRelay(Context(), output, new RelayForm(Stream: false, IsCodex: false), TimeProvider.System))) JsonDocument.Parse(output.WrittenMemory).Dispose();
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException(stream, e);
        }
    }

    /// <returns>Whether it is a whole answer.</returns>
    private static bool Run(byte[][] events, IEventConverter converter)
    {
        using (converter)
        {
            foreach (var one in events) converter.Handle(one);
            converter.KeepAlive();
            converter.EndOfStream();
            converter.Conclude();
            Assert.True(converter.IsEnded);
            Assert.NotEqual(converter.Failure is null, converter.Outcome is null);
            _ = converter.Failure?.ToApiError(Context()).Message.Length;
            return converter.Failure is null;
        }
    }

    private static void AssertFrames(PooledBuffer output)
    {
        foreach (var line in Encoding.UTF8.GetString(output.Written).Split('\n'))
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) && line != "data: [DONE]") JsonDocument.Parse(line[6..]).Dispose();
        }
    }

    private static TurnContext Context() => SampleTurn.Context(
        stops: ["never"], max: 1000, names: new Dictionary<string, ClientToolName> { ["f"] = new("a long name") },
        tools: new Dictionary<string, ToolFacts> { ["a long name"] = new() { Schema = JsonElement.Parse("""{"properties":{"a":{"type":"string"}}}""") } }, search: new WebSearchFacts { MaxUses = 3, Forced = true });
}
