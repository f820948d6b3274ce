using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns.Memory;

/// <summary>
/// The encrypted reasoning in front of tool calls, for clients that send none back: it goes into the next
/// request of the conversation, before the call it led to. Kept in memory only, bounded, and for an hour after it was last used.
/// Nothing depends on it: what is not here is left out.
/// </summary>
/// <param name="emptied">Called when the last entry has outlived its time.</param>
internal sealed class ReasoningMemory(TimeProvider time, Action emptied) : IDisposable
{
    public const long LimitBytes = 64 * 1_048_576;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);

    /// <summary>Of an entry, beside its texts: nodes, keys and the objects around them.</summary>
    private const int EntryBytes = 400;

    /// <summary>
    /// By the letters and digits of the call's id: some clients send it back with other punctuation. Ids that differ only there stand together.
    /// </summary>
    private readonly RecentlyUsed<(string Conversation, string Call), Entry[]> _entries = new(LimitBytes, Lifetime, time, emptied);

    /// <summary>Guards that entries under one key come together.</summary>
    private readonly Lock _lock = new();

    private sealed record Entry(string Call, string AccountMark, IReadOnlyList<KeptReasoning> Items, long Bytes);

    /// <summary>Off, nothing is kept, and what was is forgotten.</summary>
    public bool IsOn
    {
        get => _entries.IsOn;
        set => _entries.IsOn = value;
    }

    public bool IsEmpty => _entries.IsEmpty;

    public CacheSize Size => _entries.SizeAs("reasoning");

    /// <param name="call">The id of the first call behind the reasoning.</param>
    /// <param name="accountMark">Whose reasoning it is.</param>
    public void Keep(string conversation, string call, string accountMark, IReadOnlyList<KeptReasoning> items)
    {
        long bytes = EntryBytes + sizeof(char) * (long)(conversation.Length + call.Length) + items.Sum(static item => (long)item.Json.Length);
        var key = (conversation, Plain(call));
        var entry = new Entry(call, accountMark, items, bytes);
        lock (_lock)
        {
            Entry[] all = _entries.TryPeek(key, out Entry[]? known) ? [.. known.Where(other => other.Call != call), entry] : [entry];
            _entries.Set(key, all, all.Sum(static one => one.Bytes));
        }
    }

    /// <summary>
    /// What led to a call; use renews it. Null when nothing is known, or several calls could be meant; empty when it belongs to another account.
    /// </summary>
    /// <param name="isThere">Whether the request has this very id, so that no other stands for it.</param>
    public IReadOnlyList<KeptReasoning>? Recall(string conversation, string call, string accountMark, Predicate<string> isThere)
    {
        var key = (conversation, Plain(call));
        if (!_entries.TryPeek(key, out Entry[]? all)) return null;
        Entry? entry = Array.Find(all, one => one.Call == call) ?? (all.Length == 1 && !isThere(all[0].Call) ? all[0] : null);
        if (entry is null) return null;
        if (entry.AccountMark != accountMark) return [];
        _entries.Renew(key);
        return entry.Items;
    }

    /// <summary>The account cannot read these any more. What stands together goes together.</summary>
    public void Forget(string accountMark, IReadOnlyCollection<string> hashes) =>
        _entries.RemoveWhere(all => all.Any(entry => entry.AccountMark == accountMark && entry.Items.Any(item => hashes.Contains(item.Hash))));

    public void Dispose() => _entries.Dispose();

    /// <summary>The id without punctuation; one that has nothing else stays.</summary>
    private static string Plain(string call)
    {
        string plain = string.Concat(call.Where(char.IsLetterOrDigit));
        return plain.Length > 0 ? plain : call;
    }
}
