using System.Globalization;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>
/// JavaScript clients cut strings between the halves of a surrogate pair and then send <c>\ud83d</c> alone, which strict
/// parsers such as the backend's refuse. The escape of U+FFFD has the same length, so that it can take the place.
/// </summary>
public static class LoneSurrogates
{
    /// <summary>The body itself when there is nothing to replace, which is nearly always.</summary>
    public static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> body)
    {
        byte[]? copy = null;
        var at = 0;
        while (Find(body.Span, ref at))
        {
            copy ??= body.ToArray();
            "\\ufffd"u8.CopyTo(copy.AsSpan(at));
            at += 6;
        }

        return copy ?? body;
    }

    private static bool Find(ReadOnlySpan<byte> json, ref int at)
    {
        while (true)
        {
            var next = json[at..].IndexOf("\\u"u8);
            if (next < 0) return false;
            at += next;
            var code = IsEscape(json, at) ? CodeAt(json, at) : 0;
            if (code is >= 0xD800 and <= 0xDBFF && CodeAt(json, at + 6) is >= 0xDC00 and <= 0xDFFF) at += 12;
            else if (code is >= 0xD800 and <= 0xDFFF) return true;
            else at += 2;
        }
    }

    /// <summary>An even number of backslashes in front: this one starts an escape.</summary>
    private static bool IsEscape(ReadOnlySpan<byte> json, int at)
    {
        var before = at;
        while (before > 0 && json[before - 1] == (byte)'\\') before--;
        return (at - before) % 2 == 0;
    }

    private static int CodeAt(ReadOnlySpan<byte> json, int at) =>
        at + 6 <= json.Length && json[at] == (byte)'\\' && json[at + 1] == (byte)'u' &&
        int.TryParse(json.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? code
            : 0;
}
