using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Tests.Api;

/// <summary>Whether JSON is what a schema of the reference says: every member described, and every one that is always there present.</summary>
internal sealed class SchemaCheck(JsonObject document)
{
    /// <summary>What does not fit, with its place; empty when all does.</summary>
    public IReadOnlyList<string> Faults(JsonNode? value, JsonObject schema, string at = "$")
    {
        if (schema["$ref"] is { } reference) return Faults(value, Resolve((string)reference!), at);
        if (schema["anyOf"] is JsonArray any)
        {
            IReadOnlyList<string>[] all = [.. any.Select(one => Faults(value, one!.AsObject(), at))];
            return all.MinBy(faults => faults.Count)!;
        }

        if (schema["type"] is { } types && !Names(types).Contains(KindOf(value)) && !(KindOf(value) == "integer" && Names(types).Contains("number")))
            return [$"{at}: {KindOf(value)} instead of {types.ToJsonString()}"];
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value))) return [$"{at}: {value} is none of {words.ToJsonString()}"];
        return value switch
        {
            JsonObject members => [.. FaultsOf(members, schema, at)],
            JsonArray items when schema["items"] is JsonObject item => [.. items.SelectMany((one, i) => Faults(one, item, $"{at}[{i}]"))],
            _ => [],
        };
    }

    private IEnumerable<string> FaultsOf(JsonObject members, JsonObject schema, string at)
    {
        foreach (JsonNode? name in schema["required"] as JsonArray ?? [])
        {
            if (!members.ContainsKey((string)name!)) yield return $"{at}.{name} is missing";
        }

        JsonObject? known = schema["properties"] as JsonObject;
        foreach ((string name, JsonNode? member) in members)
        {
            if ((known?[name] ?? schema["additionalProperties"]) is JsonObject described)
            {
                foreach (string fault in Faults(member, described, $"{at}.{name}")) yield return fault;
            }
            else if (known is not null)
            {
                yield return $"{at}.{name} is not described";
            }
        }
    }

    private JsonObject Resolve(string reference) => reference[2..].Split('/').Aggregate((JsonNode)document, (node, name) => node[name]!).AsObject();

    private static IEnumerable<string> Names(JsonNode types) => types is JsonArray several ? several.Select(type => (string)type!) : [(string)types!];

    private static string KindOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.ToJsonString().All(char.IsAsciiDigit) || value.ToJsonString().TrimStart('-').All(char.IsAsciiDigit) ? "integer" : "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
