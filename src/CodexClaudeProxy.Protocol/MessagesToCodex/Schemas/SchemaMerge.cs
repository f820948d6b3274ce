using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>
/// What an object schema and its alternatives say together: all properties of all branches, and what every branch requires.
/// </summary>
internal sealed class SchemaMerge
{
    private const int DeepestNesting = 8;

    private readonly JsonElement _root;
    private readonly List<(string Name, List<JsonElement> Definitions, bool Fixed)> _properties = [];

    private SchemaMerge(JsonElement root) => _root = root;

    public IReadOnlyList<string> Required { get; private set; } = [];

    public static SchemaMerge Of(JsonElement schema)
    {
        var merge = new SchemaMerge(schema);
        merge.AddProperties(schema, isOuter: true);
        merge.Required = merge.Collect(schema, 0);
        return merge;
    }

    public void WriteProperties(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, definitions, _) in _properties)
        {
            writer.WritePropertyName(name);
            if (definitions.Count == 1)
            {
                SchemaSanitizer.Write(definitions[0], writer);
                continue;
            }

            writer.WriteStartObject();
            writer.WriteStartArray("anyOf"u8);
            foreach (var definition in definitions) SchemaSanitizer.Write(definition, writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Collects the properties of a schema and all its branches; gives the names it requires in every case.</summary>
    private List<string> Collect(JsonElement schema, int depth)
    {
        schema = Resolve(schema);
        if (!schema.IsObject() || depth > DeepestNesting) return [];
        AddProperties(schema, isOuter: false);

        var required = new List<string>();
        if (schema.Member("required"u8) is { ValueKind: JsonValueKind.Array } names)
            required.AddRange(names.EnumerateArray().Where(static name => name.IsString()).Select(static name => name.GetString()!));
        foreach (var part in Branches(schema, "allOf"u8)) required.AddRange(Collect(part, depth + 1));
        required.AddRange(Common(Branches(schema, "anyOf"u8), depth));
        required.AddRange(Common(Branches(schema, "oneOf"u8), depth));
        return [.. required.Distinct()];
    }

    private IEnumerable<string> Common(List<JsonElement> branches, int depth)
    {
        // Every branch is visited, also when nothing is common any more: its properties count.
        var required = branches.ConvertAll(branch => Collect(branch, depth + 1));
        return required.Count == 0 ? [] : required.Aggregate<IEnumerable<string>>(static (common, next) => common.Intersect(next));
    }

    private void AddProperties(JsonElement schema, bool isOuter)
    {
        if (schema.Member("properties"u8) is not { ValueKind: JsonValueKind.Object } properties) return;
        foreach (var property in properties.EnumerateObject())
        {
            var known = _properties.FindIndex(one => one.Name == property.Name);
            if (known < 0) _properties.Add((property.Name, [property.Value], isOuter));
            // What the outer level says holds for every branch.
            else if (!_properties[known].Fixed && !_properties[known].Definitions.Exists(one => JsonElement.DeepEquals(one, property.Value)))
                _properties[known].Definitions.Add(property.Value);
        }
    }

    private JsonElement Resolve(JsonElement schema)
    {
        for (var hops = 0; hops < DeepestNesting && schema.Text("$ref"u8) is { } target && target.StartsWith("#/", StringComparison.Ordinal); hops++)
        {
            var found = _root;
            foreach (var step in target[2..].Split('/')) found = found.IsObject() && found.TryGetProperty(step, out var next) ? next : default;
            if (!found.IsObject()) break;
            schema = found;
        }

        return schema;
    }

    private static List<JsonElement> Branches(JsonElement schema, ReadOnlySpan<byte> keyword) =>
        schema.Member(keyword) is { ValueKind: JsonValueKind.Array } branches ? [.. branches.EnumerateArray()] : [];
}
