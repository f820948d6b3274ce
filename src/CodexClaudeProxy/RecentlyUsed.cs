using System.Diagnostics.CodeAnalysis;

namespace CodexClaudeProxy;

/// <summary>
/// What was used not long ago, in memory only. Bounded in bytes: the least recently used goes first. Everything goes a while
/// after its last use, without anybody asking for it. For any thread.
/// </summary>
/// <param name="emptied">Called when the last entry has outlived its time: what it took can go back to the system.</param>
internal sealed class RecentlyUsed<TKey, TValue>(long limitBytes, TimeSpan lifetime, TimeProvider time, Action emptied) : IDisposable
    where TKey : notnull
{
    // _lock guards everything below. The least recently used entry is the first.
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _order = new();
    private ITimer? _forget;
    private long _bytes;
    private bool _isOn = true;

    private sealed record Entry(TKey Key, TValue Value, long Bytes)
    {
        public long Used { get; set; }
    }

    /// <summary>Off, nothing is kept, and what was is forgotten.</summary>
    public bool IsOn
    {
        get { lock (_lock) return _isOn; }
        set
        {
            lock (_lock)
            {
                _isOn = value;
                if (!value) RemoveWhere(static _ => true);
            }
        }
    }

    public bool IsEmpty
    {
        get { lock (_lock) return _entries.Count == 0; }
    }

    public CacheSize SizeAs(string name)
    {
        lock (_lock) return new CacheSize(name, _bytes, limitBytes, _entries.Count);
    }

    /// <summary>Looks without using it: <see cref="Renew"/> does.</summary>
    public bool TryPeek(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_lock)
        {
            bool found = _entries.TryGetValue(key, out LinkedListNode<Entry>? node) && !IsOld(node.Value);
            value = found ? node!.Value.Value : default;
            return found;
        }
    }

    /// <summary>It is used now; nothing when it has gone meanwhile.</summary>
    public void Renew(TKey key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node)) return;
            node.Value.Used = time.GetTimestamp();
            _order.Remove(node);
            _order.AddLast(node);
        }
    }

    /// <summary>Takes the place of what was there. What is larger than everything may be is not kept.</summary>
    public void Set(TKey key, TValue value, long bytes)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? known)) Remove(known);
            if (!_isOn || bytes > limitBytes) return;
            while (_bytes + bytes > limitBytes) Remove(_order.First!);
            if (_entries.Count == 0) ForgetIn(lifetime);
            _entries[key] = _order.AddLast(new Entry(key, value, bytes) { Used = time.GetTimestamp() });
            _bytes += bytes;
        }
    }

    public void Remove(TKey key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? node)) Remove(node);
        }
    }

    public void RemoveWhere(Func<TValue, bool> condition)
    {
        lock (_lock)
        {
            LinkedListNode<Entry>? next;
            for (LinkedListNode<Entry>? node = _order.First; node is not null; node = next)
            {
                next = node.Next;
                if (condition(node.Value.Value)) Remove(node);
            }
        }
    }

    public void Dispose() => _forget?.Dispose();

    private bool IsOld(Entry entry) => time.GetElapsedTime(entry.Used) >= lifetime;

    private void ForgetIn(TimeSpan wait)
    {
        _forget ??= time.CreateTimer(_ => ForgetOld(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _forget.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void ForgetOld()
    {
        lock (_lock)
        {
            while (_order.First is { } oldest && IsOld(oldest.Value)) Remove(oldest);
            if (_order.First is { } next)
            {
                ForgetIn(lifetime - time.GetElapsedTime(next.Value.Used));
                return;
            }

            _entries.TrimExcess();
        }

        emptied();
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _order.Remove(node);
        _bytes -= node.Value.Bytes;
    }
}
