using System.Buffers;
using System.Globalization;
using System.Text;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>
/// The body of a JSON string, without its quotes and still escaped: what the hot path copies from one side to the
/// other without ever decoding it. The conversions here serve the few places that must look inside.
/// </summary>
public static class JsonText
{
    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>Length of the text in UTF-16 units, as clients count it.</summary>
    public static int Utf16Length(ReadOnlySpan<byte> escaped)
    {
        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            var b = escaped[i];
            if (b == (byte)'\\')
            {
                length++;
                i += i + 1 < escaped.Length && escaped[i + 1] == (byte)'u' ? 5 : 1;
            }
            else if (b < 0x80 || b >= 0xC0)
            {
                length += b >= 0xF0 ? 2 : 1;
            }
        }

        return length;
    }

    /// <summary>Decodes into UTF-8. An unpaired surrogate becomes U+FFFD.</summary>
    public static void Unescape(ReadOnlySpan<byte> escaped, IBufferWriter<byte> output) =>
        output.Advance(Unescape(escaped, output.GetSpan(escaped.Length + 1)));

    /// <summary>The same into a target as long as the source, which decoding never exceeds; returns the length.</summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain < 0) plain = escaped.Length;
            escaped[..plain].CopyTo(target[written..]);
            written += plain;
            escaped = escaped[plain..];
            if (escaped.Length < 2) return written;

            var rune = ReadEscape(ref escaped);
            if (char.IsHighSurrogate((char)rune) && escaped is [(byte)'\\', (byte)'u', ..])
            {
                var rest = escaped;
                var low = ReadEscape(ref rest);
                if (char.IsLowSurrogate((char)low))
                {
                    rune = char.ConvertToUtf32((char)rune, (char)low);
                    escaped = rest;
                }
            }

            written += (Rune.TryCreate(rune, out var valid) ? valid : Rune.ReplacementChar).EncodeToUtf8(target[written..]);
        }
    }

    /// <summary>Decodes into UTF-16 units, unpaired surrogates included. The target needs one unit per byte of the source.</summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<char> target)
    {
        var written = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain < 0) plain = escaped.Length;
            written += Encoding.UTF8.GetChars(escaped[..plain], target[written..]);
            escaped = escaped[plain..];
            if (escaped.Length < 2) return written;
            target[written++] = (char)ReadEscape(ref escaped);
        }
    }

    public static string ToString(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\')) return Encoding.UTF8.GetString(escaped);

        var chars = ArrayPool<char>.Shared.Rent(escaped.Length);
        var text = new string(chars, 0, Unescape(escaped, chars));
        ArrayPool<char>.Shared.Return(chars);
        return text;
    }

    /// <summary>Encodes UTF-8 text as a JSON string body; only what JSON demands is escaped.</summary>
    public static void Escape(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        while (true)
        {
            var plain = utf8.IndexOfAny(MustEscape);
            if (plain < 0) plain = utf8.Length;
            output.Write(utf8[..plain]);
            if (plain == utf8.Length) return;
            WriteEscape(utf8[plain], output);
            utf8 = utf8[(plain + 1)..];
        }
    }

    /// <summary>Encodes UTF-16 text as a JSON string body. An unpaired surrogate stays one, as an escape.</summary>
    public static void Escape(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            var run = PlainRun(text);
            if (run > 0)
            {
                var target = output.GetSpan(Encoding.UTF8.GetMaxByteCount(run));
                output.Advance(Encoding.UTF8.GetBytes(text[..run], target));
                text = text[run..];
            }
            else
            {
                WriteEscape(text[0], output);
                text = text[1..];
            }
        }
    }

    public static byte[] Escaped(string text)
    {
        using var buffer = new PooledBuffer();
        Escape(text, buffer);
        return buffer.Written.ToArray();
    }

    /// <summary>How many units at the start need no escape.</summary>
    private static int PlainRun(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (c < 0x20 || c is '"' or '\\' || char.IsSurrogate(c)) return i;
        }

        return text.Length;
    }

    private static int ReadEscape(ref ReadOnlySpan<byte> escaped)
    {
        var kind = escaped[1];
        if (kind == (byte)'u' && escaped.Length >= 6 && TryReadHex(escaped.Slice(2, 4), out var unit))
        {
            escaped = escaped[6..];
            return unit;
        }

        escaped = escaped[2..];
        return kind switch
        {
            (byte)'n' => '\n',
            (byte)'t' => '\t',
            (byte)'r' => '\r',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            _ => kind,
        };
    }

    private static bool TryReadHex(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit)) return false;
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return true;
    }

    private static void WriteEscape(int unit, IBufferWriter<byte> output)
    {
        switch (unit)
        {
            case '"': output.Write("\\\""u8); break;
            case '\\': output.Write("\\\\"u8); break;
            case '\n': output.Write("\\n"u8); break;
            case '\r': output.Write("\\r"u8); break;
            case '\t': output.Write("\\t"u8); break;
            default:
                var target = output.GetSpan(6);
                "\\u"u8.CopyTo(target);
                unit.TryFormat(target[2..], out _, "x4", CultureInfo.InvariantCulture);
                output.Advance(6);
                break;
        }
    }
}
