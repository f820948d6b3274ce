using System.Threading.Channels;

namespace CodexClaudeProxy.Logs;

/// <summary>The latest log entries, in memory, and whoever watches new ones come. Bounded in entries and in bytes.</summary>
internal sealed class LogRing
{
    private readonly int _mostEntries;

    // _lock guards everything below.
    private readonly Lock _lock = new();
    private readonly Queue<LogEntry> _entries = [];
    private readonly List<LogViewer> _viewers = [];
    private long _bytes;
    private long _lastId;

    public LogRing(TimeProvider time, int mostEntries = 1000, int mostBytes = 1024 * 1024)
    {
        _mostEntries = mostEntries;
        MostBytes = mostBytes;
        _lastId = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public int MostBytes { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LogEntry> Entries
    {
        get { lock (_lock) return [.. _entries]; }
    }

    public CacheSize Size
    {
        get { lock (_lock) return new CacheSize("log", _bytes, MostBytes, _entries.Count); }
    }

    /// <param name="entry">Gets its id here.</param>
    public LogEntry Add(LogEntry entry)
    {
        lock (_lock)
        {
            entry = entry with { Id = ++_lastId };
            _entries.Enqueue(entry);
            _bytes += entry.Bytes;
            while (_entries.Count > _mostEntries || (_bytes > MostBytes && _entries.Count > 1)) _bytes -= _entries.Dequeue().Bytes;
            _viewers.RemoveAll(viewer => !viewer.TryShow(entry));
            return entry;
        }
    }

    /// <summary>Begins to watch. Between the backlog and the first new entry nothing is lost and nothing comes twice.</summary>
    /// <param name="after">The id of the last entry seen before; null begins with what comes now. One that was never given out stands for all.</param>
    public LogViewer Watch(long? after)
    {
        lock (_lock)
        {
            LogEntry[] backlog = after is not { } seen ? [] : seen > _lastId ? [.. _entries] : [.. _entries.Where(entry => entry.Id > seen)];
            var viewer = new LogViewer(backlog, Leave);
            _viewers.Add(viewer);
            return viewer;
        }
    }

    private void Leave(LogViewer viewer)
    {
        lock (_lock) _viewers.Remove(viewer);
    }
}

/// <summary>One who watches the log.</summary>
/// <param name="backlog">What was there already, oldest first.</param>
internal sealed class LogViewer(IReadOnlyList<LogEntry> backlog, Action<LogViewer> leave) : IDisposable
{
    private const int LongestQueue = 500;

    private readonly Channel<LogEntry> _queue = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
    private readonly CancellationTokenSource _fellBehind = new();

    public IReadOnlyList<LogEntry> Backlog { get; } = backlog;

    public ChannelReader<LogEntry> Live => _queue.Reader;

    /// <summary>It read too slowly and gets nothing more.</summary>
    public CancellationToken FellBehind => _fellBehind.Token;

    /// <summary>False when the queue is full: nobody waits for a viewer.</summary>
    public bool TryShow(LogEntry entry)
    {
        if (_queue.Writer.TryWrite(entry)) return true;
        // Never on the thread that logs.
        _ = _fellBehind.CancelAsync();
        return false;
    }

    public void Dispose() => leave(this);
}
