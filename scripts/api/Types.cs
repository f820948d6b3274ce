using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>The type of a member in a few words.</summary>
internal static class Types
{
    public static string Of(JsonObject schema)
    {
        if (schema["$ref"] is { } reference) return Link((string)reference!);
        if (schema["anyOf"] is JsonArray any) return string.Join(" or ", any.Select(one => Of(one!.AsObject())));
        if (schema["enum"] is JsonArray words) return string.Join(", ", words.Select(word => word is null ? "null" : $"`{word}`"));
        string[] types = schema["type"] switch
        {
            JsonArray several => [.. several.Select(type => (string)type!)],
            { } one => [(string)one!],
            null => ["any JSON"],
        };
        return string.Join(" or ", types.Select(type => Of(type, schema)));
    }

    private static string Of(string type, JsonObject schema) => type switch
    {
        "array" => $"list of {Of(schema["items"]!.AsObject())}",
        "object" when schema["additionalProperties"] is JsonObject values => $"map of {Of(values)}",
        "string" when (string?)schema["format"] == "date-time" => "time",
        "integer" when schema["minimum"] is { } min => $"integer, {min} to {schema["maximum"]}",
        _ => type,
    };

    private static string Link(string reference)
    {
        string name = reference.Split('/')[^1];
        return $"[`{name}`](#{Markdown.Anchor(name)})";
    }
}
