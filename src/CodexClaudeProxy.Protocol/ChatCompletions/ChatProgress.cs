using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>
/// What both forms of a chat answer must know while it grows: where texts meet, which call a block is, and what is told
/// only at its end.
/// </summary>
internal sealed class ChatProgress(ChatForm form) : IDisposable
{
    private readonly List<(int Block, bool IsFreeForm)> _calls = [];
    private readonly PooledBuffer _annotations = new();
    private readonly PooledBuffer _details = new();
    private readonly PooledBuffer _summary = new();
    private int _reasonings;
    private long _length;
    private long _partStart;
    private bool _hasReasoning;
    private bool _separateText;
    private bool _separateReasoning;

    /// <summary>The open text says why the model does not answer.</summary>
    public bool IsRefusal { get; private set; }

    /// <summary>The elements of <c>annotations</c>, separated by commas.</summary>
    public ReadOnlySpan<byte> Annotations => _annotations.Written;

    /// <summary>The elements of <c>reasoning_details</c>, separated by commas.</summary>
    public ReadOnlySpan<byte> ReasoningDetails => _details.Written;

    private static ReadOnlySpan<byte> BlankLine => "\\n\\n"u8;

    public void OpenText(in TextStart start)
    {
        IsRefusal = start.IsRefusal;
        _separateText = !start.IsRefusal && !start.ContinuesItem && _length > 0;
        _partStart = _length + (_separateText ? 2 : 0);
    }

    /// <summary>Takes text into account; gives what belongs in front of it.</summary>
    public ReadOnlySpan<byte> BeforeText(ReadOnlySpan<byte> text)
    {
        if (IsRefusal) return default;
        var before = _separateText ? BlankLine : default;
        _separateText = false;
        _length += JsonText.Utf16Length(text) + (before.IsEmpty ? 0 : 2);
        return before;
    }

    /// <summary>Citations count from the start of their part, the client counts from the start of the message.</summary>
    public void Cite(in SearchHit hit)
    {
        if (_annotations.Length > 0) _annotations.Append(","u8);
        _annotations.Append("{\"type\":\"url_citation\",\"url_citation\":{\"url\":\""u8);
        _annotations.Append(hit.Url);
        _annotations.Append("\",\"title\":\""u8);
        _annotations.Append(hit.Title);
        _annotations.Append("\",\"start_index\":"u8);
        _annotations.WriteNumber(_partStart + Math.Max(0, hit.Start));
        _annotations.Append(",\"end_index\":"u8);
        _annotations.WriteNumber(_partStart + Math.Max(0, hit.End));
        _annotations.Append("}}"u8);
    }

    public void OpenReasoning()
    {
        _separateReasoning = _hasReasoning;
        _summary.Clear();
    }

    /// <summary>Takes a piece of the summary into account; gives what belongs in front of it.</summary>
    public ReadOnlySpan<byte> BeforeReasoning(ReadOnlySpan<byte> text, bool newPart)
    {
        var before = newPart || _separateReasoning ? BlankLine : default;
        if (form.ReasoningDetails)
        {
            if (newPart) _summary.Append(BlankLine);
            _summary.Append(text);
        }

        _separateReasoning = false;
        _hasReasoning = true;
        return before;
    }

    public void Sign(ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> signature)
    {
        if (!form.ReasoningDetails) return;
        if (_summary.Length > 0) AddDetail("summary"u8, "summary"u8, _summary.Written, itemId);
        AddDetail("encrypted"u8, "data"u8, signature, itemId);
        _reasonings++;
    }

    /// <returns>The number of the call among all calls.</returns>
    public int OpenCall(int block, bool isFreeForm)
    {
        _calls.Add((block, isFreeForm));
        return _calls.Count - 1;
    }

    /// <summary>The number of the call a block stands for.</summary>
    public int CallOf(int block, out bool isFreeForm)
    {
        var number = _calls.Count - 1;
        while (number > 0 && _calls[number].Block != block) number--;
        isFreeForm = _calls[number].IsFreeForm;
        return number;
    }

    public void Dispose()
    {
        _annotations.Dispose();
        _details.Dispose();
        _summary.Dispose();
    }

    private void AddDetail(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> member, ReadOnlySpan<byte> value, ReadOnlySpan<byte> itemId)
    {
        if (_details.Length > 0) _details.Append(","u8);
        _details.Append("{\"type\":\"reasoning."u8);
        _details.Append(kind);
        _details.Append("\",\""u8);
        _details.Append(member);
        _details.Append("\":\""u8);
        _details.Append(value);
        _details.Append("\",\"id\":\""u8);
        _details.Append(itemId);
        _details.Append("\",\"index\":"u8);
        _details.WriteNumber(_reasonings);
        _details.Append(",\"format\":\"openai-responses-v1\"}"u8);
    }
}
