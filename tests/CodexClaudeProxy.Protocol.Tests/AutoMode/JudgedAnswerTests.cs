using System.Buffers;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.Tests.CodexToMessages;

namespace CodexClaudeProxy.Protocol.Tests.AutoMode;

/// <summary>An answer whose calls are judged: its end is held, and the verdicts stand in it.</summary>
public sealed class JudgedAnswerTests
{
    private const string Completed = """{"type":"response.completed","response":{"id":"resp_1","status":"completed","usage":{"input_tokens":1,"output_tokens":1}}}""";

    private static string Call(int index, string id, string arguments) =>
        $$"""{"type":"response.output_item.done","output_index":{{index}},"item":{"type":"function_call","call_id":"{{id}}","arguments":"{{JsonEncodedText.Encode(arguments)}}","name":"Bash"} }""";

    [Fact]
    public void The_end_waits_and_carries_the_verdicts()
    {
        var output = new ArrayBufferWriter<byte>();
        using var converter = new TurnConverter(SampleTurn.Context(safeguards: true, judge: true), new MessageEventWriter(output), TimeProvider.System);
        Send(converter, Call(0, "A", """{"command":"ls"}"""), Call(1, "B", """{"command":"x"}"""), Call(2, "C", """{"command":"y"}"""));
        Assert.Equal(["A", "B", "C"], converter.Calls!.Complete.Select(call => Encoding.UTF8.GetString(call.Id)));
        Assert.Equal("""{"command":"x"}""", Encoding.UTF8.GetString(converter.Calls.Complete[1].Input));
        Assert.False(converter.Calls.MoreMayCome);

        Send(converter, Completed);
        Assert.True(converter.IsEnded && converter.Calls.IsHeld);
        Assert.DoesNotContain("message_delta", Text(output), StringComparison.Ordinal);
        converter.KeepAlive();
        Assert.EndsWith("event: ping\ndata: {\"type\":\"ping\"}\n\n", Text(output), StringComparison.Ordinal);

        converter.Calls.Verdicts =
        [
            new CallVerdict("A"u8.ToArray(), CallOutcome.NotFlagged) { CitedRule = "auto_mode.allow.0" },
            new CallVerdict("B"u8.ToArray(), CallOutcome.Flagged) { Explanation = "Says \"no\"." },
        ];
        converter.Conclude();
        converter.Conclude();

        Assert.Contains(
            "\"delta\":{\"stop_reason\":\"tool_use\",\"stop_sequence\":null,\"stop_details\":null,\"container\":null,\"safeguard_results\":[{\"type\":\"dangerous_tool_use\",\"status\":{\"type\":\"available\",\"tool_uses\":{"
            + "\"A\":{\"type\":\"evaluated\",\"outcome\":\"not_flagged\",\"cited_rule\":{\"type\":\"classifier_context\",\"path\":\"auto_mode.allow.0\"}},"
            + "\"B\":{\"type\":\"evaluated\",\"outcome\":\"flagged\",\"explanation\":\"Says \\\"no\\\".\"}}}}]}",
            Text(output), StringComparison.Ordinal);
        Assert.Single(Text(output).Split("event: message_stop").Skip(1));
    }

    [Fact]
    public void A_call_that_was_cut_off_is_to_be_made_again()
    {
        var output = new ArrayBufferWriter<byte>();
        using var converter = new TurnConverter(SampleTurn.Context(safeguards: true, judge: true), new MessageEventWriter(output), TimeProvider.System);
        Send(converter,
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"A","name":"Bash","arguments":""}}""",
            """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"comm"}""",
            """{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}""");

        Assert.False(converter.Calls!.IsHeld);
        Assert.Contains("\"tool_uses\":{\"A\":{\"type\":\"unavailable\",\"reason\":\"truncated\"}}", Text(output), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_without_calls_ends_at_once()
    {
        var output = new ArrayBufferWriter<byte>();
        using var converter = new TurnConverter(SampleTurn.Context(safeguards: true, judge: true), new MessageEventWriter(output), TimeProvider.System);
        Send(converter, """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"x"}""", Completed);
        Assert.Contains("\"tool_uses\":{}", Text(output), StringComparison.Ordinal);
    }

    [Fact]
    public void More_may_come_while_a_call_or_a_thought_is_open()
    {
        using var converter = new TurnConverter(SampleTurn.Context(safeguards: true, judge: true), new MessageEventWriter(new ArrayBufferWriter<byte>()), TimeProvider.System);
        Send(converter, Call(0, "A", "{}"), """{"type":"response.output_item.added","output_index":1,"item":{"type":"reasoning","id":"rs_1","summary":[]}}""");
        Assert.True(converter.Calls!.MoreMayCome);
    }

    private static void Send(TurnConverter converter, params string[] events)
    {
        foreach (var e in events) converter.Handle(Encoding.UTF8.GetBytes(e));
    }

    private static string Text(ArrayBufferWriter<byte> output) => Encoding.UTF8.GetString(output.WrittenSpan);
}
