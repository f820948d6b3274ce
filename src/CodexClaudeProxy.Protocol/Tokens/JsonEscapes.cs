using System.Globalization;
using System.Text;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>Takes the escapes out of the inside of a JSON string, and never fails: half a surrogate pair becomes the replacement character.</summary>
internal static class JsonEscapes
{
    /// <summary>Returns how much of <paramref name="text"/> was written; never more than the escaped length.</summary>
    public static int Remove(ReadOnlySpan<byte> escaped, Span<byte> text)
    {
        var written = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain < 0 || plain + 1 == escaped.Length) plain = escaped.Length;
            escaped[..plain].CopyTo(text[written..]);
            written += plain;
            if (plain == escaped.Length) return written;

            var kind = escaped[plain + 1];
            escaped = escaped[(plain + 2)..];
            if (kind == 'u') written += TakeCodePoint(ref escaped).EncodeToUtf8(text[written..]);
            else text[written++] = Single(kind);
        }
    }

    private static byte Single(byte kind) => kind switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'t' => (byte)'\t',
        (byte)'r' => (byte)'\r',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => kind,
    };

    private static Rune TakeCodePoint(ref ReadOnlySpan<byte> afterU)
    {
        var first = TakeHex(ref afterU);
        if (Rune.TryCreate(first, out var rune)) return rune;

        if (char.IsHighSurrogate(first) && afterU.StartsWith("\\u"u8))
        {
            var rest = afterU[2..];
            if (Rune.TryCreate(first, TakeHex(ref rest), out rune))
            {
                afterU = rest;
                return rune;
            }
        }

        return Rune.ReplacementChar;
    }

    private static char TakeHex(ref ReadOnlySpan<byte> text)
    {
        var digits = text[..Math.Min(4, text.Length)];
        text = text[digits.Length..];
        return digits.Length == 4 && ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : '\uFFFD';
    }
}
