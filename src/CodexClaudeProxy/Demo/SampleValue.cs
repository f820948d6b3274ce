using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Demo;

/// <summary>A value that a JSON schema admits, for answers and arguments whose shape the client has laid down.</summary>
internal static class SampleValue
{
    private const int Deepest = 8;

    public static JsonNode? Of(JsonElement schema, string name = "value") => Of(schema, name, schema, depth: 0);

    private static JsonNode? Of(JsonElement schema, string name, JsonElement root, int depth)
    {
        if (depth > Deepest) return null;
        if (schema.Text("$ref") is { } reference) return Of(Resolve(reference, root), name, root, depth + 1);
        foreach (string fixedValue in (ReadOnlySpan<string>)["const", "default"])
        {
            if (schema.Member(fixedValue) is { ValueKind: not JsonValueKind.Undefined } value) return JsonNode.Parse(value.GetRawText(), documentOptions: JsonDepth.Document);
        }

        if (First(schema, "enum") is { ValueKind: not JsonValueKind.Undefined } choice) return JsonNode.Parse(choice.GetRawText(), documentOptions: JsonDepth.Document);
        foreach (string variants in (ReadOnlySpan<string>)["anyOf", "oneOf", "allOf"])
        {
            if (First(schema, variants) is { ValueKind: JsonValueKind.Object } variant) return Of(variant, name, root, depth + 1);
        }

        return (schema.Text("type") ?? First(schema, "type").ToString()) switch
        {
            "string" => Text(schema, name),
            "integer" or "number" => Math.Max(1, schema.Number("minimum") ?? 1),
            "boolean" => true,
            "array" => new JsonArray(Of(schema.Member("items"), name, root, depth + 1)),
            "null" => null,
            "object" => Members(schema, root, depth),
            _ => schema.Member("properties").ValueKind == JsonValueKind.Object ? Members(schema, root, depth) : Text(schema, name),
        };
    }

    private static JsonObject Members(JsonElement schema, JsonElement root, int depth)
    {
        JsonObject members = [];
        if (schema.Member("properties") is not { ValueKind: JsonValueKind.Object } properties) return members;
        string?[] required = schema.Member("required") is { ValueKind: JsonValueKind.Array } names ? [.. names.EnumerateArray().Select(entry => entry.ToString())] : [];
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            if (required.Contains(property.Name)) members[property.Name] = Of(property.Value, property.Name, root, depth + 1);
        }

        return members;
    }

    private static string Text(JsonElement schema, string name)
    {
        string text = $"Simulated {name.Replace('_', ' ')}";
        return schema.Number("maxLength") is { } most && text.Length > most ? text[..(int)most] : text;
    }

    private static JsonElement Resolve(string reference, JsonElement root)
    {
        JsonElement target = root;
        foreach (string step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries)) target = target.Member(step);
        return target;
    }

    private static JsonElement First(JsonElement schema, string name) =>
        schema.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().FirstOrDefault() : default;
}
