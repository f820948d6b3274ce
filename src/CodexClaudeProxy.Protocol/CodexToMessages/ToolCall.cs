using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// One tool call's arguments on their way to the client. They are held until complete, so that they can be repaired;
/// from 8 KiB on, or when the client asked for it, they stream as they come and are only checked.
/// </summary>
internal sealed class ToolCall : IDisposable
{
    private const int HoldLimit = 8 * 1024;
    private const int RunawayLength = 64 * 1024;
    private const int RunawayTail = 32 * 1024;

    private readonly PooledBuffer _received = new();
    private readonly ToolFacts? _facts;
    private readonly bool _streamAtOnce;
    private readonly bool _holdAll;
    private int _sent;
    private int _checkedForRunaway;

    /// <param name="isText">The client takes the input of a custom tool as the text it is.</param>
    public ToolCall(byte[] callId, byte[] name, ClientToolName clientName, ToolFacts? facts, bool isCustom, bool isText)
    {
        CallId = callId;
        UpstreamName = name;
        ClientName = clientName;
        _facts = facts;
        IsCustom = isCustom;
        IsText = isText;
        // Claude Code's Read rejects an empty "pages", and a wrapped schema must be unwrapped: both need the whole text.
        _holdAll = !isText && (isCustom || clientName.Name == "Read" || facts is { Wrapped: true });
        _streamAtOnce = isText || (!_holdAll && facts is { EagerStreaming: true });
    }

    public byte[] CallId { get; }

    public byte[] UpstreamName { get; }

    public ClientToolName ClientName { get; }

    /// <summary>A free-form tool: its input is text, and travels as <c>{"input":"…"}</c> unless <see cref="IsText"/>.</summary>
    public bool IsCustom { get; }

    public bool IsText { get; }

    /// <summary>The number of the block, once open.</summary>
    public int Block { get; set; }

    public bool IsOpen { get; set; }

    /// <summary>Names of the repairs that were needed.</summary>
    public IReadOnlyList<string> Repairs { get; private set; } = [];

    public ReadOnlySpan<byte> Received => _received.Written;

    /// <summary>A part of the arguments has gone to the client.</summary>
    public bool IsStreamed => _sent > 0;

    public void Add(ReadOnlySpan<byte> escaped) => _received.Append(escaped);

    /// <summary>What may go to the client now; empty while the arguments are held.</summary>
    public ReadOnlySpan<byte> TakeStreamable()
    {
        if (_sent == 0 && !_streamAtOnce && (_holdAll || _received.Length <= HoldLimit)) return default;
        var piece = _received.Written[_sent..];
        _sent = _received.Length;
        return piece;
    }

    /// <summary>Endless white space is a model that lost its way: it would go on until the quota is spent.</summary>
    public bool IsRunaway()
    {
        if (IsText || _received.Length < RunawayLength || _received.Length - _checkedForRunaway < RunawayTail) return false;
        _checkedForRunaway = _received.Length;
        var blank = 0;
        var tail = _received.Written[^RunawayTail..];
        for (var i = 0; i < tail.Length; i++)
        {
            if (tail[i] is (byte)' ') blank++;
            else if (tail[i] == (byte)'\\' && i + 1 < tail.Length && tail[i + 1] is (byte)'n' or (byte)'t' or (byte)'r')
            {
                blank += 2;
                i++;
            }
        }

        return blank >= RunawayTail / 10 * 9;
    }

    /// <summary>Completes the arguments.</summary>
    /// <param name="final">The authoritative text, or empty when only the deltas came.</param>
    /// <param name="rest">What the client has not seen yet.</param>
    /// <returns>False when the arguments are no JSON object: a call that was never made.</returns>
    public bool TryFinish(ReadOnlySpan<byte> final, PooledBuffer rest)
    {
        if (_sent > 0 || IsText) return TryFinishStream(final, rest);

        if (!final.IsEmpty)
        {
            _received.Clear();
            _received.Append(final);
        }

        using var arguments = Decode();
        if (IsBlank(arguments.Written))
        {
            rest.Append("{}"u8);
            return true;
        }

        var repaired = ArgumentRepair.Repair(arguments.WrittenMemory, ClientName.Name, _facts, out var repairs);
        Repairs = repairs;
        if (repaired is not null) JsonText.Escape(repaired, rest);
        else if (!RawJson.IsObject(arguments.Written)) return false;
        else if (IsCustom) JsonText.Escape(arguments.Written, rest);
        else rest.Append(_received.Written);
        return true;
    }

    /// <summary>The response was cut off inside the call: what there is, as it is.</summary>
    public void FinishIncomplete(ReadOnlySpan<byte> final, PooledBuffer rest)
    {
        if (final.Length > _received.Length)
        {
            _received.Clear();
            _received.Append(final);
        }

        if (!IsCustom || IsText) rest.Append(_received.Written[_sent..]);
    }

    /// <summary>A runaway is trimmed and closed; true when the result is an object with all required members.</summary>
    public bool TryCloseRunaway(PooledBuffer rest)
    {
        using var arguments = Decode();
        var closers = ArgumentRepair.Closers(arguments.Written, out var kept);
        if (closers is null) return false;

        using var closed = new PooledBuffer();
        closed.Append(arguments.Written[..kept]);
        closed.Append(closers);
        if (!ArgumentRepair.HasRequired(closed.WrittenMemory, _facts)) return false;

        Repairs = ["runaway white space"];
        // White space already sent stays: between the kept text and the closers it changes nothing outside a string.
        if (_sent > 0) JsonText.Escape(closers, rest);
        else JsonText.Escape(closed.Written, rest);
        return true;
    }

    public void Dispose() => _received.Dispose();

    private bool TryFinishStream(ReadOnlySpan<byte> final, PooledBuffer rest)
    {
        if (final.Length > _received.Length && final.StartsWith(_received.Written)) _received.Append(final[_received.Length..]);
        rest.Append(_received.Written[_sent..]);
        _sent = _received.Length;
        if (IsText) return true;
        using var arguments = Decode();
        return RawJson.IsObject(arguments.Written);
    }

    private PooledBuffer Decode()
    {
        var decoded = new PooledBuffer();
        if (IsCustom)
        {
            decoded.Append("{\"input\":\""u8);
            decoded.Append(_received.Written);
            decoded.Append("\"}"u8);
        }
        else
        {
            JsonText.Unescape(_received.Written, decoded);
        }

        return decoded;
    }

    private static bool IsBlank(ReadOnlySpan<byte> json)
    {
        var trimmed = json.Trim(" \t\r\n"u8);
        return trimmed.IsEmpty || trimmed.SequenceEqual("null"u8);
    }
}
