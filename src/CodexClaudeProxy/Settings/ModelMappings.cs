using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Settings;

/// <summary>The user's own model names: reading, checking and writing them.</summary>
internal static class ModelMappings
{
    private const int Most = 200;
    private const int LongestName = 200;

    /// <summary>Reads <c>{"name or pattern": "target"}</c>.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? TryRead(JsonElement map, out IReadOnlyList<KeyValuePair<string, string>> mappings)
    {
        List<KeyValuePair<string, string>> read = [];
        mappings = read;
        if (map.ValueKind != JsonValueKind.Object) return "must be an object of model name or pattern to model name";

        foreach (JsonProperty entry in map.EnumerateObject())
        {
            if (ProblemOfName(entry.Name) is { } problem) return problem;
            if (entry.Value.ValueKind != JsonValueKind.String || ProblemOfTarget(entry.Value.GetString()!)) return $"'{entry.Name}': the target must be the name of a model, without *";
            string name = entry.Name.Trim();
            if (read.Exists(known => known.Key.Equals(name, StringComparison.OrdinalIgnoreCase))) return $"'{name}' is there twice";
            if (read.Count == Most) return $"at most {Most} are allowed";
            read.Add(new(name, entry.Value.GetString()!.Trim()));
        }

        return null;
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, string>> mappings)
    {
        json.WriteStartObject();
        foreach ((string name, string target) in mappings) json.WriteString(name, target);
        json.WriteEndObject();
    }

    /// <summary>The mappings after some were set (a target) or removed (null); a new one comes last.</summary>
    public static JsonObject Edit(IReadOnlyList<KeyValuePair<string, string>> mappings, JsonElement changes)
    {
        JsonObject edited = [];
        foreach ((string name, string target) in mappings) edited[name] = target;
        foreach (JsonProperty change in changes.EnumerateObject())
        {
            string name = edited.FirstOrDefault(known => known.Key.Equals(change.Name.Trim(), StringComparison.OrdinalIgnoreCase)).Key ?? change.Name;
            if (change.Value.ValueKind == JsonValueKind.Null) edited.Remove(name);
            else edited[name] = JsonNode.Parse(change.Value.GetRawText(), documentOptions: JsonDepth.Document);
        }

        return edited;
    }

    private static string? ProblemOfName(string name) =>
        name.Trim().Length is 0 or > LongestName || name.Any(char.IsControl) ? $"'{name}' is no model name or pattern of 1 to {LongestName} characters" : null;

    private static bool ProblemOfTarget(string target) =>
        target.Trim().Length is 0 or > LongestName || target.Contains('*') || target.Any(char.IsControl);
}
