using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.Json;

/// <summary>Reading without checking finds what the checking reader finds.</summary>
public sealed class ValidJsonTests
{
    private static readonly string[] Pieces =
        ["\\\"", "\\\\", "\\n", "\\/", "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "a", "{", "}", "[", "]", ":", ",", " ", "ä", "漢", "😀", "a long stretch without anything that would need an escape"];

    private static readonly string[] Spaces = ["", "", "", " ", "\n\t", "\r\n  "];

    internal static readonly Gen<byte[]> Documents = Gen.Int.Select(static seed => Encoding.UTF8.GetBytes(Value(new Random(seed), 0)));

    private readonly record struct Token(JsonTokenType Type, int Start, int End, string Value);

    [Fact]
    public void Every_token_is_found_where_it_is() => Documents.Sample(json => Tokens(json).SequenceEqual(Expected(json)));

    [Fact]
    public void Whatever_is_skipped_ends_where_it_ends() => Gen.Select(Documents, Gen.Int[0, 40]).Sample((json, at) =>
    {
        var reader = new Utf8JsonReader(json, JsonDepth.Reader);
        var valid = new ValidJson(json);
        for (var i = Math.Min(at, Expected(json).Count - 1); i >= 0; i--) Assert.Equal(reader.Read(), valid.Read());
        reader.Skip();
        valid.Skip();
        return (valid.End, valid.TokenType) == ((int)reader.BytesConsumed, reader.TokenType);
    });

    [Fact]
    public void Text_that_ends_too_early_has_an_end() => Gen.Select(Documents, Gen.Int[0, 400]).Sample((json, length) =>
    {
        var valid = new ValidJson(json.AsSpan(0, Math.Min(length, json.Length)));
        for (var tokens = 0; valid.Read(); tokens++) Assert.True(tokens <= json.Length);
        var skipped = new ValidJson(json.AsSpan(0, Math.Min(length, json.Length)));
        skipped.Read();
        skipped.Skip();
        return valid.End == Math.Min(length, json.Length) && skipped.End <= valid.End;
    });

    [Theory]
    [InlineData("\"input\":1", true)]
    [InlineData("\"\\u0069nput\":1", true)]
    [InlineData("\"\\u0069\\u006e\\u0070\\u0075\\u0074\" : 1", true)]
    [InlineData("\"inputs\":1", false)]
    [InlineData("\"inpu\\\\t\":1", false)]
    public void A_name_is_known_however_it_is_escaped(string json, bool known)
    {
        var valid = new ValidJson(Encoding.UTF8.GetBytes(json));
        valid.Read();
        Assert.Equal((JsonTokenType.PropertyName, known), (valid.TokenType, valid.ValueTextEquals("input"u8)));
    }

    private static List<Token> Tokens(byte[] json)
    {
        List<Token> tokens = [];
        for (var valid = new ValidJson(json); valid.Read();)
            tokens.Add(new Token(valid.TokenType, valid.Start, valid.TokenType == JsonTokenType.PropertyName ? 0 : valid.End, Encoding.UTF8.GetString(valid.Value)));
        return tokens;
    }

    private static List<Token> Expected(byte[] json)
    {
        List<Token> tokens = [];
        // A name of the other reader ends behind its colon.
        for (var reader = new Utf8JsonReader(json, JsonDepth.Reader); reader.Read();)
            tokens.Add(new Token(reader.TokenType, (int)reader.TokenStartIndex, reader.TokenType == JsonTokenType.PropertyName ? 0 : (int)reader.BytesConsumed, Encoding.UTF8.GetString(reader.ValueSpan)));
        return tokens;
    }

    private static string Value(Random random, int depth) => Space(random) + (random.Next(depth > 4 ? 4 : 7) switch
    {
        0 => new[] { "true", "false", "null" }[random.Next(3)],
        1 => new[] { "0", "-1.5e300", "12345678901234567890", "1E+2" }[random.Next(4)],
        2 or 3 => Text(random),
        4 or 5 => "{" + Space(random) + string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => Space(random) + Text(random) + Space(random) + ":" + Value(random, depth + 1))) + Space(random) + "}",
        _ => "[" + Space(random) + string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => Value(random, depth + 1))) + "]",
    }) + Space(random);

    private static string Text(Random random) => "\"" + string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => Pieces[random.Next(Pieces.Length)])) + "\"";

    private static string Space(Random random) => Spaces[random.Next(Spaces.Length)];
}
