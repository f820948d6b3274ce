using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>
/// Remembers what long texts counted, because a client sends its whole conversation again with every turn. A fixed table of
/// 64-bit entries (a newer text takes the place of an older one), without a lock: an entry is read and written at once. Texts are
/// recognised by a hash alone; at worst an estimate is wrong.
/// </summary>
public sealed class TextCounts
{
    /// <summary>Shorter texts are counted as fast as they would be found.</summary>
    internal const int ShortestWorthwhile = 256;

    // An entry: the high 40 bits of the key, then the count.
    private const int CountBits = 24;
    private const int SlotBits = 14;

    private readonly ulong[] _entries = new ulong[1 << SlotBits];

    /// <summary>The memory this takes, whatever it remembers.</summary>
    public int Bytes => _entries.Length * sizeof(ulong);

    internal bool TryGet(ulong key, out int tokens)
    {
        var entry = Volatile.Read(ref _entries[SlotOf(key)]);
        tokens = (int)entry & ((1 << CountBits) - 1);
        return entry != 0 && entry >> CountBits == key >> CountBits;
    }

    internal void Set(ulong key, int tokens)
    {
        if (tokens >= 1 << CountBits) return;
        Volatile.Write(ref _entries[SlotOf(key)], key >> CountBits << CountBits | (uint)tokens);
    }

    private static int SlotOf(ulong key) => (int)key & ((1 << SlotBits) - 1);

    /// <param name="salt">Keeps apart what is counted in different ways.</param>
    internal static ulong Key(ReadOnlySpan<byte> text, int salt)
    {
        var key = Mix((ulong)text.Length ^ 0x9E3779B97F4A7C15, (ulong)salt ^ 0xC2B2AE3D27D4EB4F);
        var words = MemoryMarshal.Cast<byte, ulong>(text);
        var word = 0;
        for (; word + 1 < words.Length; word += 2) key = Mix(words[word] ^ 0xA0761D6478BD642F, words[word + 1] ^ key);

        ulong tail = 0, shift = 0;
        foreach (var last in text[(word * sizeof(ulong))..])
        {
            tail ^= (ulong)last << (int)(shift & 63);
            shift += 8;
            if ((shift & 63) == 0) (key, tail) = (Mix(tail ^ 0xE7037ED1A0B428DB, key), 0);
        }

        return Mix(tail ^ 0x8EBC6AF09C88C6E3, key);
    }

    private static ulong Mix(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
