using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>
/// Counts the tokens of one piece: beginning with its bytes, the two neighbours that together have the lowest rank become
/// one (the leftmost of equals), until no two neighbours make a token.
/// </summary>
internal static class Merger
{
    /// <summary>Up to here looking at every part for the lowest rank is faster than keeping a heap.</summary>
    private const int ShortPiece = 128;

    private const int NoKey = int.MaxValue;

    /// <summary>
    /// A longer piece is no text (a row of one character, a dump without a break); counted in parts it costs bounded memory
    /// and at most a token or two too many for each.
    /// </summary>
    private const int LongestPiece = 16 * 1024;

    /// <summary>How many of them are counted one by one.</summary>
    private const int MostParts = 64;

    public static int Count(Vocabulary vocabulary, ReadOnlySpan<byte> piece)
    {
        if (piece.Length < 2) return piece.Length;
        if (vocabulary.RankOf(piece) != Vocabulary.NoRank) return 1;
        if (!piece.ContainsAnyInRange(Seams.FirstLead, byte.MaxValue)) return CountPart(vocabulary, piece);

        // Scripts without spaces make long pieces. Where no token crosses from one character to the next no merge does, so
        // what lies between two such places can be counted by itself.
        int tokens = 0, start = 0;
        for (var at = 2; at + 2 <= piece.Length; at++)
        {
            if (!vocabulary.Seams.IsUncrossed(piece, at)) continue;
            tokens += CountPart(vocabulary, piece[start..at]);
            start = at;
        }

        return tokens + CountPart(vocabulary, piece[start..]);
    }

    private static int CountPart(Vocabulary vocabulary, ReadOnlySpan<byte> piece)
    {
        if (piece.Length < ShortPiece) return CountShort(vocabulary, piece);

        if (piece.Length <= LongestPiece) return CountLong(vocabulary, piece);

        // Of very many parts some tell enough, spread over the whole.
        var parts = piece.Length / LongestPiece;
        var step = (parts + MostParts - 1) / MostParts;
        long tokens = 0, counted = 0;
        for (var part = 0; part < parts; part += step, counted++) tokens += CountLong(vocabulary, piece.Slice(part * LongestPiece, LongestPiece));
        var rest = piece[(parts * LongestPiece)..];
        return (int)(tokens * parts / counted) + (rest.IsEmpty ? 0 : CountLong(vocabulary, rest));
    }

    [SkipLocalsInit]
    private static int CountShort(Vocabulary vocabulary, ReadOnlySpan<byte> piece)
    {
        // A part is named by where it begins. Its key is the rank it would have together with the next part, then its name:
        // the lowest key is the next to merge.
        Span<int> keys = stackalloc int[ShortPiece];
        Span<byte> next = stackalloc byte[ShortPiece];
        Span<byte> previous = stackalloc byte[ShortPiece + 1];

        // Whole vectors; what is beyond the piece has no key.
        keys = keys[..((piece.Length + 3) & ~3)];
        keys[^4..].Fill(NoKey);
        for (var i = 0; i < piece.Length; i++)
        {
            next[i] = (byte)(i + 1);
            previous[i + 1] = (byte)i;
        }

        for (var i = 0; i + 1 < piece.Length; i++) keys[i] = Key(vocabulary.RankOf(piece[i], piece[i + 1]), i);

        for (var parts = piece.Length; ; parts--)
        {
            var lowest = Lowest(keys);
            if (lowest == NoKey) return parts;

            var part = lowest & (ShortPiece - 1);
            var merged = next[part];
            var end = next[merged];
            next[part] = end;
            previous[end] = (byte)part;
            keys[merged] = NoKey;
            keys[part] = end < piece.Length ? Key(vocabulary.RankOf(piece[part..next[end]]), part) : NoKey;
            if (part > 0) keys[previous[part]] = Key(vocabulary.RankOf(piece[previous[part]..end]), previous[part]);
        }
    }

    private static int Key(int rank, int part) => rank == Vocabulary.NoRank ? NoKey : rank * ShortPiece | part;

    private static int Lowest(ReadOnlySpan<int> keys)
    {
        var lowest = Vector128.Create(NoKey);
        foreach (var four in MemoryMarshal.Cast<int, Vector128<int>>(keys)) lowest = Vector128.Min(lowest, four);
        return Math.Min(Math.Min(lowest[0], lowest[1]), Math.Min(lowest[2], lowest[3]));
    }

    private static int CountLong(Vocabulary vocabulary, ReadOnlySpan<byte> piece)
    {
        var links = ArrayPool<int>.Shared.Rent(3 * piece.Length + 1);
        var heap = ArrayPool<ulong>.Shared.Rent(3 * piece.Length);
        try
        {
            return new LongPiece(vocabulary, piece, links, heap).Count();
        }
        finally
        {
            ArrayPool<int>.Shared.Return(links);
            ArrayPool<ulong>.Shared.Return(heap);
        }
    }

    /// <summary>The parts as a linked list, the candidates in a binary heap: n·log n where <see cref="CountShort"/> is quadratic.</summary>
    private ref struct LongPiece(Vocabulary vocabulary, ReadOnlySpan<byte> piece, int[] links, ulong[] heap)
    {
        // A part is named by where it begins.
        private readonly Vocabulary _vocabulary = vocabulary;
        private readonly ReadOnlySpan<byte> _piece = piece;
        private readonly Span<int> _next = links.AsSpan(0, piece.Length);
        private readonly Span<int> _previous = links.AsSpan(piece.Length, piece.Length + 1);
        private readonly Span<int> _ranks = links.AsSpan(2 * piece.Length + 1, piece.Length);

        // Rank in the high half, place in the low one, so that the leftmost of equals comes first. An entry whose part
        // has changed since is recognised by its rank and dropped when it comes up.
        private readonly ulong[] _heap = heap;
        private int _heaped;

        public int Count()
        {
            for (var i = 0; i < _piece.Length; i++)
            {
                _next[i] = i + 1;
                _previous[i + 1] = i;
            }

            for (var i = 0; i < _piece.Length; i++) Rank(i);

            var parts = _piece.Length;
            while (_heaped > 0)
            {
                var lowest = Pop();
                var part = (int)(uint)lowest;
                if (_ranks[part] != (int)(lowest >> 32)) continue;

                var merged = _next[part];
                _next[part] = _next[merged];
                _previous[_next[part]] = part;
                _ranks[merged] = Vocabulary.NoRank;
                parts--;
                Rank(part);
                if (part > 0) Rank(_previous[part]);
            }

            return parts;
        }

        private void Rank(int part)
        {
            var second = _next[part];
            _ranks[part] = second < _piece.Length ? _vocabulary.RankOf(_piece[part.._next[second]]) : Vocabulary.NoRank;
            if (_ranks[part] != Vocabulary.NoRank) Push((ulong)_ranks[part] << 32 | (uint)part);
        }

        private void Push(ulong entry)
        {
            var at = _heaped++;
            while (at > 0 && _heap[(at - 1) / 2] > entry)
            {
                _heap[at] = _heap[(at - 1) / 2];
                at = (at - 1) / 2;
            }

            _heap[at] = entry;
        }

        private ulong Pop()
        {
            var top = _heap[0];
            var last = _heap[--_heaped];
            var at = 0;
            for (var child = 1; child < _heaped; child = 2 * at + 1)
            {
                if (child + 1 < _heaped && _heap[child + 1] < _heap[child]) child++;
                if (_heap[child] >= last) break;
                _heap[at] = _heap[child];
                at = child;
            }

            _heap[at] = last;
            return top;
        }
    }
}
