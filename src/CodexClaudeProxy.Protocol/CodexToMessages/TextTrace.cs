using System.Buffers.Text;
using System.Text;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// What has come of a text, as a fingerprint and a length. That is enough to find in the whole text, when it is told at the end, what is
/// missing, and nothing of a long answer is kept. Texts are bodies of JSON strings; the same characters count as the same however they are escaped.
/// </summary>
internal sealed class TextTrace
{
    // FNV-1a, over UTF-16 units.
    private const ulong Start = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    private ulong _hash = Start;
    private long _units;

    public void Clear() => (_hash, _units) = (Start, 0);

    public void Add(ReadOnlySpan<byte> text) => Walk(text, ref _hash, ref _units, long.MaxValue);

    /// <summary>What the whole text has beyond what came; nothing when it differs, since what was sent cannot be taken back.</summary>
    public ReadOnlySpan<byte> MissingIn(ReadOnlySpan<byte> whole)
    {
        // No unit takes less than a byte.
        if (whole.Length <= _units) return default;
        var (hash, units) = (Start, 0L);
        var length = Walk(whole, ref hash, ref units, _units);
        return units == _units && hash == _hash ? whole[length..] : default;
    }

    /// <returns>The bytes that were walked over until there are <paramref name="most"/> units.</returns>
    private static int Walk(ReadOnlySpan<byte> text, ref ulong hash, ref long units, long most)
    {
        var at = 0;
        Span<char> pair = stackalloc char[2];
        while (at < text.Length && units < most)
        {
            var b = text[at];
            if (b == (byte)'\\' && at + 1 < text.Length)
            {
                at += Escape(text[at..], out var unit);
                Add(unit, ref hash, ref units);
            }
            else if (b < 0x80)
            {
                at++;
                Add(b, ref hash, ref units);
            }
            else
            {
                Rune.DecodeFromUtf8(text[at..], out var rune, out var length);
                at += length;
                foreach (var unit in pair[..rune.EncodeToUtf16(pair)]) Add(unit, ref hash, ref units);
            }
        }

        return at;
    }

    private static void Add(uint unit, ref ulong hash, ref long units)
    {
        hash = (hash ^ unit) * Prime;
        units++;
    }

    /// <returns>The length of the escape at the start of the text.</returns>
    private static int Escape(ReadOnlySpan<byte> text, out uint unit)
    {
        if (text[1] == (byte)'u' && text.Length >= 6 && Utf8Parser.TryParse(text.Slice(2, 4), out ushort code, out var digits, 'X') && digits == 4)
        {
            unit = code;
            return 6;
        }

        unit = text[1] switch
        {
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            var other => other,
        };
        return 2;
    }
}
