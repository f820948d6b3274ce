using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.ClaudeCode;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>The schemas of the contracts, each record under its own name. What a member means is its doc comment.</summary>
internal sealed class Schemas(DocComments docs)
{
    private static readonly Dictionary<Type, string> Simple = new()
    {
        [typeof(string)] = "string", [typeof(SettingsKey)] = "string", [typeof(bool)] = "boolean",
        [typeof(int)] = "integer", [typeof(long)] = "integer", [typeof(double)] = "number",
    };

    private readonly SortedDictionary<string, JsonObject> _all = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Type> _types = [];

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, JsonObject> All => _all;

    /// <summary>A reference to the contract's schema, or the schema itself where it is no object.</summary>
    /// <param name="required">Members of a request that must be there though their type does not say so; with a question mark where they may be null.</param>
    public JsonObject Of(JsonTypeInfo contract, bool isRequest = false, params IReadOnlyList<string> required) =>
        contract.Kind == JsonTypeInfoKind.Object ? Reference(contract, isRequest, required) : (JsonObject)Export(contract, isRequest, []);

    /// <summary>A reference to a schema of <see cref="FreeSchemas"/>.</summary>
    public JsonObject Named(string name)
    {
        if (!_all.ContainsKey(name)) _all[name] = FreeSchemas.Make(name);
        return ReferenceTo(name);
    }

    private JsonObject Reference(JsonTypeInfo contract, bool isRequest, IReadOnlyList<string> required)
    {
        string name = contract.Type.Name;
        if (_types.TryAdd(name, contract.Type)) _all[name] = (JsonObject)Export(contract, isRequest, required);
        else if (_types[name] != contract.Type) throw new InvalidOperationException($"Two contracts are called {name}.");
        return ReferenceTo(name);
    }

    private static JsonObject ReferenceTo(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    private JsonNode Export(JsonTypeInfo contract, bool isRequest, IReadOnlyList<string> required) => contract.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
    {
        TransformSchemaNode = (context, schema) => context.Path.Length == 0 && contract.Kind == JsonTypeInfoKind.Object
            ? Complete(contract, schema, isRequest, required)
            : Adapt(context.TypeInfo, context.PropertyInfo, schema, isRequest),
    });

    /// <summary>The exporter knows what may be read; an answer has all members but those that are left out when they are null.</summary>
    private JsonObject Complete(JsonTypeInfo contract, JsonNode exported, bool isRequest, IReadOnlyList<string> required)
    {
        JsonObject properties = [];
        foreach (JsonPropertyInfo property in contract.Properties)
        {
            if (property.IsExtensionData || exported["properties"]?[property.Name] is not { } schema) continue;
            // A member with a default and a converter of its own does not come by the transformation.
            properties[property.Name] = schema.AsObject().ContainsKey("default")
                ? Adapt(contract.Options.GetTypeInfo(property.PropertyType), property, schema, isRequest)
                : schema.DeepClone();
        }

        string[] always = [.. contract.Properties.Where(property => properties.ContainsKey(property.Name)
            && (isRequest ? property.IsRequired || required.Contains(property.Name) || required.Contains(property.Name + "?") : !IsLeftOutWhenNull(property))).Select(property => property.Name)];
        foreach (JsonObject schema in required.Where(properties.ContainsKey).Select(name => properties[name]!.AsObject())) DropNull(schema);
        JsonObject complete = new() { ["type"] = "object" };
        if (docs.Of(contract.Type) is { } text) complete["description"] = text;
        if (properties.Count > 0) complete["properties"] = properties;
        if (always.Length > 0) complete["required"] = new JsonArray([.. always.Select(name => (JsonNode)name)]);
        return complete;
    }

    private JsonObject Adapt(JsonTypeInfo contract, JsonPropertyInfo? property, JsonNode exported, bool isRequest)
    {
        Type type = Nullable.GetUnderlyingType(contract.Type) ?? contract.Type;
        JsonObject schema = property is not null && FreeSchemas.Of(property) is { } named ? Named(named) : SchemaOf(contract, type, exported, isRequest);
        if (property is null) return type == contract.Type ? schema : OrNull(schema);

        if (property.IsGetNullable && !IsLeftOutWhenNull(property)) schema = OrNull(schema);
        if (DescriptionOf(property) is { } text) schema["description"] = text;
        return schema;
    }

    private JsonObject SchemaOf(JsonTypeInfo contract, Type type, JsonNode exported, bool isRequest)
    {
        if (Simple.TryGetValue(type, out string? name)) return new JsonObject { ["type"] = name };
        if (type == typeof(DateTimeOffset) || type == typeof(DateTime)) return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (type == typeof(JsonElement) || type == typeof(JsonNode)) return [];
        if (type == typeof(JsonObject)) return new JsonObject { ["type"] = "object" };
        if (type.IsEnum) return new JsonObject { ["type"] = "string", ["enum"] = Words(contract.Options.GetTypeInfo(type)) };
        return contract.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Inner(exported, "items") },
            JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Inner(exported, "additionalProperties") },
            JsonTypeInfoKind.Object => Reference(contract, isRequest, []),
            _ => throw new InvalidOperationException($"{type} has a converter whose schema is not known."),
        };
    }

    /// <summary>The exporter leaves out what may be anything.</summary>
    private static JsonNode Inner(JsonNode exported, string name) => exported[name]?.DeepClone() ?? new JsonObject();

    private static JsonArray Words(JsonTypeInfo contract) =>
        new([.. Enum.GetValues(contract.Type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, contract))]);

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema.ContainsKey("$ref")) return new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        if (schema["type"] is { } type) schema["type"] = new JsonArray(type.DeepClone(), "null");
        (schema["enum"] as JsonArray)?.Add(null);
        return schema;
    }

    private static void DropNull(JsonObject schema)
    {
        if (schema["type"] is JsonArray types) schema["type"] = types.Single(type => (string)type! != "null")!.DeepClone();
    }

    private static bool IsLeftOutWhenNull(JsonPropertyInfo property) =>
        Attribute<JsonIgnoreAttribute>(property) is { Condition: JsonIgnoreCondition.WhenWritingNull };

    /// <summary>What the member means and, of a request, what its value must be.</summary>
    private string? DescriptionOf(JsonPropertyInfo property)
    {
        string? text = docs.Of(property.DeclaringType, ((MemberInfo)property.AttributeProvider!).Name);
        return Attribute<DescriptionAttribute>(property) is { } rule ? $"{text} Must be {rule.Description}.".TrimStart() : text;
    }

    private static T? Attribute<T>(JsonPropertyInfo property) where T : Attribute =>
        property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: false).Cast<T>().FirstOrDefault();
}
