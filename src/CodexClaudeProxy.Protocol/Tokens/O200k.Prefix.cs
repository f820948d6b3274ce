using System.Buffers;
using System.Text;

namespace CodexClaudeProxy.Protocol.Tokens;

public static partial class O200k
{
    /// <summary>
    /// A text that fits has a shorter one that fits, not further back than this: without its last token, and without up to
    /// three more where tokens end inside a character.
    /// </summary>
    private const int LongestGap = 4 * Vocabulary.LongestToken;

    /// <summary>How many characters the longest beginning of the text has that is at most <paramref name="maxTokens"/> tokens.</summary>
    /// <param name="tokens">The tokens of that beginning.</param>
    public static int Prefix(ReadOnlySpan<char> text, int maxTokens, out int tokens)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(text.Length * MostBytes);
        var utf8 = Encode(text, pooled);
        var characters = Encoding.UTF8.GetCharCount(utf8[..PrefixUtf8(utf8, maxTokens, out tokens)]);
        ArrayPool<byte>.Shared.Return(pooled);
        return characters;
    }

    private static int PrefixUtf8(ReadOnlySpan<byte> utf8, int maxTokens, out int tokens)
    {
        // 1. All pieces that fit, up to the last that does not end in white space: white space keeps its last character for
        //    the next word, and would not if the text ended here.
        int fitting = 0, end = 0;
        tokens = 0;
        for (int start = 0, sum = 0; start < utf8.Length; start = end)
        {
            end = Pieces.End(utf8, start);
            sum += Merger.Count(Vocabulary.Shared, utf8[start..end]);
            if (sum > maxTokens) break;

            Rune.DecodeLastFromUtf8(utf8[start..end], out var last, out _);
            if (end == utf8.Length || !Rune.IsWhiteSpace(last)) (fitting, tokens) = (end, sum);
        }

        if (fitting == utf8.Length) return fitting;

        // 2. Halve what remains of the pieces up to the one that did not fit. More text may be fewer tokens, so this finds a
        //    place that fits, not the last one.
        int known = fitting, knownTokens = tokens, beyond = NextCharacter(utf8, end);
        for (int low = fitting, high = end; low < high;)
        {
            var middle = (low + high) / 2;
            var at = NextCharacter(utf8, middle);
            var counted = knownTokens + CountUtf8(utf8[known..at]);
            if (counted <= maxTokens) (low, fitting, tokens) = (at, at, counted);
            else high = middle;
        }

        // 3. Go on from there. One character beyond the piece may fit again: the white space kept for the next word.
        for (var at = fitting; at < beyond && at - fitting <= LongestGap;)
        {
            at = NextCharacter(utf8, at);
            var counted = knownTokens + CountUtf8(utf8[known..at]);
            if (counted <= maxTokens) (fitting, tokens) = (at, counted);
        }

        return fitting;
    }

    /// <summary>The end of the character that begins or goes on at <paramref name="position"/>.</summary>
    private static int NextCharacter(ReadOnlySpan<byte> utf8, int position)
    {
        do position++;
        while (position < utf8.Length && (utf8[position] & 0xC0) == 0x80);
        return Math.Min(position, utf8.Length);
    }
}
