using System.Globalization;
using System.Text;

namespace CodexClaudeProxy.Load.Client;

/// <summary>
/// Reads one chunked answer with as little work as possible: it looks for the end of the head, for marks, and for the last chunk. Portions may be
/// cut anywhere.
/// </summary>
internal sealed class ReplyReader(Tally? tally)
{
    private const int Kept = 64;

    /// <summary>The last bytes so far: enough for the last event with the end of the last chunk.</summary>
    private readonly byte[] _tail = new byte[2 * Kept];
    private int _tailLength;
    private bool _isInBody;
    private int _status;

    /// <summary>Deltas, and what repeats them at the end of an answer of the Responses API.</summary>
    public int Events { get; private set; }

    /// <summary>The last chunk is here, or the answer is a refusal.</summary>
    public bool IsOver { get; private set; }

    /// <summary>A complete answer that ends as a message or a response does.</summary>
    public bool IsGood => IsOver && _status == 200 && (Tail.IndexOf("message_stop"u8) >= 0 || Tail.IndexOf("\"metadata\":{}"u8) >= 0);

    /// <summary>What an answer that is not good ends with.</summary>
    public string Ending => string.Create(CultureInfo.InvariantCulture, $"{_status} … {Encoding.UTF8.GetString(Tail)}");

    private ReadOnlySpan<byte> Tail => _tail.AsSpan(0, _tailLength);

    public void Read(ReadOnlySpan<byte> bytes)
    {
        int head = 0;
        for (; !_isInBody && head < bytes.Length; head++) ReadHead(bytes[head]);
        bytes = bytes[head..];
        Keep(bytes);
        IsOver |= _isInBody && (_status != 200 || Tail.EndsWith("\r\n0\r\n\r\n"u8));
        for (int at; (at = bytes.IndexOf(Stamp.Mark)) >= 0; bytes = bytes[(at + 1)..])
        {
            Events++;
            tally?.Add(Stamp.Read(bytes[at..]));
        }
    }

    private void ReadHead(byte next)
    {
        Keep([next]);
        // "HTTP/1.1 200"
        if (_status == 0 && _tailLength == 12) _status = int.Parse(_tail.AsSpan(9, 3), CultureInfo.InvariantCulture);
        _isInBody = Tail.EndsWith("\r\n\r\n"u8);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[Math.Max(0, bytes.Length - Kept)..];
        if (_tailLength + bytes.Length > _tail.Length)
        {
            int kept = Math.Min(_tailLength, Kept);
            _tail.AsSpan(_tailLength - kept, kept).CopyTo(_tail);
            _tailLength = kept;
        }
        bytes.CopyTo(_tail.AsSpan(_tailLength));
        _tailLength += bytes.Length;
    }
}
