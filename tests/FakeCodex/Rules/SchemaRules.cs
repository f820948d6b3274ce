using System.Text.Json;

namespace FakeCodex;

/// <summary>What the model API demands of a JSON schema. Each fault is the tail of the API's own sentence.</summary>
internal static class SchemaRules
{
    private static readonly string[] RootCombinators = ["oneOf", "anyOf", "allOf", "enum", "not"];
    private static readonly string[] StrictlyForbidden =
    [
        "oneOf", "allOf", "not", "if", "patternProperties", "propertyNames", "contains", "uniqueItems", "minProperties", "maxProperties",
        "prefixItems",
    ];

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
        foreach (string fault in Walk(schema, [], strict)) yield return fault;
    }

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
        if (schema.Has("required") && schema.Get("required").ValueKind != JsonValueKind.Array)
        {
            yield return $"{place}, 'required' must be an array.";
        }
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
        foreach (string map in (string[])["properties", "$defs", "definitions", "patternProperties"])
        {
            if (schema.Get(map).ValueKind != JsonValueKind.Object) continue;
            foreach (JsonProperty member in schema.Get(map).EnumerateObject()) yield return ([.. at, map, member.Name], member.Value);
        }
        foreach (string list in (string[])["anyOf", "oneOf", "allOf", "prefixItems"])
        {
            foreach ((int index, JsonElement member) in schema.Get(list).Items().Index()) yield return ([.. at, list, $"{index}"], member);
        }
        foreach (string single in (string[])["items", "additionalProperties", "not"])
        {
            if (schema.Get(single).ValueKind == JsonValueKind.Object) yield return ([.. at, single], schema.Get(single));
        }
    }

    private static bool IsOfType(JsonElement schema, string type) =>
        schema.GetText("type") == type || schema.Get("type").Items().Any(entry => entry.AsText() == type);
}
