using System.Threading.Channels;

namespace CodexClaudeProxy.Activity;

/// <summary>Finished requests that wait to be written. While the file cannot be written to they wait on; beyond a limit the oldest are lost.</summary>
internal sealed class UnwrittenEntries
{
    private const int Most = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<RequestEntry> _entries = [];
    private readonly Channel<bool> _hasWork = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>How many were lost.</summary>
    public long Lost { get; private set; }

    /// <summary>Holds an element when there is something to write.</summary>
    public ChannelReader<bool> HasWork => _hasWork.Reader;

    public void Add(RequestEntry entry)
    {
        lock (_lock)
        {
            if (_entries.Count >= Most)
            {
                _entries.Dequeue();
                Lost++;
            }

            _entries.Enqueue(entry);
        }

        _hasWork.Writer.TryWrite(true);
    }

    /// <summary>All that waits, in its order.</summary>
    public RequestEntry[] Take()
    {
        lock (_lock)
        {
            RequestEntry[] batch = [.. _entries];
            _entries.Clear();
            return batch;
        }
    }

    /// <summary>What could not be written waits on, in front of what came meanwhile.</summary>
    public void PutBack(RequestEntry[] batch)
    {
        if (batch.Length == 0) return;
        lock (_lock)
        {
            RequestEntry[] newer = [.. _entries];
            _entries.Clear();
            foreach (RequestEntry entry in batch.Concat(newer)) _entries.Enqueue(entry);
            for (; _entries.Count > Most; Lost++) _entries.Dequeue();
        }

        _hasWork.Writer.TryWrite(true);
    }

    public void Clear()
    {
        lock (_lock) _entries.Clear();
    }
}
