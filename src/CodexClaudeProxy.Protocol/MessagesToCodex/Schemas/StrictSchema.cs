using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>Tells whether a sanitised schema satisfies the backend's strict mode, which guarantees the shape of the answer.</summary>
internal static class StrictSchema
{
    private const int MostProperties = 5_000;
    private const int MostEnumValues = 1_000;
    private const int Deepest = 10;

    private static readonly HashSet<string> Refused =
    [
        "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "patternProperties",
        "propertyNames", "unevaluatedItems", "unevaluatedProperties", "contains", "minContains", "maxContains", "uniqueItems",
        "minProperties", "maxProperties", "prefixItems",
    ];

    private sealed class Count
    {
        public int Properties;
        public int EnumValues;
    }

    public static bool Accepts(ReadOnlyMemory<byte> schema)
    {
        using var document = JsonDocument.Parse(schema, JsonDepth.Document);
        var root = document.RootElement;
        var count = new Count();
        return root.Member("type"u8).IsString() && !root.TryGetProperty("anyOf"u8, out _) && Accepts(root, 0, count) &&
            count is { Properties: <= MostProperties, EnumValues: <= MostEnumValues };
    }

    private static bool Accepts(JsonElement schema, int depth, Count count)
    {
        if (!schema.IsObject() || depth > Deepest || !SaysSomething(schema)) return false;
        if (SchemaSanitizer.HasType(schema, "object"u8) || schema.TryGetProperty("properties"u8, out _))
        {
            if (!IsClosed(schema, count)) return false;
        }

        foreach (var member in schema.EnumerateObject())
        {
            if (Refused.Contains(member.Name)) return false;
            if (member.NameEquals("enum"u8) && member.Value.IsArray()) count.EnumValues += member.Value.GetArrayLength();
            if (!AcceptsMember(member, depth, count)) return false;
        }

        return true;
    }

    private static bool AcceptsMember(JsonProperty member, int depth, Count count)
    {
        if (member.NameEquals("items"u8)) return Accepts(member.Value, depth + 1, count);
        if (member.NameEquals("anyOf"u8)) return member.Value.IsArray() && member.Value.EnumerateArray().All(branch => Accepts(branch, depth + 1, count));
        if (member.NameEquals("properties"u8) || member.NameEquals("$defs"u8) || member.NameEquals("definitions"u8))
            return member.Value.IsObject() && member.Value.EnumerateObject().All(one => Accepts(one.Value, depth + 1, count));
        return true;
    }

    /// <summary>Every property is required, no other is allowed, and none is required that is not there.</summary>
    private static bool IsClosed(JsonElement schema, Count count)
    {
        if (schema.Member("additionalProperties"u8).ValueKind != JsonValueKind.False) return false;
        var required = schema.Member("required"u8) is { ValueKind: JsonValueKind.Array } names
            ? names.EnumerateArray().Where(static name => name.IsString()).Select(static name => name.GetString()!).ToHashSet()
            : [];
        if (schema.Member("properties"u8) is { ValueKind: JsonValueKind.Object } properties)
        {
            foreach (var property in properties.EnumerateObject())
            {
                count.Properties++;
                if (!required.Remove(property.Name)) return false;
            }
        }

        return required.Count == 0;
    }

    /// <summary>Strict mode has no place for a schema that allows anything, nor for words beside a reference.</summary>
    private static bool SaysSomething(JsonElement schema)
    {
        if (schema.TryGetProperty("$ref"u8, out _)) return schema.GetPropertyCount() == 1;
        return schema.TryGetProperty("type"u8, out _) || schema.TryGetProperty("anyOf"u8, out _) ||
            schema.TryGetProperty("enum"u8, out _) || schema.TryGetProperty("const"u8, out _);
    }
}
