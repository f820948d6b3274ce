using System.Text.Json;
using System.Text.Json.Nodes;

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
            if (entry.Value.ValueKind != JsonValueKind.String || entry.Value.GetString() is not { } target || !IsTarget(target)) return $"'{entry.Name}': the target must be the name of a model, without *";
            string name = entry.Name.Trim();
            if (read.Exists(known => known.Key.Equals(name, StringComparison.OrdinalIgnoreCase))) return $"'{name}' appears twice";
            if (read.Count == Most) return $"at most {Most} are allowed";
            read.Add(new(name, target.Trim()));
        }

        return null;
    }

    public static JsonObject Tree(IEnumerable<KeyValuePair<string, string>> mappings) =>
        new(mappings.Select(mapping => KeyValuePair.Create(mapping.Key, (JsonNode?)mapping.Value)));

    /// <summary>The mappings after some were set (a target) or removed (null); a new one comes last.</summary>
    /// <param name="mappings">What the file holds; what cannot be read there counts as none.</param>
    /// <param name="changes">An object. Its values are not checked.</param>
    public static JsonElement Edit(JsonNode? mappings, JsonElement changes)
    {
        JsonObject edited = mappings is not null && TryRead(mappings.Deserialize(SettingsContext.Default.JsonElement), out var known) is null ? Tree(known) : [];
        foreach (JsonProperty change in changes.EnumerateObject())
        {
            string name = edited.FirstOrDefault(mapping => mapping.Key.Equals(change.Name.Trim(), StringComparison.OrdinalIgnoreCase)).Key ?? change.Name;
            if (change.Value.ValueKind == JsonValueKind.Null) edited.Remove(name);
            else edited[name] = change.Value.Deserialize(SettingsContext.Default.JsonNode);
        }

        return edited.Deserialize(SettingsContext.Default.JsonElement);
    }

    private static string? ProblemOfName(string name) =>
        name.Trim().Length is 0 or > LongestName || name.Any(char.IsControl) ? $"'{name}' is no model name or pattern of 1 to {LongestName} characters" : null;

    private static bool IsTarget(string target) => target.Trim().Length is > 0 and <= LongestName && !target.Contains('*') && !target.Any(char.IsControl);
}
