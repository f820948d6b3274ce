using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>
/// Parses a request whose strings have many escapes, as source code has: the base library reads such a string byte by byte from its first escape
/// on. So it is shown a copy in which each of these strings has only one, at its very end. What it notes of the copy is where every value
/// lies and whether it has escapes, and that is the same in the real text, which the document is given afterwards.
/// </summary>
internal sealed class EscapedJson : MemoryManager<byte>
{
    private const byte Plain = (byte)'x';

    private static readonly SearchValues<byte> Escapable = SearchValues.Create("\"\\/bfnrt"u8);

    private readonly Memory<byte> _text;
    private Memory<byte> _shown;

    private EscapedJson(ReadOnlyMemory<byte> text, Memory<byte> shown) => (_text, _shown) = (MemoryMarshal.AsMemory(text), shown);

    /// <param name="text">UTF-8. Stays in use as long as the document.</param>
    /// <exception cref="JsonException">As <see cref="JsonDocument"/> has it.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        var copy = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            var json = new EscapedJson(text, copy.AsMemory(0, text.Length));
            text.Span.CopyTo(copy);
            Mask(json._shown.Span);
            var document = JsonDocument.Parse(json.Memory, JsonDepth.Request);
            json._shown = json._text;
            return document;
        }
        catch (JsonException)
        {
            // What is wrong is told of the real text.
            return JsonDocument.Parse(text, JsonDepth.Request);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    public override Span<byte> GetSpan() => _shown.Span;

    public override MemoryHandle Pin(int elementIndex = 0) => _shown[elementIndex..].Pin();

    public override void Unpin()
    {
        // The handle itself does it.
    }

    protected override void Dispose(bool disposing)
    {
        // The text is the caller's.
    }

    private static void Mask(Span<byte> json)
    {
        for (int at = 0, quote; (quote = json[at..].IndexOf((byte)'"')) >= 0;) at = MaskString(json, at + quote + 1);
    }

    /// <summary>Leaves what is not valid, so that it is found. Returns where to go on.</summary>
    /// <param name="at">Behind the opening quote.</param>
    private static int MaskString(Span<byte> json, int at)
    {
        var hasEscape = false;
        while (true)
        {
            var next = json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) return json.Length;
            at += next;
            if (json[at] == (byte)'"') break;
            if (!IsEscape(json[at..])) return json.Length;
            hasEscape = true;
            json[at] = Plain;
            if (json[at + 1] is (byte)'"' or (byte)'\\') json[at + 1] = Plain;
            at += 2;
        }

        // Control characters are not valid either.
        if (hasEscape && json[at - 2] >= 0x20 && json[at - 1] >= 0x20) "\\n"u8.CopyTo(json[(at - 2)..]);
        return at + 1;
    }

    private static bool IsEscape(ReadOnlySpan<byte> json)
    {
        if (json.Length < 2) return false;
        if (json[1] != (byte)'u') return Escapable.Contains(json[1]);
        return json.Length >= 6 && IsHex(json[2]) && IsHex(json[3]) && IsHex(json[4]) && IsHex(json[5]);
    }

    private static bool IsHex(byte digit) => char.IsAsciiHexDigit((char)digit);
}
