using System.Buffers;

namespace CodexClaudeProxy.Json;

/// <summary>
/// Text that others wrote, as it may be shown: nothing in it moves the cursor of a terminal, begins a line or turns the text around.
/// </summary>
internal static class PlainText
{
    /// <summary>Controls, what directs bidirectional text, and the other line breaks.</summary>
    private static readonly SearchValues<char> Unshown = SearchValues.Create(
        [.. Between('\0', '\x1F'), .. Between('\x7F', '\x9F'), '\u061C', '\u200E', '\u200F', '\u2028', '\u2029', .. Between('\u202A', '\u202E'), .. Between('\u2066', '\u2069')]);

    public static bool Is(ReadOnlySpan<char> text) => !text.ContainsAny(Unshown);

    /// <summary>Whether a character may be shown as it is.</summary>
    public static bool Is(char sign) => !Unshown.Contains(sign);

    /// <summary>Where the first character stands that may not be shown; -1 for nowhere.</summary>
    public static int Find(ReadOnlySpan<char> text) => text.IndexOfAny(Unshown);

    /// <summary>Without what may not be shown.</summary>
    public static string Of(string text) => Is(text) ? text : string.Concat(text.Where(Is));

    /// <summary>With blanks for what may not be shown, so that whoever reads it sees that something was there.</summary>
    public static string Blanked(string text) => Is(text) ? text : string.Create(text.Length, text, static (span, whole) =>
    {
        for (int i = 0; i < span.Length; i++) span[i] = Is(whole[i]) ? whole[i] : ' ';
    });

    private static IEnumerable<char> Between(char first, char last) => Enumerable.Range(first, last - first + 1).Select(static number => (char)number);
}
