using System.Security.Cryptography;
using System.Text;

namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>
/// Which account a conversation is on. Staying there keeps the backend's prompt cache and the encrypted reasoning usable.
/// Remembers the latest two thousand; ids come from clients, so only their hash is kept. Not safe for several threads; the pool guards it.
/// </summary>
internal sealed class Conversations
{
    private const int Capacity = 2000;

    private readonly Dictionary<string, LinkedListNode<Pin>> _pins = [];
    private readonly LinkedList<Pin> _byUse = new();

    /// <summary>Per conversation: a hash in hexadecimal, an account's key shared with others, the nodes of both collections.</summary>
    private const int EntryBytes = 328;

    public int Count => _pins.Count;

    public CacheSize Size => new("conversations", _pins.Count * EntryBytes, Capacity * EntryBytes, _pins.Count);

    /// <param name="now">The conversation has a request.</param>
    public string? AccountOf(string conversation, DateTimeOffset now)
    {
        if (!_pins.TryGetValue(Hash(conversation), out LinkedListNode<Pin>? node)) return null;
        node.Value.LastSeen = now;
        _byUse.Remove(node);
        _byUse.AddLast(node);
        return node.Value.Account;
    }

    /// <summary>True when the conversation was not on this account before.</summary>
    public bool Put(string conversation, string account, DateTimeOffset now)
    {
        string hash = Hash(conversation);
        if (_pins.TryGetValue(hash, out LinkedListNode<Pin>? known) && known.Value.Account == account) return false;
        Add(hash, account, now);
        return true;
    }

    /// <summary>How many conversations of each account had a request since then.</summary>
    public Dictionary<string, int> ActiveSince(DateTimeOffset since)
    {
        Dictionary<string, int> active = [];
        for (LinkedListNode<Pin>? node = _byUse.Last; node?.Value.LastSeen >= since; node = node.Previous)
            active[node.Value.Account] = active.GetValueOrDefault(node.Value.Account) + 1;
        return active;
    }

    public void Clear()
    {
        _pins.Clear();
        _byUse.Clear();
    }

    /// <summary>What outlives the process: the account of each conversation's hash, the longest unused first.</summary>
    public IReadOnlyDictionary<string, string> Keep()
    {
        OrderedDictionary<string, string> kept = new(_byUse.Count);
        foreach (Pin pin in _byUse) kept.Add(pin.Conversation, pin.Account);
        return kept;
    }

    public void Take(IReadOnlyDictionary<string, string> kept)
    {
        foreach ((string hash, string account) in kept) Add(hash, account, DateTimeOffset.MinValue);
    }

    private void Add(string hash, string account, DateTimeOffset lastSeen)
    {
        if (_pins.Remove(hash, out LinkedListNode<Pin>? known)) _byUse.Remove(known);
        _pins[hash] = _byUse.AddLast(new Pin(hash, account) { LastSeen = lastSeen });
        if (_pins.Count <= Capacity) return;
        _pins.Remove(_byUse.First!.Value.Conversation);
        _byUse.RemoveFirst();
    }

    private static string Hash(string conversation) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(conversation)).AsSpan(0, 16));

    private sealed record Pin(string Conversation, string Account)
    {
        public DateTimeOffset LastSeen { get; set; }
    }
}
