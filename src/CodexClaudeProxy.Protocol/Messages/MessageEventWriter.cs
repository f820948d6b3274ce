using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>
/// Writes an answer as Anthropic's event stream: each method writes the exact bytes of its events. Both lines of a frame
/// are always there, since clients ignore a frame without its name. Nothing is allocated for a delta.
/// </summary>
/// <param name="requestId">Repeated in an error event, as in the response's header.</param>
public sealed class MessageEventWriter(IBufferWriter<byte> output, string? requestId = null) : ITurnSink
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Begin(in TurnStart start)
    {
        output.Write("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\""u8);
        output.Write(JsonText.Escaped(MessageId.Of(start.ResponseId)));
        output.Write("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""u8);
        output.Write(JsonText.Escaped(start.Model));
        output.Write("\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"stop_details\":null,\"container\":null,\"usage\":{\"input_tokens\":"u8);
        output.WriteNumber(start.InputTokens);
        output.Write(",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":0},\"output_tokens\":0,\"server_tool_use\":null,\"service_tier\":"u8);
        output.Write(start.Fast ? "\"priority\""u8 : "\"standard\""u8);
        output.Write("}}}\n\n"u8);
        WritePing();
    }

    public bool HasSeparateFields => false;

    public void OpenText(int block, in TextStart start)
    {
        StartBlock(block);
        output.Write("{\"type\":\"text\",\"text\":\"\"}}\n\n"u8);
    }

    public void Text(int block, ReadOnlySpan<byte> text) => WriteDelta(block, ",\"delta\":{\"type\":\"text_delta\",\"text\":\""u8, default, text);

    public void Cite(int block, in SearchHit hit)
    {
        StartDelta(block);
        output.Write(",\"delta\":{\"type\":\"citations_delta\",\"citation\":"u8);
        BlockJson.WriteCitation(output, hit.Url, hit.Title);
        output.Write("}}\n\n"u8);
    }

    public void OpenThinking(int block)
    {
        StartBlock(block);
        output.Write("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n"u8);
    }

    public void Thinking(int block, ReadOnlySpan<byte> text, bool newPart) =>
        WriteDelta(block, ",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\""u8, newPart ? "\\n\\n"u8 : default, text);

    // Clients replace the signature by each delta: it must come whole.
    public void Signature(int block, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> signature) =>
        WriteDelta(block, ",\"delta\":{\"type\":\"signature_delta\",\"signature\":\""u8, default, signature);

    public void OpenTool(int block, in ToolStart tool)
    {
        StartBlock(block);
        BlockJson.WriteToolHead(output, tool);
        output.Write("{},\"caller\":{\"type\":\"direct\"}}}\n\n"u8);
    }

    public void ToolInput(int block, ReadOnlySpan<byte> json) =>
        WriteDelta(block, ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\""u8, default, json);

    public void Image(int block, ReadOnlySpan<byte> base64)
    {
        OpenText(block, default);
        Text(block, BlockJson.ImageNote);
        Close(block);
    }

    public void Search(int callBlock, in SearchCall call)
    {
        StartBlock(callBlock);
        BlockJson.WriteSearchCallHead(output, call);
        output.Write("{},\"caller\":{\"type\":\"direct\"}}}\n\n"u8);
        StartDelta(callBlock);
        output.Write(",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\""u8);
        JsonText.Escape(call.InputJson, output);
        output.Write("\"}}\n\n"u8);
        Close(callBlock);

        StartBlock(callBlock + 1);
        BlockJson.WriteSearchResult(output, call);
        output.Write("}\n\n"u8);
        Close(callBlock + 1);
    }

    public void OpenAdvice(int block, ReadOnlySpan<byte> callId)
    {
        StartBlock(block);
        BlockJson.WriteAdvisorCall(output, callId);
        output.Write("}\n\n"u8);
        Close(block);
    }

    public void Advise(int block, ReadOnlySpan<byte> callId, Advice advice)
    {
        StartBlock(block);
        BlockJson.WriteAdvice(output, callId, advice);
        output.Write("}\n\n"u8);
        Close(block);
    }

    public void Close(int block)
    {
        output.Write("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8);
        output.WriteNumber(block);
        output.Write("}\n\n"u8);
    }

    // Beyond ten minutes of pings alone Claude Code gives up; an empty delta of the open block keeps it waiting.
    public void KeepAlive(int block, BlockKind kind)
    {
        switch (kind)
        {
            case BlockKind.Text: Text(block, default); break;
            case BlockKind.Thinking: Thinking(block, default, newPart: false); break;
            case BlockKind.Tool: ToolInput(block, default); break;
            default: WritePing(); break;
        }
    }

    public void End(in TurnEnd end)
    {
        output.Write("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{"u8);
        EndJson.WriteStop(output, end);
        output.Write(",\"container\":null"u8);
        if (end.Verdicts is { } verdicts) EndJson.WriteSafeguards(output, verdicts);
        output.Write("},\"usage\":"u8);
        EndJson.WriteUsage(output, end.Usage, whole: false);
        if (end.ContextManagement) EndJson.WriteAppliedEdits(output, end.Cleared);
        output.Write("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }

    public void Fail(ApiError error)
    {
        output.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, Relaxed)) AnthropicError.Write(json, error, requestId);
        output.Write("\n\n"u8);
    }

    private void WritePing() => output.Write("event: ping\ndata: {\"type\":\"ping\"}\n\n"u8);

    private void StartBlock(int block)
    {
        output.Write("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":"u8);
        output.WriteNumber(block);
        output.Write(",\"content_block\":"u8);
    }

    private void StartDelta(int block)
    {
        output.Write("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8);
        output.WriteNumber(block);
    }

    /// <summary>The one event that comes by the thousand: one reservation, four copies.</summary>
    private void WriteDelta(int block, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> before, ReadOnlySpan<byte> text)
    {
        var head = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8;
        var tail = "\"}}\n\n"u8;
        var target = output.GetSpan(head.Length + 11 + opening.Length + before.Length + text.Length + tail.Length);
        head.CopyTo(target);
        var length = head.Length;
        Utf8Formatter.TryFormat(block, target[length..], out var digits);
        length += digits;
        opening.CopyTo(target[length..]);
        length += opening.Length;
        before.CopyTo(target[length..]);
        length += before.Length;
        text.CopyTo(target[length..]);
        length += text.Length;
        tail.CopyTo(target[length..]);
        output.Advance(length + tail.Length);
    }
}
