using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Conversion;

/// <summary>Whatever a client calls a schema, what is sent is one the backend takes.</summary>
public sealed class SchemaProperties
{
    private static readonly string[] Keywords =
    [
        "type", "type", "properties", "properties", "required", "items", "enum", "const", "description", "title", "format", "pattern", "pattern",
        "minimum", "exclusiveMinimum", "multipleOf", "minLength", "maxItems", "uniqueItems", "additionalProperties", "patternProperties",
        "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "prefixItems", "contains", "propertyNames", "dependentRequired",
        "dependentSchemas", "$defs", "definitions", "default", "examples", "nullable", "cache_control", "$comment", "x-extra",
    ];

    private static readonly string[] Texts =
        ["string", "int", "object", "array", "any", "true", "", "^[a-z]+$", "\\p{L}", "(?<n>a)", "[\\w-.]", "(", "a{2}", "\\u{41}", "[^]", "(?i)a", "a(?i)", "(?<=a+)b", "\\d{1,3}", "é"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_schema_becomes_one_the_backend_takes(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 1500; i++)
        {
            JsonNode schema = Schema(random, 4);
            if (schema is not JsonObject) continue;
            foreach (IReadOnlySet<string> reduced in new[] { new HashSet<string>(), EverySet.Instance })
            {
                (JsonElement parameters, bool strict) = Sent(schema, new ConversionOptions { AccountMark = "a", ReducedSchemas = reduced });
                Assert.True(!SchemaRules.Faults(parameters, strict).Any(), $"{schema.ToJsonString()}\n{parameters}\n{SchemaRules.Faults(parameters, strict).FirstOrDefault()}");
            }
        }
    }

    private static (JsonElement Parameters, bool Strict) Sent(JsonNode schema, ConversionOptions options)
    {
        byte[] request = Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","strict":true,"input_schema":{{schema.ToJsonString()}} }]}""");
        Assert.True(MessagesRequest.TryParse(request, ClientHints.None, out MessagesRequest? parsed, out _));
        using var body = new PooledBuffer();
        Assert.True(ResponsesRequest.TryConvert(parsed!, new ModelProfile { Slug = "m" }, options, body, out _, out _));
        JsonElement tool = JsonElement.Parse(body.Written).GetProperty("tools")[0];
        return (tool.GetProperty("parameters"), tool.GetProperty("strict").GetBoolean());
    }

    private static JsonObject Schema(Random random, int depth)
    {
        var schema = new JsonObject();
        for (int i = random.Next(6); i >= 0; i--) schema[Keywords[random.Next(Keywords.Length)]] = Value(random, depth - 1);
        return schema;
    }

    private static JsonNode? Value(Random random, int depth)
    {
        switch (random.Next(depth > 0 ? 10 : 5))
        {
            case 0: return null;
            case 1: return random.Next(2) == 0;
            case 2: return random.Next(-2, 5) / 2.0;
            case 3 or 4: return Texts[random.Next(Texts.Length)];
            case 5 or 6: return Schema(random, depth);
            case 7:
                var list = new JsonArray();
                for (int i = random.Next(4); i > 0; i--) list.Add(Value(random, depth - 1));
                return list;
            default:
                var named = new JsonObject();
                for (int i = random.Next(4); i > 0; i--) named[Texts[random.Next(Texts.Length)]] = Value(random, depth);
                return named;
        }
    }

    /// <summary>As if every schema had been refused before.</summary>
    private sealed class EverySet : HashSet<string>, IReadOnlySet<string>
    {
        public static readonly EverySet Instance = ["x"];

        bool IReadOnlySet<string>.Contains(string item) => true;
    }
}
