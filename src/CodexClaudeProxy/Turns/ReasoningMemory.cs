using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// The encrypted reasoning in front of tool calls, for clients that are given none they could send back: it goes into the next
/// request of the conversation, before the call it led to. Kept in memory only, bounded, and for an hour after it was last used.
/// Nothing depends on it: what is not here is left out.
/// </summary>
internal sealed class ReasoningMemory : IDisposable
{
    public const long LimitBytes = 64 * 1_048_576;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);

    /// <summary>Of an entry, beside its texts: nodes, keys and the objects around them.</summary>
    private const int EntryBytes = 400;

    private readonly TimeProvider _time;
    private readonly Action _emptied;
    private readonly ITimer _forget;

    // _lock guards everything below.
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Conversation, string Call), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;
    private bool _isOn = true;

    /// <param name="emptied">Called when the last entry has outlived its time: what it took can go back to the system.</param>
    public ReasoningMemory(TimeProvider time, Action emptied)
    {
        (_time, _emptied) = (time, emptied);
        _forget = time.CreateTimer(_ => ForgetOld(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private sealed record Entry(string Conversation, string Call, string AccountMark, IReadOnlyList<KeptReasoning> Items, long Bytes)
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

    public CacheSize Size
    {
        get { lock (_lock) return new CacheSize("reasoning", _bytes, LimitBytes, _entries.Count); }
    }

    /// <param name="call">The id of the first call behind the reasoning.</param>
    /// <param name="accountMark">Whose reasoning it is.</param>
    public void Keep(string conversation, string call, string accountMark, IReadOnlyList<KeptReasoning> items)
    {
        long bytes = EntryBytes + sizeof(char) * (long)(conversation.Length + call.Length) + items.Sum(static item => (long)item.Json.Length);
        lock (_lock)
        {
            if (!_isOn || bytes > LimitBytes) return;
            if (_entries.TryGetValue((conversation, call), out LinkedListNode<Entry>? known)) Remove(known);
            while (_bytes + bytes > LimitBytes) Remove(_byUse.First!);
            if (_entries.Count == 0) _forget.Change(Lifetime, Timeout.InfiniteTimeSpan);
            _entries[(conversation, call)] = _byUse.AddLast(new Entry(conversation, call, accountMark, items, bytes) { Used = _time.GetTimestamp() });
            _bytes += bytes;
        }
    }

    /// <summary>What led to a call; use renews it. Null when nothing is known, empty when it belongs to another account.</summary>
    public IReadOnlyList<KeptReasoning>? Recall(string conversation, string call, string accountMark)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue((conversation, call), out LinkedListNode<Entry>? node) || IsOld(node.Value)) return null;
            if (node.Value.AccountMark != accountMark) return [];
            node.Value.Used = _time.GetTimestamp();
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Items;
        }
    }

    /// <summary>The account cannot read these any more.</summary>
    public void Forget(string accountMark, IReadOnlyCollection<string> hashes)
    {
        lock (_lock) RemoveWhere(entry => entry.AccountMark == accountMark && entry.Items.Any(item => hashes.Contains(item.Hash)));
    }

    public void Dispose() => _forget.Dispose();

    private bool IsOld(Entry entry) => _time.GetElapsedTime(entry.Used) >= Lifetime;

    private void ForgetOld()
    {
        lock (_lock)
        {
            while (_byUse.First is { } oldest && IsOld(oldest.Value)) Remove(oldest);
            if (_byUse.First is { } next)
            {
                _forget.Change(Lifetime - _time.GetElapsedTime(next.Value.Used), Timeout.InfiniteTimeSpan);
                return;
            }

            _entries.TrimExcess();
        }

        _emptied();
    }

    private void RemoveWhere(Func<Entry, bool> condition)
    {
        LinkedListNode<Entry>? next;
        for (LinkedListNode<Entry>? node = _byUse.First; node is not null; node = next)
        {
            next = node.Next;
            if (condition(node.Value)) Remove(node);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove((node.Value.Conversation, node.Value.Call));
        _byUse.Remove(node);
        _bytes -= node.Value.Bytes;
    }
}
