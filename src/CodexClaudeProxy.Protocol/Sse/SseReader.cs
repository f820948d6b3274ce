using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Sse;

/// <summary>
/// Frames server-sent events from bytes that arrive in any portions. Every byte given is used up at once: what is left of
/// an unfinished line is kept inside, so that a long line in many pieces is looked at once only.
/// Only the data of an event is given out; both upstreams repeat the event's name inside it.
/// </summary>
public sealed class SseReader : IDisposable
{
    /// <summary>An event longer than this is an attack or a fault, not an answer.</summary>
    private const int MaxEvent = 64 * 1024 * 1024;

    private PooledBuffer _line = new();
    private PooledBuffer _data = new();
    private int _dataStart;
    private bool _hasData;
    private bool _skipLineFeed;
    private bool _started;
    private bool _handedOut;

    /// <summary>
    /// Takes the next event's data out of <paramref name="bytes"/> and moves it forward. False when all bytes are used up.
    /// The data is valid until the next call.
    /// </summary>
    /// <exception cref="InvalidDataException">One event is longer than 64 MiB.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> data)
    {
        ForgetHandedOut();
        while (!bytes.IsEmpty)
        {
            // "Lines must be separated by either CRLF, LF or CR": the LF of a CRLF may come with the next portion.
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (bytes[0] == (byte)'\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                Keep(_line, bytes);
                bytes = default;
                break;
            }

            var line = bytes[..end];
            _skipLineFeed = bytes[end] == (byte)'\r';
            bytes = bytes[(end + 1)..];
            if (_line.Length > 0)
            {
                Keep(_line, line);
                line = _line.Written;
            }

            if (TakeLine(line, ref bytes, out data)) return true;
            _line.ClearAndShrink();
        }

        data = default;
        return false;
    }

    /// <summary>At the end of the stream: an event whose closing blank line is missing still counts.</summary>
    public bool TryComplete(out ReadOnlySpan<byte> data)
    {
        ForgetHandedOut();
        ReadOnlySpan<byte> nothing = default;
        if (_line.Length > 0) TakeLine(_line.Written, ref nothing, out _);
        _line.Clear();
        return HandOut(out data);
    }

    public void Dispose()
    {
        _line.Dispose();
        _data.Dispose();
    }

    private bool TakeLine(ReadOnlySpan<byte> line, ref ReadOnlySpan<byte> following, out ReadOnlySpan<byte> data)
    {
        if (!_started)
        {
            _started = true;
            if (line.StartsWith("\uFEFF"u8)) line = line[3..];
        }

        // "If the line is empty (a blank line): dispatch the event."
        if (line.IsEmpty) return HandOut(out data);

        data = default;
        if (!line.StartsWith("data"u8)) return false;

        // "If the line contains no colon: use the whole line as the field name, and the empty string as the value."
        var value = line[4..];
        if (!value.IsEmpty)
        {
            if (value[0] != (byte)':') return false;
            // "If value starts with a U+0020 SPACE character, remove it": exactly one.
            value = value is [_, (byte)' ', ..] ? value[2..] : value[1..];
        }

        // The usual case needs no copy: one data line, and its blank line is here already.
        if (!_hasData && _line.Length == 0 && !_skipLineFeed && following is [(byte)'\n', ..])
        {
            following = following[1..];
            data = value;
            return true;
        }

        // A long line that came in many pieces is not copied once more.
        if (!_hasData && _line.Length > 0 && value.Length > 0)
        {
            _dataStart = _line.Length - value.Length;
            (_line, _data) = (_data, _line);
            _hasData = true;
            return false;
        }

        if (_hasData) Keep(_data, "\n"u8);
        _hasData = true;
        Keep(_data, value);
        return false;
    }

    private bool HandOut(out ReadOnlySpan<byte> data)
    {
        data = _data.Written[_dataStart..];
        _handedOut = _hasData;
        return _hasData;
    }

    private void ForgetHandedOut()
    {
        if (!_handedOut) return;
        _handedOut = false;
        _hasData = false;
        _dataStart = 0;
        _data.ClearAndShrink();
    }

    private static void Keep(PooledBuffer buffer, ReadOnlySpan<byte> bytes)
    {
        if (buffer.Length + bytes.Length > MaxEvent) throw new InvalidDataException("An upstream event is longer than 64 MiB.");
        buffer.Append(bytes);
    }
}
