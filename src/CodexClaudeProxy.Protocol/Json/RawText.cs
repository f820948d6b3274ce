using System.Runtime.InteropServices;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>
/// Looks at the still escaped body of a JSON string. What a client escaped stays escaped and what it did not stays as it
/// is, so that the same text always gives the same bytes.
/// </summary>
internal static class RawText
{
    /// <summary>The body of a string value; empty for any other kind.</summary>
    public static ReadOnlySpan<byte> Of(JsonElement text) =>
        text.ValueKind == JsonValueKind.String ? JsonMarshal.GetRawUtf8Value(text)[1..^1] : default;

    /// <summary>The body of a string member; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Of(JsonElement element, ReadOnlySpan<byte> member) => Of(element.Member(member));

    /// <summary>Nothing but white space.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> text)
    {
        var at = SpaceAtStart(text);
        if (at == text.Length) return true;
        // A letter settles it; an escape or a non-ASCII character may still be one of Unicode's spaces.
        return (text[at] is (byte)'\\' or >= 0x80) && string.IsNullOrWhiteSpace(JsonText.ToString(text[at..]));
    }

    /// <summary>How many bytes of ASCII white space, plain or escaped, stand at the start.</summary>
    public static int SpaceAtStart(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == (byte)' ') at++;
            else if (text[at] == (byte)'\\' && text[at + 1] is (byte)'n' or (byte)'r' or (byte)'t') at += 2;
            else break;
        }

        return at;
    }

    /// <summary>The text without the ASCII white space at its end.</summary>
    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (text[^1] == (byte)' ') text = text[..^1];
            else if (text[^1] is (byte)'n' or (byte)'r' or (byte)'t' && EndsWithEscape(text)) text = text[..^2];
            else break;
        }

        return text;
    }

    /// <summary>The number of bytes that make the first <paramref name="units"/> UTF-16 units, or −1 if there is no border there.</summary>
    public static int BytesOf(ReadOnlySpan<byte> text, int units)
    {
        var at = 0;
        while (units > 0 && at < text.Length) units -= Next(text, ref at);
        return units == 0 ? at : -1;
    }

    /// <summary>The start of the text, at most this many UTF-16 units long.</summary>
    public static ReadOnlySpan<byte> Clip(ReadOnlySpan<byte> text, int units)
    {
        if (text.Length <= units) return text;
        int at = 0, end = 0;
        while (units > 0 && at < text.Length)
        {
            units -= Next(text, ref at);
            if (units >= 0) end = at;
        }

        return text[..end];
    }

    /// <summary>Steps over one character and gives its UTF-16 units.</summary>
    private static int Next(ReadOnlySpan<byte> text, ref int at)
    {
        var rest = text[at..];
        if (rest[0] != (byte)'\\')
        {
            at += rest[0] switch { < 0x80 => 1, < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
            return rest[0] >= 0xF0 ? 2 : 1;
        }

        // Escapes of surrogates come in pairs: single ones were replaced when the body was read.
        var isPair = rest is [_, (byte)'u', (byte)'d' or (byte)'D', (byte)'8' or (byte)'9' or (byte)'a' or (byte)'b' or (byte)'A' or (byte)'B', ..];
        at += isPair ? 12 : rest[1] == (byte)'u' ? 6 : 2;
        return isPair ? 2 : 1;
    }

    /// <summary>An odd number of backslashes in front of the last byte: the last of them escapes it.</summary>
    private static bool EndsWithEscape(ReadOnlySpan<byte> text)
    {
        var front = text[..^1];
        return (front.Length - front.TrimEnd((byte)'\\').Length) % 2 == 1;
    }
}
