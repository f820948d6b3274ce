using System.Globalization;
using System.Text;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;
using CodexClaudeProxy.Protocol.Tests.ChatCompletions;
using CodexClaudeProxy.Protocol.Tests.Responses;

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
    [InlineData("""{"default":{"type":"array"},"examples":[{"type":"array"}],"enum":[true],"const":false,"x-my":true,"x-your":null,"required":null}""", """{"default":{"type":"array"},"examples":[{"type":"array"}],"enum":[true],"const":false,"x-my":true,"x-your":null}""")]
    [InlineData("""{"minimum":1.0,"maximum":1e400,"pattern":"\u003c\/","$comment":"c","$id":"i"}""", """{"minimum":1.0,"maximum":1e400,"pattern":"\u003c\/","$comment":"c","$id":"i"}""")]
    public void A_schema_below_the_root(string schema, string expected)
    {
        var raw = Tool($$"""{"type":"object","properties":{"p":{{schema}} } }""").At("/tools/0/parameters/properties/p").GetRawText();
        Assert.Equal(expected, raw);
    }

    [Theory]
    [InlineData("""{"type":"string","description":null,"enum":null,"pattern":null,"title":1,"format":{}}""", """{"type":"string"}""")]
    [InlineData("""{"type":"object","properties":null,"required":null,"additionalProperties":null}""", """{"type":"object"}""")]
    [InlineData("""{"type":"object","properties":[],"required":true}""", """{"type":"object"}""")]
    [InlineData("""{"type":"object","properties":{"a":null,"b":"string"},"required":["a","a",null,"b"]}""", """{"type":"object","properties":{"a":{},"b":{}},"required":["a","b"]}""")]
    [InlineData("""{"type":"array","items":null}""", """{"type":"array","items":{}}""")]
    [InlineData("""{"type":"array","items":[]}""", """{"type":"array","items":{}}""")]
    [InlineData("""{"type":"int"}""", """{"type":"integer"}""")]
    [InlineData("""{"type":"STRING"}""", """{"type":"string"}""")]
    [InlineData("""{"type":["str","string","null"]}""", """{"type":["string","null"]}""")]
    [InlineData("""{"type":"any","description":"d"}""", """{"description":"d"}""")]
    [InlineData("""{"type":["string","any"]}""", "{}")]
    [InlineData("""{"type":[]}""", "{}")]
    [InlineData("""{"type":null,"nullable":true}""", """{"nullable":true}""")]
    [InlineData("""{"minimum":3,"exclusiveMinimum":true,"maximum":9,"exclusiveMaximum":false}""", """{"minimum":3,"exclusiveMinimum":3,"maximum":9}""")]
    [InlineData("""{"minimum":"3","minLength":-1,"maxLength":1.5,"minItems":2.0,"multipleOf":0}""", """{"minItems":2.0}""")]
    [InlineData("""{"additionalProperties":"false","uniqueItems":"true","readOnly":1}""", """{"additionalProperties":false,"uniqueItems":true}""")]
    [InlineData("""{"anyOf":[],"oneOf":null,"allOf":[null,{"type":"string"}],"enum":[],"prefixItems":[]}""", """{"allOf":[{"type":"string"}]}""")]
    [InlineData("""{"not":null,"if":"x","contains":[],"examples":"e","default":null,"const":null}""", """{"default":null,"const":null}""")]
    [InlineData("""{"dependentRequired":{"a":["b","b"],"c":true},"dependencies":{"a":{"type":"int"},"b":["c"],"d":null}}""", """{"dependentRequired":{"a":["b"]},"dependencies":{"a":{"type":"integer"},"b":["c"]}}""")]
    [InlineData("""{"properties":{"required":null,"type":{"type":"bool"}}}""", """{"properties":{"required":{},"type":{"type":"boolean"}}}""")]
    public void A_keyword_with_an_impossible_value_is_corrected_or_left_out(string schema, string expected)
    {
        var raw = Tool($$"""{"type":"object","properties":{"p":{"type":"object","properties":{"q":{{schema}} } } } }""").At("/tools/0/parameters/properties/p/properties/q").GetRawText();
        Assert.Equal(expected, raw);
    }

    [Theory]
    [InlineData("""{"type":"any"}""", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"dict","required":["a","a"]}""", """{"type":"object","required":["a"],"properties":{}}""")]
    [InlineData("""{"type":7,"description":null,"anyOf":null}""", """{"type":"object","properties":{}}""")]
    public void A_root_with_impossible_values_is_an_object_all_the_same(string schema, string parameters)
    {
        var converted = Tool(schema);
        converted.Is("/tools/0/parameters", parameters);
        Assert.False(converted.At("/tools/0").TryGetProperty("description", out _));
    }

    [Theory]
    [InlineData("""{"pattern":"^\\p{L}+$","minLength":1}""", """{"minLength":1}""")]
    [InlineData("""{"pattern":"^[a-z]*$"}""", """{"pattern":"^[a-z]*$"}""")]
    [InlineData("""{"anyOf":[{"pattern":"\\u{41}"},{"items":{"pattern":"[^]"}}]}""", """{"anyOf":[{},{"items":{}}]}""")]
    [InlineData("""{"patternProperties":{"^x":{"type":"int"},"\\p{L}":{}}}""", """{"patternProperties":{"^x":{"type":"integer"}}}""")]
    // What the lost name allowed must not be forbidden now, nor more be forbidden by what lost a part.
    [InlineData("""{"patternProperties":{"\\p{L}":{}},"additionalProperties":false}""", """{"patternProperties":{}}""")]
    [InlineData("""{"patternProperties":{"^x":{}},"additionalProperties":false}""", """{"patternProperties":{"^x":{}},"additionalProperties":false}""")]
    [InlineData("""{"not":{"pattern":"\\p{L}"},"if":{"properties":{"a":{"pattern":"\\p{L}"}}},"then":{"required":["b"]},"else":{}}""", "{}")]
    public void A_pattern_the_backend_cannot_compile_is_left_out(string schema, string expected)
    {
        var tool = $$"""{"type":"object","properties":{"p":{{schema}} } }""";
        Assert.Equal(expected, Tool(tool).At("/tools/0/parameters/properties/p").GetRawText());
        Assert.Equal(expected, Converted.Of($$"""{"output_config":{"format":{"type":"json_schema","schema":{{tool}} } } }""").At("/text/format/schema/properties/p").GetRawText());
        Assert.Equal(expected, Chat.Body($$"""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{{tool}} } } }""").GetProperty("text").GetProperty("format").GetProperty("schema").GetProperty("properties").GetProperty("p").GetRawText());
        Assert.Equal(expected, Passed.Body($$"""{"text":{"format":{"type":"json_schema","name":"n","schema":{{tool}} } } }""").GetProperty("text").GetProperty("format").GetProperty("schema").GetProperty("properties").GetProperty("p").GetRawText());
        Assert.Equal(expected, Passed.Body($$"""{"tools":[{"type":"function","name":"f","parameters":{{tool}} }]}""").GetProperty("tools")[0].GetProperty("parameters").GetProperty("properties").GetProperty("p").GetRawText());
    }

    [Fact]
    public void A_schema_that_was_refused_goes_out_in_its_plainest_form()
    {
        const string schema = """{"type":"object","description":"D","properties":{"a":{"type":"string","format":"uri","minLength":1,"pattern":"^x"},"b":{"type":"array"},"c":{"anyOf":[{"type":"string"},{"type":"null"}],"description":"C"},"d":{"enum":[1,"x",null]},"e":{"$ref":"#/$defs/e"}},"required":["a","z"],"additionalProperties":false,"$defs":{"e":{}}}""";
        const string plain = """{"type":"object","description":"D","properties":{"a":{"type":"string"},"b":{"type":"array","items":{}},"c":{"description":"C"},"d":{"enum":[1,"x",null]},"e":{}},"required":["a"],"additionalProperties":false}""";
        var failure = new CodexFailure(CodexFailureKind.InvalidToolSchema, "Invalid schema for function 'f': no.");
        var whole = Tool(schema);
        var sent = Assert.Single(SentSchemas.Meant(Encoding.UTF8.GetBytes(whole.Bytes), failure, all: false));
        Assert.Equal("f", sent.Function);

        var reduced = Converted.Of($$"""{"tools":[{"name":"f","input_schema":{{schema}} },{"name":"g","input_schema":{"type":"object","properties":{"a":{"format":"uri"} } } }]}""", options: Converted.Options with { ReducedSchemas = new HashSet<string> { sent.Hash } });
        Assert.Equal(plain, reduced.At("/tools/0/parameters").GetRawText());
        // Others stay as they are, until they are meant themselves; and what is plain already cannot be made plainer.
        Assert.Equal("""{"type":"object","properties":{"a":{"format":"uri"}}}""", reduced.At("/tools/1/parameters").GetRawText());
        Assert.Empty(SentSchemas.Meant(Encoding.UTF8.GetBytes(reduced.Bytes), failure, all: false));
        Assert.Equal("g", Assert.Single(SentSchemas.Meant(Encoding.UTF8.GetBytes(reduced.Bytes), failure, all: true)).Function);
        Assert.Equal("g", Assert.Single(SentSchemas.Meant(Encoding.UTF8.GetBytes(reduced.Bytes), failure with { Text = "no", Param = "tools[1].parameters" }, all: false)).Function);
    }

    [Fact]
    public void A_format_that_was_refused_promises_no_more_than_is_left_of_it()
    {
        const string schema = """{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["a"],"additionalProperties":false}""";
        var request = $$"""{"output_config":{"format":{"type":"json_schema","schema":{{schema}} } } }""";
        var whole = Converted.Of(request);
        var sent = Assert.Single(SentSchemas.Meant(Encoding.UTF8.GetBytes(whole.Bytes), new CodexFailure(CodexFailureKind.InvalidFormatSchema), all: false));

        var reduced = Converted.Of(request, options: Converted.Options with { ReducedSchemas = new HashSet<string> { sent.Hash } });
        reduced.Is("/text/format", """{"type":"json_schema","name":"response","schema":{"type":"object","properties":{"a":{}},"required":["a"],"additionalProperties":false},"strict":false}""");
    }

    [Fact]
    public void The_codex_client_s_own_tools_are_left_alone_until_they_are_refused()
    {
        const string tools = """{"tools":[{"type":"function","name":"f","strict":false,"parameters":{"type":"object","properties":{"a":{"type":"string","pattern":"\\p{L}"}}}}]}""";
        var raw = Passed.Body(tools, isCodex: true);
        Assert.Equal("\\p{L}", raw.GetProperty("tools")[0].GetProperty("parameters").GetProperty("properties").GetProperty("a").GetProperty("pattern").GetString());

        var sent = Assert.Single(SentSchemas.Meant(Encoding.UTF8.GetBytes(raw.GetRawText()), new CodexFailure(CodexFailureKind.InvalidToolSchema, "Invalid schema for function 'f': x"), all: false));
        var reduced = Passed.Body(tools, isCodex: true, options: Converted.Options with { ReducedSchemas = new HashSet<string> { sent.Hash } });
        Assert.Equal("""{"type":"object","properties":{"a":{"type":"string"}}}""", reduced.GetProperty("tools")[0].GetProperty("parameters").GetRawText());
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
