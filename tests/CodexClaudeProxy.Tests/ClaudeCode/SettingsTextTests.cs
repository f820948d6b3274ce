using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.ClaudeCode;

namespace CodexClaudeProxy.Tests.ClaudeCode;

public sealed class SettingsTextTests
{
    private const int Rounds = 4_000;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    [Fact]
    public void A_member_is_added_in_the_style_of_the_file()
    {
        AssertSet("{\n    \"a\": 1 // one\n}", "env.X", "{\n    \"a\": 1, // one\n    \"env\": {\n        \"X\": \"v\"\n    }\n}");
        AssertSet("{\n\t\"env\": {\n\t\t\"A\": \"1\",\n\t},\n}\n", "env.X", "{\n\t\"env\": {\n\t\t\"A\": \"1\",\n\t\t\"X\": \"v\",\n\t},\n}\n");
        AssertSet("{\r\n  \"a\": 1\r\n}\r\n", "b", "{\r\n  \"a\": 1,\r\n  \"b\": \"v\"\r\n}\r\n");
        AssertSet("{\"env\": {\"A\": \"1\"}}", "env.X", "{\"env\": {\"A\": \"1\", \"X\": \"v\"}}");
        AssertSet("{\"a\":1,\"b\":2}", "c", "{\"a\":1,\"b\":2,\"c\": \"v\"}");
        AssertSet("{\n  \"env\": {}\n}", "env.X", "{\n  \"env\": {\n    \"X\": \"v\"\n  }\n}");
        AssertSet("{\n  // nothing yet\n}", "a", "{\n  // nothing yet\n  \"a\": \"v\"\n}");
        AssertSet("", "env.X", "{\n  \"env\": {\n    \"X\": \"v\"\n  }\n}\n");
        AssertSet("\uFEFF \n", "a", "\uFEFF{\n  \"a\": \"v\"\n}\n");
    }

    [Fact]
    public void A_value_is_replaced_where_it_stands() =>
        AssertSet("{ \"env\" : { \"X\"  :\t\"old\" /* why */ , \"Y\": 1 } } // end", "env.X", "{ \"env\" : { \"X\"  :\t\"v\" /* why */ , \"Y\": 1 } } // end");

    [Theory]
    [InlineData("{\n  \"a\": 1,\n  \"x\": 2,\n  \"b\": 3\n}", "{\n  \"a\": 1,\n  \"b\": 3\n}")]
    [InlineData("{\n  \"a\": 1,\n  \"x\": 2\n}", "{\n  \"a\": 1\n}")]
    [InlineData("{\n  \"x\": 2,\n  \"a\": 1,\n}", "{\n  \"a\": 1,\n}")]
    [InlineData("{\n  \"a\": 1, // one\n  \"x\": 2, // two\n  \"b\": 3\n}", "{\n  \"a\": 1, // one\n  // two\n  \"b\": 3\n}")]
    [InlineData("{ // all\n  \"x\": 2 }", "{ // all\n  }")]
    [InlineData("{\"a\":1,\"x\":2,\"b\":3}", "{\"a\":1,\"b\":3}")]
    [InlineData("{ \"a\": 1 // one\n, \"x\": 2 }", "{ \"a\": 1 // one\n }")]
    public void A_member_goes_with_its_comma_and_its_line_but_not_with_comments(string before, string after) =>
        Assert.Equal(after, Text(Parse(before).With(new SettingsChange(SettingsKey.Top("x"), null))));

