using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>Writes an answer as the chunks of a Chat Completions stream. Nothing is allocated for a delta.</summary>
public sealed class ChatChunkWriter(IBufferWriter<byte> output, ChatForm form) : ITurnSink, IDisposable
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ChatProgress _progress = new(form);
    private byte[] _head = [];

    public bool HasSeparateFields => true;

    private static ReadOnlySpan<byte> DeltaStart => ",\"choices\":[{\"index\":0,\"delta\":"u8;

    private ReadOnlySpan<byte> ChunkEnd => form.IncludeUsage ? "],\"usage\":null}\n\n"u8 : "]}\n\n"u8;

    public void Begin(in TurnStart start)
    {
        using var head = new PooledBuffer();
        head.Append("data: {"u8);
        ChatJson.WriteHead(head, start, "chat.completion.chunk"u8);
        _head = head.Written.ToArray();
        WriteChunk("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}"u8, default, default, default);
    }

    public void OpenText(int block, in TextStart start) => _progress.OpenText(start);

    public void Text(int block, ReadOnlySpan<byte> text)
    {
        var opening = _progress.IsRefusal ? "{\"refusal\":\""u8 : "{\"content\":\""u8;
        WriteChunk(opening, _progress.BeforeText(text), text, "\"}"u8);
    }

    public void Cite(int block, in SearchHit hit) => _progress.Cite(hit);

    public void OpenThinking(int block) => _progress.OpenReasoning();

    public void Thinking(int block, ReadOnlySpan<byte> text, bool newPart) =>
        WriteChunk("{\"reasoning_content\":\""u8, _progress.BeforeReasoning(text, newPart), text, "\"}"u8);

    public void Signature(int block, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> signature) => _progress.Sign(itemId, signature);

    public void OpenTool(int block, in ToolStart tool)
    {
        var number = _progress.OpenCall(block, tool.IsFreeForm);
        StartChunk();
        if (form.LegacyFunctions)
        {
            output.Write("{\"function_call\":{\"name\":\""u8);
            output.Write(tool.Name);
            output.Write("\",\"arguments\":\"\"}}"u8);
        }
        else
        {
            output.Write("{\"tool_calls\":[{\"index\":"u8);
            output.WriteNumber(number);
            output.Write(",\"id\":\""u8);
            output.Write(tool.Id);
            output.Write(tool.IsFreeForm ? "\",\"type\":\"custom\",\"custom\":{\"name\":\""u8 : "\",\"type\":\"function\",\"function\":{\"name\":\""u8);
            output.Write(tool.Name);
            output.Write(tool.IsFreeForm ? "\",\"input\":\"\"}}]}"u8 : "\",\"arguments\":\"\"}}]}"u8);
        }

        EndChunk();
    }

    public void ToolInput(int block, ReadOnlySpan<byte> json)
    {
        if (form.LegacyFunctions)
        {
            WriteChunk("{\"function_call\":{\"arguments\":\""u8, default, json, "\"}}"u8);
            return;
        }

        var number = _progress.CallOf(block, out var isFreeForm);
        StartChunk();
        output.Write("{\"tool_calls\":[{\"index\":"u8);
        output.WriteNumber(number);
        output.Write(isFreeForm ? ",\"custom\":{\"input\":\""u8 : ",\"function\":{\"arguments\":\""u8);
        output.Write(json);
        output.Write("\"}}]}"u8);
        EndChunk();
    }

    public void Image(int block, ReadOnlySpan<byte> base64)
    {
        if (base64.IsEmpty) return;
        StartChunk();
        output.Write("{\"images\":["u8);
        ChatJson.WriteImage(output, base64);
        output.Write("]}"u8);
        EndChunk();
    }

    public void Search(int callBlock, in SearchCall call)
    {
        // The citations in the text tell of it.
    }

    public void Close(int block)
    {
        // No field is ever closed.
    }

    public void KeepAlive(int block, BlockKind kind) => output.Write(": keep-alive\n\n"u8);

    public void End(in TurnEnd end)
    {
        if (!_progress.Annotations.IsEmpty) WriteChunk("{\"annotations\":["u8, default, _progress.Annotations, "]}"u8);
        if (!_progress.ReasoningDetails.IsEmpty) WriteChunk("{\"reasoning_details\":["u8, default, _progress.ReasoningDetails, "]}"u8);
        StartChunk();
        output.Write("{},\"logprobs\":null,\"finish_reason\":\""u8);
        output.Write(ChatJson.FinishReason(end, form.LegacyFunctions));
        output.Write("\"}"u8);
        output.Write(ChunkEnd);
        if (form.IncludeUsage)
        {
            output.Write(_head);
            output.Write(",\"choices\":[],\"usage\":"u8);
            ChatJson.WriteUsage(output, end.Usage);
            output.Write("}\n\n"u8);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>Without the closing mark: clients must not take what they have for the whole.</summary>
    public void Fail(ApiError error)
    {
        output.Write("data: "u8);
        using (var json = new Utf8JsonWriter(output, Relaxed)) OpenAiError.Write(json, error);
        output.Write("\n\n"u8);
    }

    public void Dispose() => _progress.Dispose();

    private void StartChunk()
    {
        output.Write(_head);
        output.Write(DeltaStart);
    }

    private void EndChunk()
    {
        output.Write(",\"logprobs\":null,\"finish_reason\":null}"u8);
        output.Write(ChunkEnd);
    }

    private void WriteChunk(ReadOnlySpan<byte> opening, ReadOnlySpan<byte> before, ReadOnlySpan<byte> text, ReadOnlySpan<byte> closing)
    {
        StartChunk();
        output.Write(opening);
        output.Write(before);
        output.Write(text);
        output.Write(closing);
        EndChunk();
    }
}
