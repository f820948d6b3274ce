using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>
/// Builds the single message of a non-streaming answer from the same calls that make the event stream, so that the two
/// can never differ. Blocks come one at a time, hence the JSON is written in order.
/// </summary>
public sealed class MessageBuilder : IDocumentSink
{
    private readonly PooledBuffer _content = new();
    private readonly PooledBuffer _citations = new();
    private readonly PooledBuffer _toolInput = new();
    private readonly PooledBuffer _signature = new();
    private readonly PooledBuffer _message = new();
    private BlockKind _open;
    private TurnStart _start;

    public ReadOnlyMemory<byte> Document => _message.WrittenMemory;

    public void Begin(in TurnStart start) => _start = start;

    public bool HasSeparateFields => false;

    public void OpenText(int block, in TextStart start) => OpenBlock(BlockKind.Text, "{\"type\":\"text\",\"text\":\""u8);

    public void Text(int block, ReadOnlySpan<byte> text) => _content.Append(text);

    public void Cite(int block, in SearchHit hit)
    {
        _citations.Append(_citations.Length == 0 ? "["u8 : ","u8);
        BlockJson.WriteCitation(_citations, hit.Url, hit.Title);
    }

    public void OpenThinking(int block) => OpenBlock(BlockKind.Thinking, "{\"type\":\"thinking\",\"thinking\":\""u8);

    public void Thinking(int block, ReadOnlySpan<byte> text, bool newPart)
    {
        if (newPart) _content.Append("\\n\\n"u8);
        _content.Append(text);
    }

    public void Signature(int block, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> signature)
    {
        _signature.Clear();
        _signature.Append(signature);
    }

    public void OpenTool(int block, in ToolStart tool)
    {
        OpenBlock(BlockKind.Tool, default);
        BlockJson.WriteToolHead(_content, tool);
    }

    public void ToolInput(int block, ReadOnlySpan<byte> json) => _toolInput.Append(json);

    public void Image(int block, ReadOnlySpan<byte> base64)
    {
        OpenText(block, default);
        Text(block, BlockJson.ImageNote);
        Close(block);
    }

    public void Search(int callBlock, in SearchCall call)
    {
        OpenBlock(BlockKind.None, default);
        BlockJson.WriteSearchCallHead(_content, call);
        _content.Append(call.InputJson);
        _content.Append(",\"caller\":{\"type\":\"direct\"}},"u8);
        BlockJson.WriteSearchResult(_content, call);
    }

    public void OpenAdvice(int block, ReadOnlySpan<byte> callId)
    {
        OpenBlock(BlockKind.None, default);
        BlockJson.WriteAdvisorCall(_content, callId);
    }

    public void Advise(int block, ReadOnlySpan<byte> callId, Advice advice)
    {
        OpenBlock(BlockKind.None, default);
        BlockJson.WriteAdvice(_content, callId, advice);
    }

    public void Close(int block)
    {
        switch (_open)
        {
            case BlockKind.Text:
                _content.Append("\""u8);
                WriteCitations();
                _content.Append("}"u8);
                break;
            case BlockKind.Thinking:
                _content.Append("\",\"signature\":\""u8);
                _content.Append(_signature.Written);
                _content.Append("\"}"u8);
                _signature.Clear();
                break;
            case BlockKind.Tool:
                WriteToolInput();
                _content.Append(",\"caller\":{\"type\":\"direct\"}}"u8);
                break;
        }

        _open = BlockKind.None;
    }

    public void KeepAlive(int block, BlockKind kind)
    {
        // One message at the end: there is nothing to show before.
    }

    public void End(in TurnEnd end)
    {
        _message.Append("{\"id\":\""u8);
        JsonText.Escape(MessageId.Of(_start.ResponseId), _message);
        _message.Append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""u8);
        JsonText.Escape(_start.Model, _message);
        _message.Append("\",\"content\":["u8);
        _message.Append(_content.Written);
        _message.Append("],"u8);
        EndJson.WriteStop(_message, end);
        _message.Append(",\"container\":null,\"diagnostics\":null"u8);
        if (end.Verdicts is { } verdicts) EndJson.WriteSafeguards(_message, verdicts);
        if (end.ContextManagement) EndJson.WriteAppliedEdits(_message, end.Cleared);
        _message.Append(",\"usage\":"u8);
        EndJson.WriteUsage(_message, end.Usage, whole: true);
        _message.Append("}"u8);
    }

    public void Fail(ApiError error)
    {
        // Nothing was sent yet, so the failure is an HTTP status.
    }

    public void Dispose()
    {
        _content.Dispose();
        _citations.Dispose();
        _toolInput.Dispose();
        _signature.Dispose();
        _message.Dispose();
    }

    private void OpenBlock(BlockKind kind, ReadOnlySpan<byte> opening)
    {
        if (_content.Length > 0) _content.Append(","u8);
        _content.Append(opening);
        _open = kind;
    }

    /// <summary>Absent without any, as in the real API: clients with strict schemas refuse null.</summary>
    private void WriteCitations()
    {
        if (_citations.Length == 0) return;
        _content.Append(",\"citations\":"u8);
        _content.Append(_citations.Written);
        _content.Append("]"u8);
        _citations.Clear();
    }

    /// <summary>The input came as text of JSON; here it is JSON. A call cut off in the middle has none that could stand here.</summary>
    private void WriteToolInput()
    {
        var start = _content.Length;
        JsonText.Unescape(_toolInput.Written, _content);
        _toolInput.Clear();
        if (!RawJson.IsValue(_content.Written[start..]))
        {
            _content.Truncate(start);
            _content.Append("{}"u8);
        }
    }
}
