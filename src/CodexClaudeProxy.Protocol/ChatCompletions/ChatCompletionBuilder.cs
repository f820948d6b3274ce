using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>Builds the single completion from the same calls that make the chunks, so that the two can never differ.</summary>
public sealed class ChatCompletionBuilder(ChatForm form) : IDocumentSink
{
    private readonly ChatProgress _progress = new(form);
    private readonly List<(byte[] Head, PooledBuffer Input)> _calls = [];
    private readonly PooledBuffer _content = new();
    private readonly PooledBuffer _refusal = new();
    private readonly PooledBuffer _reasoning = new();
    private readonly PooledBuffer _images = new();
    private readonly PooledBuffer _document = new();
    private TurnStart _start;

    public ReadOnlyMemory<byte> Document => _document.WrittenMemory;

    public bool HasSeparateFields => true;

    public void Begin(in TurnStart start) => _start = start;

    public void OpenText(int block, in TextStart start) => _progress.OpenText(start);

    public void Text(int block, ReadOnlySpan<byte> text)
    {
        var to = _progress.IsRefusal ? _refusal : _content;
        to.Append(_progress.BeforeText(text));
        to.Append(text);
    }

    public void Cite(int block, in SearchHit hit) => _progress.Cite(hit);

    public void OpenThinking(int block) => _progress.OpenReasoning();

    public void Thinking(int block, ReadOnlySpan<byte> text, bool newPart)
    {
        _reasoning.Append(_progress.BeforeReasoning(text, newPart));
        _reasoning.Append(text);
    }

    public void Signature(int block, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> signature) => _progress.Sign(itemId, signature);

    public void OpenTool(int block, in ToolStart tool)
    {
        _progress.OpenCall(block, tool.IsFreeForm);
        using var head = new PooledBuffer();
        if (form.LegacyFunctions)
        {
            head.Append("{\"name\":\""u8);
        }
        else
        {
            head.Append("{\"id\":\""u8);
            head.Append(tool.Id);
            head.Append(tool.IsFreeForm ? "\",\"type\":\"custom\",\"custom\":{\"name\":\""u8 : "\",\"type\":\"function\",\"function\":{\"name\":\""u8);
        }

        head.Append(tool.Name);
        head.Append(tool.IsFreeForm && !form.LegacyFunctions ? "\",\"input\":\""u8 : "\",\"arguments\":\""u8);
        _calls.Add((head.Written.ToArray(), new PooledBuffer()));
    }

    public void ToolInput(int block, ReadOnlySpan<byte> json) => _calls[_progress.CallOf(block, out _)].Input.Append(json);

    public void Image(int block, ReadOnlySpan<byte> base64)
    {
        if (base64.IsEmpty) return;
        if (_images.Length > 0) _images.Append(","u8);
        ChatJson.WriteImage(_images, base64);
    }

    public void Search(int callBlock, in SearchCall call)
    {
        // The citations in the text tell of it.
    }

    public void Close(int block)
    {
        // No field is ever closed.
    }

    public void KeepAlive(int block, BlockKind kind)
    {
        // One document at the end: there is nothing to show before.
    }

    public void End(in TurnEnd end)
    {
        _document.Append("{"u8);
        ChatJson.WriteHead(_document, _start, "chat.completion"u8);
        _document.Append(",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\""u8);
        WriteText("content"u8, _content);
        WriteText("refusal"u8, _refusal);
        if (_reasoning.Length > 0) WriteText("reasoning_content"u8, _reasoning);
        WriteList("reasoning_details"u8, _progress.ReasoningDetails);
        WriteCalls();
        WriteList("images"u8, _images.Written);
        _document.Append(",\"annotations\":["u8);
        _document.Append(_progress.Annotations);
        _document.Append("]},\"logprobs\":null,\"finish_reason\":\""u8);
        _document.Append(ChatJson.FinishReason(end, form.LegacyFunctions));
        _document.Append("\"}],\"usage\":"u8);
        ChatJson.WriteUsage(_document, end.Usage);
        _document.Append(end.Usage.Fast ? ",\"service_tier\":\"priority\"}"u8 : ",\"service_tier\":\"default\"}"u8);
    }

    public void Fail(ApiError error)
    {
        // Nothing was sent yet, so the failure is an HTTP status.
    }

    public void Dispose()
    {
        _progress.Dispose();
        _content.Dispose();
        _refusal.Dispose();
        _reasoning.Dispose();
        _images.Dispose();
        _document.Dispose();
        foreach (var (_, input) in _calls) input.Dispose();
    }

    private void WriteText(ReadOnlySpan<byte> name, PooledBuffer text)
    {
        _document.Append(",\""u8);
        _document.Append(name);
        _document.Append("\":"u8);
        if (text.Length == 0)
        {
            _document.Append("null"u8);
            return;
        }

        _document.Append("\""u8);
        _document.Append(text.Written);
        _document.Append("\""u8);
    }

    private void WriteList(ReadOnlySpan<byte> name, ReadOnlySpan<byte> elements)
    {
        if (elements.IsEmpty) return;
        _document.Append(",\""u8);
        _document.Append(name);
        _document.Append("\":["u8);
        _document.Append(elements);
        _document.Append("]"u8);
    }

    private void WriteCalls()
    {
        if (_calls.Count == 0) return;
        if (form.LegacyFunctions)
        {
            _document.Append(",\"function_call\":"u8);
            _document.Append(_calls[0].Head);
            _document.Append(_calls[0].Input.Written);
            _document.Append("\"}"u8);
            return;
        }

        _document.Append(",\"tool_calls\":["u8);
        for (var i = 0; i < _calls.Count; i++)
        {
            if (i > 0) _document.Append(","u8);
            _document.Append(_calls[i].Head);
            _document.Append(_calls[i].Input.Written);
            _document.Append("\"}}"u8);
        }

        _document.Append("]"u8);
    }
}
