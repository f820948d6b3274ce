using System.Globalization;
using System.Text;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>
/// Cuts text where no token may reach across, as the published o200k pattern does. In its order of preference:
/// <code>
/// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// \p{N}{1,3}
///  ?[^\s\p{L}\p{N}]+[\r\n/]*
/// \s*[\r\n]+
/// \s+(?!\S)
/// \s+
/// </code>
/// </summary>
internal static class Pieces
{
    [Flags]
    private enum Class : byte
    {
        /// <summary>The end of the text.</summary>
        None = 0,
        Upper = 1,
        Lower = 2,

        /// <summary>Letters without case: both an upper and a lower one to the pattern.</summary>
        Caseless = 4,

        /// <summary>As <see cref="Caseless"/>, and still no letter.</summary>
        Mark = 8,
        Number = 16,
        Newline = 32,
        Space = 64,
        Other = 128,

        BeginsWord = Upper | Caseless | Mark,
        EndsWord = Lower | Caseless | Mark,
        BeforeWord = Mark | Space | Other,
        White = Newline | Space,
        Punctuation = Mark | Other,
    }

    private static readonly Class[] AsciiClasses = [.. Enumerable.Range(0, 128).Select(ascii => ClassOf(new Rune(ascii)))];

    /// <summary>Where the piece that begins at <paramref name="start"/> ends.</summary>
    public static int End(ReadOnlySpan<byte> text, int start)
    {
        var first = ClassAt(text, start, out var next);
        var end = EndOfWord(text, start, first, next);
        if (end > start) return end;

        if (first == Class.Number) return EndOfNumber(text, next);
        if (text[start] == ' ')
        {
            end = EndOfPunctuation(text, next);
            if (end > next) return end;
        }

        return (first & Class.White) != 0 ? EndOfWhiteSpace(text, start) : EndOfPunctuation(text, start);
    }

    /// <summary>The first two alternatives; <paramref name="start"/> itself when they do not match.</summary>
    private static int EndOfWord(ReadOnlySpan<byte> text, int start, Class first, int next)
    {
        var begin = (first & Class.BeforeWord) != 0 ? next : start;
        var position = begin;
        var afterCaseless = start;
        var current = ClassAt(text, position, out next);
        while ((current & Class.BeginsWord) != 0)
        {
            position = next;
            if (current != Class.Upper) afterCaseless = position;
            current = ClassAt(text, position, out next);
        }

        if (current == Class.Lower)
        {
            do
            {
                position = next;
                current = ClassAt(text, position, out next);
            }
            while ((current & Class.EndsWord) != 0);
        }
        else if (afterCaseless > start)
        {
            // The pattern wants one character that may end a word and goes back for it.
            position = afterCaseless;
        }
        else if (first == Class.Mark)
        {
            // Nothing after the mark can end a word, so the mark is no prefix but the word.
            position = begin;
        }
        else if (position == begin)
        {
            return start;
        }

        return position + ContractionLength(text[position..]);
    }

    private static int ContractionLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != '\'') return 0;
        var first = text[1] | 0x20;
        if (first is 's' or 't' or 'm' or 'd') return 2;
        if (text.Length < 3) return 0;
        return (first, text[2] | 0x20) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    private static int EndOfNumber(ReadOnlySpan<byte> text, int end)
    {
        for (var digits = 1; digits < 3 && ClassAt(text, end, out var next) == Class.Number; digits++) end = next;
        return end;
    }

    private static int EndOfPunctuation(ReadOnlySpan<byte> text, int start)
    {
        var end = start;
        while ((ClassAt(text, end, out var next) & Class.Punctuation) != 0) end = next;
        if (end == start) return start;

        while (end < text.Length && text[end] is (byte)'\r' or (byte)'\n' or (byte)'/') end++;
        return end;
    }

    private static int EndOfWhiteSpace(ReadOnlySpan<byte> text, int start)
    {
        int end = start, beforeLast = start, afterNewline = start;
        for (var current = ClassAt(text, start, out var next); (current & Class.White) != 0; current = ClassAt(text, end, out next))
        {
            beforeLast = end;
            end = next;
            if (current == Class.Newline) afterNewline = end;
        }

        if (afterNewline > start) return afterNewline;

        // The last white space before something else is left to it: it may be the space before a word.
        return end == text.Length || beforeLast == start ? end : beforeLast;
    }

    private static Class ClassAt(ReadOnlySpan<byte> text, int position, out int next)
    {
        next = position + 1;
        if ((uint)position >= (uint)text.Length) return Class.None;
        var first = text[position];
        return first < 0x80 ? AsciiClasses[first] : ClassBeyondAscii(text, position, out next);
    }

    private static Class ClassBeyondAscii(ReadOnlySpan<byte> text, int position, out int next)
    {
        Rune.DecodeFromUtf8(text[position..], out var rune, out var length);
        next = position + length;
        return ClassOf(rune);
    }

    private static Class ClassOf(Rune rune) => rune.Value switch
    {
        '\r' or '\n' => Class.Newline,
        '\t' or '\v' or '\f' or 0x85 => Class.Space,
        _ => CharUnicodeInfo.GetUnicodeCategory(rune.Value) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => Class.Upper,
            UnicodeCategory.LowercaseLetter => Class.Lower,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Class.Caseless,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Class.Mark,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Class.Number,
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => Class.Space,
            _ => Class.Other,
        },
    };
}
