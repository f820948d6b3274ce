using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.Json;

/// <summary>The faster way of parsing gives the same document, and the same errors.</summary>
public sealed class EscapedJsonTests
{
    /// <summary>Pieces of text inside and outside of strings; most of what is put together of them is not valid.</summary>
    private static readonly string[] Pieces =
        ["\"", "\"", "\\\"", "\\\\", "\\", "\\n", "\\x", "\\u00e9", "\\u00g9", "\\u00", "\\ud83d\\ude00", "\\/", "\n", "\u0001", "a", "n", "x", "{", "}", "[", "]", ":", ",", "1", "true", "ä", "漢", "😀"];

    [Fact]
    public void Every_value_is_the_same() => ValidJsonTests.Documents.Sample(json =>
    {
        using var document = EscapedJson.Parse(json);
        using var plain = JsonDocument.Parse(json, JsonDepth.Request);
        AssertSame(plain.RootElement, document.RootElement);
        return document.RootElement.GetRawText() == plain.RootElement.GetRawText();
    });

    [Fact]
    public void What_is_not_valid_is_refused_in_the_same_words() =>
        Gen.Int[0, Pieces.Length - 1].Array[0, 12].Select(pieces => string.Concat(pieces.Select(piece => Pieces[piece]))).Sample(
            text => AssertSameOutcome($"[\"{text}\"]") && AssertSameOutcome(text) && AssertSameOutcome($$"""{"a\n":"{{text}}","b":"\u0041 \" \\ end"}"""));

    [Fact]
    public void A_valid_document_with_one_byte_changed_is_judged_the_same() =>
        Gen.Select(ValidJsonTests.Documents, Gen.Int[0, 1000], Gen.Int[0, 0x7F]).Sample((json, at, value) =>
        {
            byte[] changed = [.. json];
            changed[at % changed.Length] = (byte)value;
            // What is not UTF-8 was refused before.
            return !System.Text.Unicode.Utf8.IsValid(changed) || AssertSameOutcome(changed);
        });

    [Fact]
    public void The_text_itself_is_not_touched()
    {
        var json = Encoding.UTF8.GetBytes("""{"text":"line \"one\"\n\tline \\two\u00e9"}""");
        byte[] before = [.. json];
        using var document = EscapedJson.Parse(json);

        Assert.Equal(before, json);
        Assert.Equal("line \"one\"\n\tline \\twoé", document.RootElement.GetProperty("text").GetString());
    }

    private static bool AssertSameOutcome(string json) => AssertSameOutcome(Encoding.UTF8.GetBytes(json));

    private static bool AssertSameOutcome(byte[] json)
    {
        Assert.Equal(Outcome(() => JsonDocument.Parse(json, JsonDepth.Request)), Outcome(() => EscapedJson.Parse(json)));
        return true;
    }

    private static string Outcome(Func<JsonDocument> parse)
    {
        try
        {
            using var document = parse();
            return Said(document.RootElement);
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }

    /// <summary>The raw text, and what its strings say, as far as that can be said in UTF-16.</summary>
    private static string Said(JsonElement element)
    {
        try
        {
            return element.GetRawText() + "|" + Text(element);
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    private static string Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => string.Join(';', element.EnumerateObject().Select(static member => member.Name + "=" + Text(member.Value))),
        JsonValueKind.Array => string.Join(';', element.EnumerateArray().Select(Text)),
        JsonValueKind.String => element.GetString()!,
        _ => element.GetRawText(),
    };

    private static void AssertSame(JsonElement expected, JsonElement actual) => Assert.Equal(Said(expected), Said(actual));
}
