namespace CodexClaudeProxy.Keys;

/// <summary>All keys of clients at one moment.</summary>
internal sealed class KeyRing
{
    public static readonly KeyRing Empty = new([]);

    /// <summary>What stands for a file that cannot be read: there are keys, and nobody has one of them.</summary>
    public static readonly KeyRing Unreadable = new([]) { IsUnreadable = true };

    private readonly Dictionary<string, ClientKey> _byHash;

    public KeyRing(IReadOnlyList<ClientKey> all)
    {
        All = all;
        _byHash = all.ToDictionary(static key => key.Hash, StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<ClientKey> All { get; }

    public bool IsUnreadable { get; private init; }

    /// <summary>Clients must present a key. Also when all keys have expired: time alone opens no door.</summary>
    public bool IsRequired => All.Count > 0 || IsUnreadable;

    /// <summary>
    /// The key with this text; null when there is none. Looked up by its hash: how long that takes tells about hashes, from which no key can be
    /// guessed, and nothing about how much of the text was right.
    /// </summary>
    public ClientKey? Find(string? text) => KeyText.IsForClient(text) ? _byHash.GetValueOrDefault(KeyText.Hash(text!)) : null;

    public ClientKey? FindById(string id) => All.FirstOrDefault(key => key.Id == id);

    /// <summary>By id, or by name in any case.</summary>
    public ClientKey? FindNamed(string name) =>
        FindById(name) ?? All.FirstOrDefault(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
