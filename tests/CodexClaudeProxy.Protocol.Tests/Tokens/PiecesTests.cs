using System.Globalization;
using System.Text;
using CodexClaudeProxy.Protocol.Tokens;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.Tokens;

public sealed class PiecesTests
{
    [Theory]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("HTTPServer's GitHub", "HTTPServer's| Git|Hub")]
    [InlineData("we'LL can't o'clock", "we'LL| can't| o|'clock")]
    [InlineData("12345 6", "123|45| |6")]
    [InlineData("a   b", "a|  | b")]
    [InlineData("a   ", "a|   ")]
    [InlineData(" \n \n  x", " \n \n| | x")]
    [InlineData("//\n\n/x", "//\n\n/|x")]
    [InlineData(" != y", " !=| y")]
    [InlineData("\tif", "\tif")]
    [InlineData("使用GitHub", "使用Git|Hub")]
    [InlineData("使用HTTP", "使用|HTTP")]
    [InlineData("\u0301ABC", "\u0301|ABC")]
    [InlineData("👍🏽!", "👍🏽!")]
    public void Text_is_cut_as_the_pattern_says(string text, string pieces) => Assert.Equal(pieces, string.Join('|', Cut(text)));

    [Fact]
    public void Seeded_samples_are_cut_as_by_the_published_pattern()
    {
        var random = new Random(20_250_101);
        for (var i = 0; i < 5_000; i++)
        {
            var text = WellFormed(TextSamples.Next(random));
            Assert.Equal(CutByPattern(text), Cut(text));
        }
    }

    [Fact]
    public void Any_mixture_of_the_characters_the_pattern_tells_apart_is_cut_as_by_the_published_pattern() =>
        Gen.OneOf("A", "b", "ǅ", "ʰ", "ª", "漢", "\u0301", "7", "Ⅷ", " ", "\t", "\u00A0", "\u0085", "\n", "\r", "/", "'", "s", "L", "l", "R", "e", "ſ", "!", "😀", "𝐇", "𝐞", "𠀀", "𝟕", "\U0001D165", "\u200B")
            .Array[0, 24]
            .Select(string.Concat)
            .Sample(text => Assert.Equal(CutByPattern(text), Cut(text)), iter: 50_000);

    [Fact]
    public void Letters_beyond_the_basic_plane_are_letters() => Assert.Equal(["x", " 𝐇𝐞𝐥𝐥𝐨", "!𠀀𠀁"], Cut("x 𝐇𝐞𝐥𝐥𝐨!𠀀𠀁"));

    private static List<string> CutByPattern(string text)
    {
        // The platform's regular expressions see halves of surrogate pairs, so the pattern is given one character of the same
        // category for each pair.
        var runes = text.EnumerateRunes().ToArray();
        var pieces = new List<string>();
        foreach (var match in PublishedPattern.O200k.EnumerateMatches(string.Concat(runes.Select(StandIn))))
            pieces.Add(string.Concat(runes.Skip(match.Index).Take(match.Length)));
        return pieces;
    }

    private static char StandIn(Rune rune) => rune.IsBmp ? (char)rune.Value : Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter => 'A',
        UnicodeCategory.LowercaseLetter => 'a',
        UnicodeCategory.ModifierLetter => 'ʰ',
        UnicodeCategory.OtherLetter => '漢',
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => '\u0301',
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => '7',
        _ => '!',
    };

    private static List<string> Cut(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var pieces = new List<string>();
        for (int start = 0, end; start < utf8.Length; start = end)
        {
            end = Pieces.End(utf8, start);
            pieces.Add(Encoding.UTF8.GetString(utf8, start, end - start));
        }

        return pieces;
    }

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
