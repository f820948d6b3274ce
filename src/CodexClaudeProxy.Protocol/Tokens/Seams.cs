using System.Buffers.Binary;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>
/// Which ends and beginnings of neighbouring characters occur side by side inside a token, as far as the characters are not
/// ASCII. Most that occur in a text do not, and there no token, so no merge either, crosses from one to the other.
/// </summary>
internal sealed class Seams
{
    /// <summary>The lowest byte that begins a character of several bytes.</summary>
    public const byte FirstLead = 0xC0;

    private const int WideBits = 17;

    // The last two bytes of one character and the first two of the next, hashed; a chance hit only costs a split.
    private readonly ulong[] _wide = new ulong[1 << (WideBits - 6)];

    // The last byte and the first, of the few tokens that have no more than one of either character.
    private readonly ulong[] _narrow = new ulong[1 << 10];

    /// <param name="kept">How many bytes at its beginning the token shares with the one noted before.</param>
    public void Note(ReadOnlySpan<byte> token, int kept)
    {
        for (var at = Math.Max(2, kept - 1); at + 2 <= token.Length; at++)
        {
            if (IsSeam(token, at)) Set(_wide, Wide(token, at));
        }

        if (token.Length < 2) return;
        if (IsSeam(token, 1)) Set(_narrow, Narrow(token, 1));
        if (IsSeam(token, token.Length - 1)) Set(_narrow, Narrow(token, token.Length - 1));
    }

    /// <param name="at">Where a character may begin, at least two bytes from either end.</param>
    public bool IsUncrossed(ReadOnlySpan<byte> text, int at) =>
        IsSeam(text, at) && !Has(_wide, Wide(text, at)) && !Has(_narrow, Narrow(text, at));

    private static bool IsSeam(ReadOnlySpan<byte> text, int at) => text[at] >= FirstLead && text[at - 1] >= 0x80;

    private static uint Wide(ReadOnlySpan<byte> text, int at) => BinaryPrimitives.ReadUInt32LittleEndian(text[(at - 2)..]) * 0x9E3779B1 >> (32 - WideBits);

    private static uint Narrow(ReadOnlySpan<byte> text, int at) => (uint)(text[at - 1] << 8 | text[at]);

    private static void Set(ulong[] bits, uint bit) => bits[bit >> 6] |= 1UL << (int)bit;

    private static bool Has(ulong[] bits, uint bit) => (bits[bit >> 6] >> (int)bit & 1) != 0;
}
