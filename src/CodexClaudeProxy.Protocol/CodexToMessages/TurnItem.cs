using System.Buffers.Binary;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>What is known of one upstream output item, and what it waits to write while another item has the block.</summary>
internal sealed class TurnItem(int outputIndex, CodexItemType type) : IDisposable
{
    private readonly PooledBuffer _queue = new();

    public int OutputIndex { get; } = outputIndex;

    public CodexItemType Type { get; set; } = type;

    public byte[] Id { get; set; } = [];

    /// <summary>The authoritative end of the item has come.</summary>
    public bool IsDone { get; set; }

    /// <summary>The item ended because the response was cut off.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>Everything was written and the block is closed.</summary>
    public bool IsFlushed { get; set; }

    /// <summary>The client must not see this item.</summary>
    public bool IsSuppressed { get; set; }

    /// <summary>The text part being received, what has come of it, and whether it is a refusal.</summary>
    public int Part { get; set; } = -1;

    public TextTrace Trace { get; } = new();

    /// <summary>Arguments that came before their call's name, then the authoritative ones; or a finished image.</summary>
    public PooledBuffer Received { get; } = new();

    public bool IsRefusal { get; set; }

    /// <summary>The same for the part being written, which lags behind while the item waits.</summary>
    public int WrittenPart { get; set; } = -1;

    public bool WrittenRefusal { get; set; }

    /// <summary>UTF-16 lengths of the summary parts shown, in order.</summary>
    public List<int> SummaryLengths { get; } = [];

    public PooledBuffer EncryptedContent { get; } = new();

    /// <summary>A finished reasoning item, where the client gets none it could give back.</summary>
    public KeptReasoning? Kept { get; set; }

    public ToolCall? Tool { get; set; }

    /// <summary>The call's id when it is the advisor that is called.</summary>
    public byte[]? AdvisorCall { get; set; }

    /// <summary>The item as the next response of this turn would need it in its input.</summary>
    public byte[] AsInput { get; set; } = [];

    /// <summary>The raw action and status of a finished web search.</summary>
    public WebSearchItem? Search { get; set; }

    public int QueuedBytes => _queue.Length + (Tool is { IsOpen: false } waiting ? waiting.Received.Length : 0);

    public void Enqueue(QueuedKind kind, int part, ReadOnlySpan<byte> text)
    {
        var record = _queue.GetSpan(9 + text.Length);
        record[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(record[1..], part);
        BinaryPrimitives.WriteInt32LittleEndian(record[5..], text.Length);
        text.CopyTo(record[9..]);
        _queue.Advance(9 + text.Length);
    }

    /// <summary>Takes the record at <paramref name="position"/> and moves it on.</summary>
    public bool TryDequeue(ref int position, out QueuedKind kind, out int part, out ReadOnlySpan<byte> text)
    {
        var rest = _queue.Written[position..];
        if (rest.IsEmpty)
        {
            kind = default;
            part = 0;
            text = default;
            return false;
        }

        kind = (QueuedKind)rest[0];
        part = BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
        text = rest.Slice(9, BinaryPrimitives.ReadInt32LittleEndian(rest[5..]));
        position += 9 + text.Length;
        return true;
    }

    public void ClearQueue() => _queue.Clear();

    public void Dispose()
    {
        _queue.Dispose();
        Received.Dispose();
        EncryptedContent.Dispose();
        Tool?.Dispose();
    }
}

internal enum QueuedKind : byte
{
    Text,
    Refusal,
    Summary,
    Annotation,
}
