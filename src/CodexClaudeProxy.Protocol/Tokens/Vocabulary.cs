using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>
/// The o200k tokens and their ranks: the tokens' bytes in one array and an open-addressed table over them, both grown once
/// from the embedded <c>o200k.bin</c>.
/// </summary>
/// <remarks>
/// The file, little endian: number of tokens, sum of their lengths, then the tokens in byte order, each as what it changes
/// of the one before: 24 bits of rank (18), bytes to drop at the end (3; 7: the number follows in a byte) and bytes to
/// append (3; 0: likewise), then those bytes. <c>scripts/vocabulary</c> makes it from the published data.
/// </remarks>
internal sealed class Vocabulary
{
    /// <summary>Greater than every rank: these bytes are no token.</summary>
    public const int NoRank = int.MaxValue;

    public const int LongestToken = 128;

    // Five eighths full: look-ups should end soon, yet every page costs time at the first use.
    private const int Slots = 5 << 16;

    // One slot, from the low end: rank, offset and length - 1 of the token's bytes, and the low end of the hash, whose high half is the slot's place.
    private const int RankBits = 18, OffsetBits = 21, LengthBits = 7;
    private const int OffsetShift = RankBits, LengthShift = OffsetShift + OffsetBits, MarkShift = LengthShift + LengthBits;
    private const ulong Empty = 0;

    private const int FilterBits = 14;

    private readonly byte[] _bytes;
    private readonly ulong[] _slots = new ulong[Slots];

    // Two bits for every token, in a word of the hash's choice. Small enough to stay near the processor, it answers most of the
    // look-ups that find nothing, which are most of a merge.
    private readonly ulong[] _filter = new ulong[1 << FilterBits];

    // Every merge begins with the ranks of two bytes each.
    private readonly int[] _pairs = new int[1 << 16];

    public Seams Seams { get; } = new();

    public static Vocabulary Shared => Loaded.Instance;

    public static bool IsLoaded { get; private set; }

    // A class of its own: the vocabulary is loaded by the first text that is counted, not by the first touch of the outer class.
    private static class Loaded
    {
        public static readonly Vocabulary Instance = Load();
    }

    private static unsafe Vocabulary Load()
    {
        using var file = (UnmanagedMemoryStream)typeof(Vocabulary).Assembly.GetManifestResourceStream("o200k.bin")!;
        var loaded = new Vocabulary(new ReadOnlySpan<byte>(file.PositionPointer, (int)file.Length));
        IsLoaded = true;
        return loaded;
    }

    private Vocabulary(ReadOnlySpan<byte> file)
    {
        Array.Fill(_pairs, NoRank);
        var tokens = BinaryPrimitives.ReadInt32LittleEndian(file);
        _bytes = GC.AllocateUninitializedArray<byte>(BinaryPrimitives.ReadInt32LittleEndian(file[4..]));
        var at = 8;
        for (int previous = 0, start = 0; tokens > 0; tokens--)
        {
            var head = file[at] | file[at + 1] << 8 | file[at + 2] << 16;
            at += 3;
            var drop = head >> 18 & 7;
            var append = head >> 21;
            if (drop == 7) drop = file[at++];
            if (append == 0) append = file[at++];

            var kept = start - previous - drop;
            var length = kept + append;
            _bytes.AsSpan(previous, kept).CopyTo(_bytes.AsSpan(start));
            file.Slice(at, append).CopyTo(_bytes.AsSpan(start + kept));
            Add(head & 0x3FFFF, start, length);
            Seams.Note(_bytes.AsSpan(start, length), kept);
            at += append;
            (previous, start) = (start, start + length);
        }
    }

    private void Add(int rank, int offset, int length)
    {
        if (length == 2) _pairs[_bytes[offset] << 8 | _bytes[offset + 1]] = rank;
        var hash = Hash(_bytes.AsSpan(offset, length));
        _filter[hash >> (64 - FilterBits)] |= FilterOf(hash);
        var slot = Place(hash);
        while (_slots[slot] != Empty) slot = slot + 1 < Slots ? slot + 1 : 0;
        _slots[slot] = (uint)rank | (ulong)offset << OffsetShift | (ulong)(length - 1) << LengthShift | hash << MarkShift;
    }

    public int RankOf(byte first, byte second) => _pairs[first << 8 | second];

    /// <summary>The rank of the token with exactly these bytes, or <see cref="NoRank"/>.</summary>
    public int RankOf(ReadOnlySpan<byte> token)
    {
        if (token.Length > LongestToken) return NoRank;

        var hash = Hash(token);
        var filter = FilterOf(hash);
        if ((_filter[hash >> (64 - FilterBits)] & filter) != filter) return NoRank;

        var wanted = (ulong)(token.Length - 1) << LengthShift | hash << MarkShift;
        for (var slot = Place(hash); ; slot = slot + 1 < Slots ? slot + 1 : 0)
        {
            var entry = _slots[slot];
            if (entry == Empty) return NoRank;
            if (entry >> LengthShift != wanted >> LengthShift) continue;

            var offset = (int)(entry >> OffsetShift) & ((1 << OffsetBits) - 1);
            if (token.SequenceEqual(_bytes.AsSpan(offset, token.Length))) return (int)entry & ((1 << RankBits) - 1);
        }
    }

    private static ulong FilterOf(ulong hash) => 1UL << (int)hash | 1UL << (int)(hash >> 6);

    private static int Place(ulong hash) => (int)((hash >> 32) * Slots >> 32);

    /// <summary>Takes a constant number of words, whatever the length: the first, the last and, of long tokens, the middle.</summary>
    private static ulong Hash(ReadOnlySpan<byte> token)
    {
        const ulong First = 0x9E3779B97F4A7C15, Second = 0xC2B2AE3D27D4EB4F;
        ref var start = ref MemoryMarshal.GetReference(token);
        var length = token.Length;
        ulong head, tail;
        if (length >= 8)
        {
            head = Word<ulong>(ref start, 0);
            tail = Word<ulong>(ref start, length - 8);
            if (length > 16) head ^= Word<ulong>(ref start, length / 2 - 4) * Second;
        }
        else if (length >= 4)
        {
            head = Word<uint>(ref start, 0);
            tail = Word<uint>(ref start, length - 4);
        }
        else
        {
            head = start;
            tail = (uint)(Unsafe.Add(ref start, length >> 1) << 8 | Unsafe.Add(ref start, length - 1));
        }

        // Math.BigMul would mix better, but takes the slow way on processors as old as we support.
        var hash = (head ^ First) * Second ^ BitOperations.RotateLeft((tail + (ulong)length) * First, 32);
        hash *= Second;
        return hash ^ hash >> 32;
    }

    private static T Word<T>(ref byte start, int offset) where T : unmanaged => Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref start, offset));
}
