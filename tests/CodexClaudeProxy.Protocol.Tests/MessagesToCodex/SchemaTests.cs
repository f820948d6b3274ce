using System.Globalization;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

public sealed class SchemaTests
{
    private static Converted Tool(string schema, string more = "") => Converted.Of($$"""{"tools":[{"name":"f","input_schema":{{schema}}{{more}}}]}""");

    [Theory]
    [InlineData("null", """{"type":"object","properties":{}}""")]
    [InlineData("true", """{"type":"object","properties":{}}""")]
    [InlineData("{}", """{"type":"object","properties":{}}""")]
    [InlineData("""{"$schema":"s","$id":"i","id":"j","$comment":"c","title":"T","cache_control":{}}""", """{"title":"T","type":"object","properties":{}}""")]
    [InlineData("""{"type":["null","object"],"properties":null}""", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"object","properties":[],"required":"a"}""", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"object","properties":{"a":{}},"required":["a",1,null]}""", """{"type":"object","properties":{"a":{}},"required":["a"]}""")]
    [InlineData("""{"type":"object","nullable":true,"properties":{}}""", """{"type":"object","properties":{}}""")]
    [InlineData("""{"$ref":"https://e.com/s.json","title":"T"}""", """{"title":"T","type":"object","properties":{}}""")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{}}}""", """{"$ref":"#/$defs/a","$defs":{"a":{}},"type":"object","properties":{}}""")]
    [InlineData("""{"type":"array"}""", """{"type":"object","properties":{"value":{"type":"array","items":{}}},"required":["value"]}""")]
    [InlineData("""{"type":["string","null"],"$schema":"s"}""", """{"type":"object","properties":{"value":{"type":["string","null"]}},"required":["value"]}""")]
    [InlineData(
        """{"type":"array","items":{"$ref":"#/$defs/n"},"$defs":{"n":{"type":"array"}}}""",
        """{"type":"object","properties":{"value":{"type":"array","items":{"$ref":"#/$defs/n"}}},"required":["value"],"$defs":{"n":{"type":"array","items":{}}}}""")]
    public void The_root_becomes_a_plain_object(string schema, string parameters) => Tool(schema).Is("/tools/0/parameters", parameters);

    [Theory]
    [InlineData("""{"type":["array","null"]}""", """{"type":["array","null"],"items":{}}""")]
    [InlineData("""{"type":"object"}""", """{"type":"object"}""")]
    [InlineData("true", "{}")]
    [InlineData("false", """{"not":{}}""")]
    [InlineData("""{"type":"array","items":true}""", """{"type":"array","items":{}}""")]
    [InlineData("""{"type":"array","items":[{"type":"string"},true]}""", """{"type":"array","prefixItems":[{"type":"string"},{}],"items":{}}""")]
    [InlineData("""{"$ref":"#/definitions/x"}""", """{"$ref":"#/definitions/x"}""")]
    [InlineData("""{"$ref":"https://e.com/s.json","title":"t"}""", "{}")]
    [InlineData("""{"type":"string","nullable":true}""", """{"type":["string","null"]}""")]
    [InlineData("""{"nullable":true,"type":["string","null"]}""", """{"type":["string","null"]}""")]
    [InlineData("""{"type":"string","nullable":false}""", """{"type":"string","nullable":false}""")]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"cache_control":{"type":"string","cache_control":{}}}}""", """{"type":"object","additionalProperties":false,"properties":{"cache_control":{"type":"string"}}}""")]
    [InlineData("""{"additionalProperties":{"type":"array"},"patternProperties":{"^x":{"type":"array"}}}""", """{"additionalProperties":{"type":"array","items":{}},"patternProperties":{"^x":{"type":"array","items":{}}}}""")]
    [InlineData("""{"anyOf":[{"type":"array"},false],"not":{"type":"array"},"if":true,"then":{"type":"array"}}""", """{"anyOf":[{"type":"array","items":{}},{"not":{}}],"not":{"type":"array","items":{}},"if":{},"then":{"type":"array","items":{}}}""")]
    [InlineData("""{"default":{"type":"array"},"examples":[{"type":"array"}],"enum":[true],"const":false,"x-my":true,"required":null}""", """{"default":{"type":"array"},"examples":[{"type":"array"}],"enum":[true],"const":false,"x-my":true,"required":null}""")]
    [InlineData("""{"minimum":1.0,"maximum":1e400,"pattern":"\u003c\/","$comment":"c","$id":"i"}""", """{"minimum":1.0,"maximum":1e400,"pattern":"\u003c\/","$comment":"c","$id":"i"}""")]
    public void A_schema_below_the_root(string schema, string expected)
    {
        var raw = Tool($$"""{"type":"object","properties":{"p":{{schema}} } }""").At("/tools/0/parameters/properties/p").GetRawText();
        Assert.Equal(expected, raw);
    }

    [Fact]
    public void All_of_them_are_merged()
    {
        var converted = Tool("""{"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"$ref":"#/$defs/b"}],"required":["c"],"properties":{"c":{}},"$defs":{"b":{"properties":{"b":{"type":"array"}},"required":["b"]}}}""");
        converted.Is("/tools/0/parameters",
            """{"required":["c","a","b"],"properties":{"c":{},"a":{"type":"string"},"b":{"type":"array","items":{}}},"$defs":{"b":{"properties":{"b":{"type":"array","items":{}}},"required":["b"]}},"type":"object"}""");
        Assert.False(converted.At("/tools/0").TryGetProperty("description", out _));
    }

    [Fact]
    public void Branches_with_different_definitions_become_alternatives_and_only_what_all_require_is_required()
    {
        var converted = Tool(
            """{"type":"object","properties":{"o":{"type":"string"}},"required":["o"],"oneOf":[{"properties":{"k":{"const":1},"o":{"minLength":1}},"required":["k","x"]},{"properties":{"k":{"const":2}},"required":["k"]},{"properties":{"k":{"const":1}},"required":["y","k"]}]}""");
        converted.Is("/tools/0/parameters", """{"type":"object","properties":{"o":{"type":"string"},"k":{"anyOf":[{"const":1},{"const":2}]}},"required":["o","k"]}""");
        Assert.StartsWith("Parameters must match one of: [{\"properties\":{\"k\":{\"const\":1}", converted.Text("/tools/0/description"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_that_refers_to_itself_is_no_trap() =>
        Assert.Null(Tool("""{"anyOf":[{"$ref":"#"},{"$ref":"#/$defs/a"}],"$defs":{"a":{"$ref":"#/$defs/a","allOf":[{"$ref":"#/$defs/b"}]},"b":{"allOf":[{"$ref":"#/$defs/b"}]}}}""").Error);

    [Fact]
    public void What_the_root_may_not_say_is_told_in_words()
    {
        var converted = Tool("""{"type":"object","not":{"required":[ "a" ]},"if":true,"enum":[1]}""", ",\"description\":\"D\"");
        converted.Is("/tools/0/parameters", """{"type":"object","properties":{}}""");
        Assert.Equal(
            "D\n\nParameters must also satisfy \"not\": {\"required\":[\"a\"]}\n\nParameters must also satisfy \"if\": true\n\nParameters must also satisfy \"enum\": [1]",
            converted.Text("/tools/0/description"));
    }

    [Fact]
    public void The_words_are_limited()
    {
        var branch = $$"""{"properties":{"{{new string('p', 3_000)}}":{} } }""";
        Assert.Equal("Parameters must match one of: ".Length + 2_000, Tool($$"""{"anyOf":[{{branch}}]}""").Text("/tools/0/description").Length);
    }

    private const string Closed = """{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""";

    /// <summary>An object whose one property has this schema.</summary>
    private static string Sole(string schema) => $$"""{"type":"object","properties":{"n":{{schema}}},"required":["n"],"additionalProperties":false}""";

    private static string Wide(int properties)
    {
        var names = Enumerable.Range(0, properties).Select(static n => $"\"p{n}\"").ToList();
        return $$"""{"type":"object","properties":{{{string.Join(',', names.Select(static name => name + ":{\"type\":\"string\"}"))}}},"required":[{{string.Join(',', names)}}],"additionalProperties":false}""";
    }

    public static TheoryData<string, bool> StrictCandidates() => new()
    {
        { Closed, true },
        { "{\"$schema\":\"s\"," + Closed[1..], true },
        { $$"""{"type":"object","properties":{"n":{{Closed}}},"required":["n"],"additionalProperties":false}""", true },
        { """{"type":"object","properties":{"n":{"type":["string","null"]},"e":{"enum":["x"]},"u":{"anyOf":[{"type":"string"},{"type":"number"}]},"l":{"type":"array","items":{"type":"string"}}},"required":["n","e","u","l"],"additionalProperties":false}""", true },
        { """{"type":"object","properties":{"n":{"$ref":"#/$defs/x"}},"required":["n"],"additionalProperties":false,"$defs":{"x":{"type":"string"}}}""", true },
        { """{"type":"object","properties":{}}""", false },
        { """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"],"additionalProperties":false}""", false },
        { """{"type":"object","properties":{"n":{"type":"object","properties":{}}},"required":["n"],"additionalProperties":false}""", false },
        { """{"type":"object","properties":{"n":{"type":"array","items":{"type":"object"}}},"required":["n"],"additionalProperties":false}""", false },
        { """{"type":"object","properties":{"n":{}},"required":["n"],"additionalProperties":false}""", false },
        { """{"type":"object","properties":{"n":{"type":"array"}},"required":["n"],"additionalProperties":false}""", false },
        { """{"type":"object","properties":{"n":{"type":"string","not":{"const":"x"}}},"required":["n"],"additionalProperties":false}""", false },
        { """{"type":"object","properties":{"n":{"allOf":[{"type":"string"}]}},"required":["n"],"additionalProperties":false}""", false },
        { """{"type":"object","properties":{"n":{"type":"array","items":{"type":"string"},"uniqueItems":true}},"required":["n"],"additionalProperties":false}""", false },
        { """{"type":"object","properties":{"n":{"type":"string"}},"required":["n"],"additionalProperties":false,"minProperties":1}""", false },
        { Sole("""{"type":"object","properties":{},"additionalProperties":false,"patternProperties":{"^x":{"type":"string"}}}"""), false },
        { Sole("""{"type":"object","properties":{},"additionalProperties":false,"propertyNames":{"pattern":"^x"}}"""), false },
        { Sole("""{"type":"object","properties":{},"additionalProperties":false,"maxProperties":1}"""), false },
        { Sole("""{"type":"object","properties":{},"additionalProperties":false,"unevaluatedProperties":false}"""), false },
        { Sole("""{"type":"object","properties":{},"additionalProperties":false,"dependentRequired":{}}"""), false },
        { Sole("""{"type":"object","properties":{},"additionalProperties":false,"dependentSchemas":{}}"""), false },
        { Sole("""{"type":"object","properties":{},"additionalProperties":false,"if":{"type":"object"}}"""), false },
        { Sole("""{"type":"array","items":{"type":"string"},"prefixItems":[{"type":"string"}]}"""), false },
        { Sole("""{"type":"array","items":{"type":"string"},"contains":{"type":"string"}}"""), false },
        { Sole("""{"type":"array","items":{"type":"string"},"unevaluatedItems":false}"""), false },
        { Sole("""{"type":"object","properties":{},"additionalProperties":false}"""), true },
        { Sole("""{"type":"object","additionalProperties":false}"""), true },
        { Sole("""{"type":"object","properties":{},"required":["x"],"additionalProperties":false}"""), false },
        { Sole("""{"$ref":"#"}"""), true },
        { Sole("""{"$ref":"#","description":"d"}"""), false },
        { $$"""{"anyOf":[{{Closed}}]}""", false },
        { Closed[..^1] + $$""","anyOf":[{{Closed}}]}""", true },
        { """{"type":"string"}""", false },
        { Wide(5_000), true },
        { Wide(5_001), false },
        { $$"""{"type":"object","properties":{"n":{"enum":[{{string.Join(',', Enumerable.Range(0, 1_001).Select(static n => n.ToString(CultureInfo.InvariantCulture)))}}]} },"required":["n"],"additionalProperties":false}""", false },
        { Enumerable.Range(0, 12).Aggregate("""{"type":"string"}""", static (inner, _) => $$"""{"type":"object","properties":{"n":{{inner}}},"required":["n"],"additionalProperties":false}"""), false },
    };

    [Theory]
    [MemberData(nameof(StrictCandidates))]
    public void Strict_is_promised_only_for_schemas_that_allow_it(string schema, bool strict) =>
        Assert.Equal(strict, Tool(schema, ",\"strict\":true").At("/tools/0/strict").GetBoolean());

    [Fact]
    public void A_loose_format_is_asked_for_in_words_behind_the_system_text()
    {
        var converted = Converted.Of("""{"system":"S","output_config":{"format":{"type":"json_schema","schema":{"$schema":"s","properties":{"a":{"type":"array"}},"title":"T"}}}}""");
        Assert.Equal("S\n\nRespond only with JSON that matches the provided schema.", converted.Text("/instructions"));
        converted.Is("/text/format", """{"type":"json_schema","name":"response","schema":{"properties":{"a":{"type":"array","items":{}}},"title":"T","type":"object"},"strict":false}""");
    }

    [Theory]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{"type":["object","null"],"properties":{"a":{"type":"array","items":[true]}}}""")]
    [InlineData("""{"type":"array","$defs":{"a":false}}""")]
    [InlineData("""{"anyOf":[{"properties":{"a":{"nullable":true,"type":"string"}}},{"properties":{"a":{"type":"array"}}}]}""")]
    public void Sanitising_twice_changes_nothing_more(string schema)
    {
        var once = Tool(schema).At("/tools/0/parameters").GetRawText();
        Assert.Equal(once, Tool(once).At("/tools/0/parameters").GetRawText());
    }
}
