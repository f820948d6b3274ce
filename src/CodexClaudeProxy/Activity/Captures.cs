using System.Buffers;
using System.Text;

namespace CodexClaudeProxy.Activity;

/// <summary>What was said in one request: as the client sent it, as the backend got it, and what the client was answered.</summary>
internal sealed class Capture(string id)
{
    /// <summary>Of each of the three.</summary>
    public const int LongestBody = 1_048_576;

    private byte[]? _request;
    private byte[]? _upstream;
    private readonly ArrayBufferWriter<byte> _answer = new();

    public string Id => id;

    /// <summary>Something was too long and has no end.</summary>
    public bool Truncated { get; private set; }

    public long Bytes => (long)(_request?.Length ?? 0) + (_upstream?.Length ?? 0) + _answer.WrittenCount;

    public string? Request => Text(_request);

    public string? Upstream => Text(_upstream);

    public string? Answer => _answer.WrittenCount == 0 ? null : Encoding.UTF8.GetString(_answer.WrittenSpan);

    public void NoteRequest(ReadOnlySpan<byte> body) => _request = Cut(body, 0).ToArray();

    /// <summary>Of several attempts the last one counts.</summary>
    public void NoteUpstream(ReadOnlySpan<byte> body) => _upstream = Cut(body, 0).ToArray();

    public void NoteAnswer(ReadOnlySpan<byte> part) => _answer.Write(Cut(part, _answer.WrittenCount));

    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> body, int before)
    {
        int room = LongestBody - before;
        Truncated |= body.Length > room;
        return body.Length > room ? body[..room] : body;
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}

/// <summary>
/// The bodies of requests, for looking into a problem: only while the owner has switched it on, only in memory, and not for long.
/// </summary>
internal sealed class Captures : IDisposable
{
    public const long LimitBytes = 32 * 1_048_576;

    /// <summary>How long they can still be looked at when the time is over.</summary>
    private static readonly TimeSpan KeptAfterwards = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;
    private readonly ITimer _forget;
    private readonly Lock _lock = new();
    private readonly LinkedList<Capture> _kept = [];
    private DateTimeOffset _until;
    private long _bytes;

    public Captures(TimeProvider time)
    {
        _time = time;
        _forget = time.CreateTimer(_ => Clear(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null when it is off.</summary>
    public DateTimeOffset? Until
    {
        get
        {
            lock (_lock) return _until > _time.GetUtcNow() ? _until : null;
        }
    }

    public CacheSize Size
    {
        get
        {
            lock (_lock) return new CacheSize("captured bodies", _bytes, LimitBytes, _kept.Count);
        }
    }

    /// <summary>Switches it on for a time, or off; off forgets what there is.</summary>
    public void Set(TimeSpan length)
    {
        if (length <= TimeSpan.Zero)
        {
            Clear();
            return;
        }

        lock (_lock) _until = _time.GetUtcNow() + length;
        _forget.Change(length + KeptAfterwards, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null when it is off.</summary>
    public Capture? Begin(string id) => Until is null ? null : new Capture(id);

    public void Keep(Capture capture)
    {
        lock (_lock)
        {
            // It may have been switched off, and all be forgotten, since the request began.
            if (_until == default || _until <= _time.GetUtcNow() - KeptAfterwards) return;
            _kept.AddLast(capture);
            _bytes += capture.Bytes;
            while (_bytes > LimitBytes && _kept.First is { } oldest)
            {
                _bytes -= oldest.Value.Bytes;
                _kept.RemoveFirst();
            }
        }
    }

    public Capture? Find(string id)
    {
        lock (_lock) return _kept.FirstOrDefault(capture => capture.Id == id);
    }

    public void Dispose() => _forget.Dispose();

    private void Clear()
    {
        lock (_lock)
        {
            _kept.Clear();
            _bytes = 0;
            _until = default;
        }
    }
}
