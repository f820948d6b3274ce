using System.Globalization;
using System.Threading.Channels;

namespace CodexClaudeProxy.Activity;

/// <summary>What happened: exactly one of the two is set.</summary>
/// <param name="Id">Counts up from 1 with each start of the program.</param>
internal sealed record RequestEvent(long Id, StartedRequest? Started, RequestEntry? Finished);

/// <summary>
/// Takes note of every request's beginning and end: for those who watch, for the newest part of the list, and for whoever keeps it longer.
/// Costs a request two short locks, whoever is watching.
/// </summary>
internal sealed class RequestLog
{
    /// <summary>How many finished requests are kept in memory.</summary>
    public const int Kept = 500;

    /// <summary>With many accounts the detail of a request is long; then fewer are kept.</summary>
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>A watcher that is this many events behind is given up.</summary>
    private const int LongestQueue = 256;

    private readonly Lock _lock = new();
    private readonly Queue<(long Position, RequestEntry Entry)> _entries = new();
    private readonly Queue<RequestEvent> _recent = new();
    private readonly List<Watch> _watchers = [];
    private long _bytes;
    private long _finished;
    private long _events;
    private int _running;

    /// <summary>Called for each finished request, on the request's own way: must only take a note.</summary>
    public event Action<RequestEntry>? Finished;

    /// <summary>How many requests are being answered.</summary>
    public int Running => Volatile.Read(ref _running);

    public CacheSize Size
    {
        get { lock (_lock) return new CacheSize("requests", _bytes, MostBytes, _entries.Count); }
    }

    public void Enter() => Interlocked.Increment(ref _running);

    public void Start(StartedRequest request)
    {
        lock (_lock) Tell(new RequestEvent(++_events, request, null));
    }

    public void Finish(RequestEntry entry)
    {
        Interlocked.Decrement(ref _running);
        lock (_lock)
        {
            _entries.Enqueue((++_finished, entry));
            _bytes += entry.Bytes;
            while (_entries.Count > Kept || (_bytes > MostBytes && _entries.Count > 1)) _bytes -= _entries.Dequeue().Entry.Bytes;
            Tell(new RequestEvent(++_events, null, entry));
        }

        Finished?.Invoke(entry);
    }

    /// <summary>Every event from now on. Whoever is too slow is told so.</summary>
    /// <param name="after">The last event seen: what followed comes first, as far as it is still known.</param>
    public Watch Follow(long? after)
    {
        var watch = new Watch(this);
        lock (_lock)
        {
            if (after is { } seen && seen <= _events)
            {
                foreach (RequestEvent missed in _recent.Where(missed => missed.Id > seen)) watch.Queue.Writer.TryWrite(missed);
            }

            _watchers.Add(watch);
        }

        return watch;
    }

    public RequestEntry? Find(string id)
    {
        lock (_lock) return _entries.FirstOrDefault(kept => kept.Entry.Id == id).Entry;
    }

    /// <summary>The part of the list that is in memory.</summary>
    /// <param name="before">The cursor of the page before, or null.</param>
    public RequestPage List(RequestFilter filter, int limit, string? before)
    {
        long end = long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out long position) ? position : long.MaxValue;
        (long Position, RequestEntry Entry)[] found;
        lock (_lock) found = [.. _entries.Reverse().Where(kept => kept.Position < end && filter.Fits(kept.Entry)).Take(limit + 1)];
        string? next = found.Length > limit ? found[limit - 1].Position.ToString(CultureInfo.InvariantCulture) : null;
        return new RequestPage([.. found.Take(limit).Select(kept => kept.Entry)], next);
    }

    /// <summary>Forgets what is in memory.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _recent.Clear();
        }
    }

    private void Tell(RequestEvent happened)
    {
        _recent.Enqueue(happened);
        if (_recent.Count >= LongestQueue) _recent.Dequeue();
        for (int i = _watchers.Count - 1; i >= 0; i--)
        {
            if (_watchers[i].Queue.Writer.TryWrite(happened)) continue;
            _watchers[i].GiveUp();
            _watchers.RemoveAt(i);
        }
    }

    internal sealed class Watch(RequestLog log) : IDisposable
    {
        private readonly CancellationTokenSource _tooSlow = new();

        public Channel<RequestEvent> Queue { get; } = Channel.CreateBounded<RequestEvent>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });

        /// <summary>The watcher was too far behind; no event follows.</summary>
        public CancellationToken TooSlow => _tooSlow.Token;

        /// <summary>Not on the way of the request that found the queue full.</summary>
        public void GiveUp() => _ = _tooSlow.CancelAsync();

        public void Dispose()
        {
            lock (log._lock) log._watchers.Remove(this);
        }
    }
}