    [Theory]
    [InlineData("{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3)]
    [InlineData("{\n  \"a\": 'x'\n}", 2, 8)]
    [InlineData("{\"a\": 1", 1, 8)]
    [InlineData("{\n \"é\": 1, \"é\": 2 }", 2, 10)]
    [InlineData("{\n  \"env\": null\n}", 2, 10)]
    [InlineData("{ \"env\": [] }", 1, 10)]
    [InlineData("{ \"env\": { \"A\": \"1\", \"A\": \"2\" } }", 1, 22)]
    [InlineData("[1]", 1, 1)]
    [InlineData("// only a comment", 1, 18)]
    [InlineData("{} x", 1, 4)]
    public void What_cannot_be_read_is_refused_with_its_place(string text, int line, int column)
    {
        SettingsRefusedException refused = Assert.Throws<SettingsRefusedException>(() => Parse(text));

        Assert.Equal((line, column), (refused.Line, refused.Column));
        Assert.Contains($"(line {line}, column {column})", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused() =>
        Assert.Throws<SettingsRefusedException>(() => SettingsText.Parse([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']));

    [Fact]
    public void Whatever_is_broken_is_read_or_refused()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            RandomSettings random = new(seed);
            byte[] text = random.Create();
            byte[] broken = random.Random.Next(2) == 0 ? text[..random.Random.Next(text.Length)] : [.. text];
            for (int i = 0; i < 2 && broken.Length > 0; i++) broken[random.Random.Next(broken.Length)] = (byte)"{}[]\",:/*\n 1\\"[random.Random.Next(13)];
            try
            {
                SettingsText read = SettingsText.Parse(broken);
                AssertSame(Tree(read.With(new SettingsChange(SettingsKey.Env("X"), "1"))), read.With(new SettingsChange(SettingsKey.Env("X"), "1")), seed);
            }
            catch (SettingsRefusedException e)
            {
                Assert.InRange(e.Line, 0, text.Count(letter => letter == '\n') + 3);
            }
        }
    }

    [Fact]
    public void Whatever_the_file_looks_like_a_change_does_what_it_says_and_nothing_else()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            RandomSettings random = new(seed);
            byte[] original = random.Create();
            SettingsText text = SettingsText.Parse(original);
            Assert.Equal(original.Length == 0 ? text.ToBytes() : original, text.ToBytes());
            JsonObject expected = Tree(text);
            for (int step = 0; step < 6; step++)
            {
                SettingsChange change = Change(random.Random);
                SettingsText before = text;
                text = text.With(change);

                Apply(expected, change);
                AssertSame(expected, text, seed);
                AssertOtherBytesStay(before, text, change, seed);
            }
        }
    }

    [Fact]
    public void Taking_back_what_was_added_gives_the_same_bytes()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            RandomSettings random = new(seed);
            byte[] original = random.Create();
            SettingsText text = SettingsText.Parse(original);
            SettingsChange change = Change(random.Random);
            // An object that was empty is laid out anew.
            JsonObject? owner = change.Key.InEnv ? Tree(text)["env"] as JsonObject : Tree(text);
            if (text.Value(change.Key) is not null || owner is not { Count: > 0 }) continue;

            SettingsText back = text.With(change with { Value = "\"new\"" }).With(change with { Value = null });

            Assert.Equal(Encoding.UTF8.GetString(original), Text(back));
        }
    }

    private static SettingsChange Change(Random random)
    {
        string[] keys = ["env.ANTHROPIC_MODEL", "env.ANTHROPIC_BASE_URL", "env.ANTHROPIC_API_KEY", "env.é", "env.NEW", "skipWebFetchPreflight", "statusLine", "new"];
        string[] values = ["\"v\"", "true", "{ \"type\": \"command\" }"];
        return new SettingsChange(SettingsKey.Parse(keys[random.Next(keys.Length)]), random.Next(3) == 0 ? null : values[random.Next(values.Length)]);
    }

    private static void Apply(JsonObject tree, SettingsChange change)
    {
        if (change.Key.InEnv && tree["env"] is null)
        {
            if (change.Value is null) return;
            tree["env"] = new JsonObject();
        }

        JsonObject owner = change.Key.InEnv ? tree["env"]!.AsObject() : tree;
        if (change.Value is null) owner.Remove(change.Key.Name);
        else owner[change.Key.Name] = JsonNode.Parse(change.Value);
    }

    private static void AssertSame(JsonObject expected, SettingsText text, int seed)
    {
        JsonObject actual;
        try
        {
            actual = Tree(text);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"seed {seed}: {e.Message}\n{Text(text)}");
        }

        Assert.True(JsonNode.DeepEquals(expected, actual), $"seed {seed}: expected {expected.ToJsonString()}\n{Text(text)}");
    }

    /// <summary>Without the member, its comma and white space, both texts are the same: every comment and every other value is there, in its order.</summary>
    private static void AssertOtherBytesStay(SettingsText before, SettingsText after, SettingsChange change, int seed)
    {
        if (change.Key.InEnv && !before.Has(SettingsKey.EnvName)) return;
        Assert.True(Rest(before, change.Key) == Rest(after, change.Key), $"seed {seed}\n{Text(before)}\n=====\n{Text(after)}");
        if (before.Value(change.Key) is not { } old || change.Value is null) return;

        // A replaced value: the bytes on both sides are the same.
        byte[] one = before.ToBytes();
        byte[] other = after.ToBytes();
        int head = one.AsSpan().CommonPrefixLength(other);
        one.AsSpan().Reverse();
        other.AsSpan().Reverse();
        int tail = one.AsSpan().CommonPrefixLength(other);
        Assert.True(head + tail >= one.Length - Encoding.UTF8.GetByteCount(old), $"seed {seed}");
    }

    private static string Rest(SettingsText text, SettingsKey key) =>
        string.Concat(Text(text.With(new SettingsChange(key, null))).Where(letter => !char.IsWhiteSpace(letter) && letter != ','));

    private static void AssertSet(string before, string key, string after)
    {
        SettingsText changed = Parse(before).With(new SettingsChange(SettingsKey.Parse(key), "\"v\""));

        Assert.Equal(after, Text(changed));
    }

    private static SettingsText Parse(string text) => SettingsText.Parse(Encoding.UTF8.GetBytes(text));

    private static string Text(SettingsText text) => Encoding.UTF8.GetString(text.ToBytes());

    private static JsonObject Tree(SettingsText text)
    {
        byte[] bytes = text.ToBytes();
        return JsonNode.Parse(bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes, documentOptions: Lenient)!.AsObject();
    }
}
