using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.Json;

public sealed class JsonTextTests
{
    private static readonly string[] Troublesome =
        ["\"", "\\", "\n", "\r", "\t", "\b", "\f", "\0", "\u001f", "\u007f", "/", "ä", "漢", "😀", "\u2028", "\\u0041"];

    private static readonly Gen<string> Texts =
        Gen.OneOf(Gen.Int[0, Troublesome.Length - 1].Select(static i => Troublesome[i]), Gen.String[0, 20]).Array[0, 8].Select(string.Concat);

    [Fact]
    public void What_is_escaped_is_a_json_string_with_the_same_text() => Texts.Sample(text =>
    {
        if (HasLoneSurrogate(text)) return true;
        byte[] json = [(byte)'"', .. JsonText.Escaped(text), (byte)'"'];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetString() == text;
    });

    [Fact]
    public void Escaping_bytes_and_characters_is_the_same() => Texts.Sample(text =>
    {
        if (HasLoneSurrogate(text)) return true;
        using var fromBytes = new PooledBuffer();
        JsonText.Escape(Encoding.UTF8.GetBytes(text), fromBytes);
        return fromBytes.Written.SequenceEqual(JsonText.Escaped(text));
    });

    [Fact]
    public void Unescaping_gives_the_text_back() => Texts.Sample(text =>
    {
        var escaped = JsonText.Escaped(text);
        using var utf8 = new PooledBuffer();
        JsonText.Unescape(escaped, utf8);
        return JsonText.ToString(escaped) == text && (HasLoneSurrogate(text) || Encoding.UTF8.GetString(utf8.Written) == text);
    });

    [Fact]
    public void Length_is_counted_in_utf16_units() => Texts.Sample(text => JsonText.Utf16Length(JsonText.Escaped(text)) == text.Length);

    [Theory]
    [InlineData("\\ud83d\\ude00", "😀")]
    [InlineData("\\uD83D\\uDE00!", "😀!")]
    [InlineData("\\u00e9\\/\\b\\f", "é/\b\f")]
    [InlineData("\\ud83d", "\uFFFD")]
    [InlineData("\\ud83dx\\ude00", "\uFFFDx\uFFFD")]
    [InlineData("a\\", "a")]
    public void Every_kind_of_escape_is_read(string escaped, string text)
    {
        using var utf8 = new PooledBuffer();
        JsonText.Unescape(Encoding.UTF8.GetBytes(escaped), utf8);
        Assert.Equal(text, Encoding.UTF8.GetString(utf8.Written));
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1])) return true;
            i++;
        }

        return false;
    }
}
