using System.Text.Json;

namespace FakeCodex;

/// <summary>What the model API demands of a JSON schema. Each fault is the tail of the API's own sentence.</summary>
public static class SchemaRules
{
    private static readonly string[] RootCombinators = ["oneOf", "anyOf", "allOf", "enum", "not"];
    private static readonly string[] StrictlyForbidden =
    [
        "oneOf", "allOf", "not", "if", "patternProperties", "propertyNames", "contains", "uniqueItems", "minProperties", "maxProperties",
        "prefixItems",
    ];

    private static readonly string[] Types = ["string", "number", "integer", "boolean", "object", "array", "null"];
    private static readonly string[] Texts = ["$ref", "$id", "$schema", "$comment", "title", "description", "format", "pattern"];
    private static readonly string[] Numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
    private static readonly string[] Counts = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];
    private static readonly string[] Maps = ["properties", "$defs", "definitions", "patternProperties", "dependentSchemas"];
    private static readonly string[] Lists = ["anyOf", "oneOf", "allOf", "prefixItems"];
    private static readonly string[] Schemas = ["items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "not", "if", "then", "else", "contains", "propertyNames"];

    /// <summary>Patterns that cannot be compiled, at any level: these are refused in the format of an answer, too.</summary>
    public static IEnumerable<string> PatternFaults(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object) yield break;
        if (schema.GetText("pattern") is { } pattern && !PatternRules.Compiles(pattern)) yield return $"'{pattern}' is not a 'regex'.";
        if (schema.Get("patternProperties").ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty named in schema.Get("patternProperties").EnumerateObject().Where(named => !PatternRules.Compiles(named.Name)))
            {
                yield return $"'{named.Name}' is not a 'regex'.";
            }
        }
        foreach ((_, JsonElement child) in Children(schema, []))
        {
            foreach (string fault in PatternFaults(child)) yield return fault;
        }
    }

    public static IEnumerable<string> Faults(JsonElement schema, bool strict)
    {
        if (schema.GetText("type") != "object" || RootCombinators.Any(word => schema.Has(word)))
        {
            yield return "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.";
            yield break;
        }
        if (schema.Get("properties").ValueKind != JsonValueKind.Object)
        {
            yield return "In context=(), object schema missing properties.";
            yield break;
        }
        foreach (string fault in PatternFaults(schema)) yield return fault;
        foreach (string fault in Walk(schema, [], strict)) yield return fault;
    }

    /// <summary>The metaschema: which kind of value a keyword takes.</summary>
    private static IEnumerable<string> KindFaults(JsonElement schema)
    {
        foreach (JsonProperty member in schema.EnumerateObject())
        {
            JsonElement value = member.Value;
            bool fits = member.Name switch
            {
                "type" => value.ValueKind == JsonValueKind.String ? Types.Contains(value.GetString()) : AreUnique(value) && value.GetArrayLength() > 0 && value.Items().All(one => Types.Contains(one.AsText())),
                "required" => AreUnique(value),
                "enum" => value.Items().Any(),
                "examples" => value.ValueKind == JsonValueKind.Array,
                "uniqueItems" or "readOnly" or "writeOnly" or "deprecated" => value.IsBoolean(),
                "dependentRequired" => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(one => AreUnique(one.Value)),
                _ when Texts.Contains(member.Name) => value.ValueKind == JsonValueKind.String,
                _ when Numbers.Contains(member.Name) => value.ValueKind == JsonValueKind.Number,
                _ when Counts.Contains(member.Name) => value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and var count && Math.Floor(count) == count,
                _ when Maps.Contains(member.Name) => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(one => IsSchema(one.Value)),
                _ when Lists.Contains(member.Name) => value.Items().Any() && value.Items().All(IsSchema),
                _ when Schemas.Contains(member.Name) => IsSchema(value),
                _ => true,
            };
            if (!fits) yield return $"{member.Name}: {value} is not of the expected type.";
        }
    }

    private static bool IsSchema(JsonElement value) => value.ValueKind == JsonValueKind.Object || value.IsBoolean();

    private static bool AreUnique(JsonElement names) =>
        names.ValueKind == JsonValueKind.Array && names.Items().All(name => name.AsText() is not null) && names.Items().Select(JsonReading.AsText).Distinct().Count() == names.GetArrayLength();

    private static IEnumerable<string> Walk(JsonElement schema, string[] at, bool strict)
    {
        if (schema.IsBoolean()) yield break;
        string place = $"In context=({string.Join(", ", at.Select(word => $"'{word}'"))})";
        if (schema.ValueKind != JsonValueKind.Object)
        {
            yield return $"{place}, schema must be an object or a boolean.";
            yield break;
        }
        if (IsOfType(schema, "array") && !schema.Has("items") && !schema.Has("prefixItems"))
        {
            yield return $"{place}, array schema missing items.";
        }
        if (schema.Get("items").ValueKind == JsonValueKind.Array) yield return $"{place}, array schema items is not an object.";
        foreach (string fault in KindFaults(schema)) yield return $"{place}, {fault}";
        if (schema.GetText("$ref") is { } reference && !reference.StartsWith('#'))
        {
            yield return $"{place}, reference can only point to definitions of this schema.";
        }
        if (strict)
        {
            foreach (string fault in StrictFaults(schema)) yield return $"{place}, {fault}";
        }
        foreach ((string[] path, JsonElement child) in Children(schema, at))
        {
            foreach (string fault in Walk(child, path, strict)) yield return fault;
        }
    }

    private static IEnumerable<string> StrictFaults(JsonElement schema)
    {
        foreach (string word in StrictlyForbidden.Where(word => schema.Has(word))) yield return $"'{word}' is not permitted.";
        if (!IsOfType(schema, "object")) yield break;
        if (schema.Get("additionalProperties").ValueKind != JsonValueKind.False)
        {
            yield return "'additionalProperties' is required to be supplied and to be false.";
        }
        HashSet<string?> required = [.. schema.Get("required").Items().Select(JsonReading.AsText)];
        if (schema.Get("properties").ValueKind != JsonValueKind.Object) yield break;
        foreach (JsonProperty property in schema.Get("properties").EnumerateObject())
        {
            if (!required.Contains(property.Name))
            {
                yield return "'required' is required to be supplied and to be an array including every key in properties. "
                    + $"Missing '{property.Name}'.";
            }
        }
    }

    private static IEnumerable<(string[] Path, JsonElement Schema)> Children(JsonElement schema, string[] at)
    {
        foreach (string map in Maps)
        {
            if (schema.Get(map).ValueKind != JsonValueKind.Object) continue;
            foreach (JsonProperty member in schema.Get(map).EnumerateObject()) yield return ([.. at, map, member.Name], member.Value);
        }
        foreach (string list in Lists)
        {
            foreach ((int index, JsonElement member) in schema.Get(list).Items().Index()) yield return ([.. at, list, $"{index}"], member);
        }
        foreach (string single in Schemas)
        {
            if (schema.Get(single).ValueKind == JsonValueKind.Object) yield return ([.. at, single], schema.Get(single));
        }
    }

    private static bool IsOfType(JsonElement schema, string type) =>
        schema.GetText("type") == type || schema.Get("type").Items().Any(entry => entry.AsText() == type);
}
