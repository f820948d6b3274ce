using System.Numerics;
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
    internal const int ShortestWorthwhile = 64;

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
        var key = Mix((ulong)salt, (ulong)text.Length);
        var words = MemoryMarshal.Cast<byte, ulong>(text);
        if (words.Length >= 8)
        {
            // Four at a time, because each step of one waits for the step before.
            ulong first = Mix(key, 1), second = Mix(key, 2), third = Mix(key, 3), fourth = Mix(key, 4);
            for (; words.Length >= 4; words = words[4..])
            {
                first = Mix(first, words[0]);
                second = Mix(second, words[1]);
                third = Mix(third, words[2]);
                fourth = Mix(fourth, words[3]);
            }

            key = Mix(Mix(Mix(Mix(key, first), second), third), fourth);
        }

        foreach (var word in words) key = Mix(key, word);
        foreach (var last in text[(text.Length & ~(sizeof(ulong) - 1))..]) key = Mix(key, last);
        key = (key ^ key >> 32) * 0xC2B2AE3D27D4EB4F;
        return key ^ key >> 29;
    }

    private static ulong Mix(ulong key, ulong word) => BitOperations.RotateLeft((key ^ word) * 0x9E3779B97F4A7C15, 29);
}
