using System.Runtime.InteropServices;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>
/// Rewrites a JSON schema at any level so that the backend takes it, and changes nothing it would take anyway. The rules
/// of the outermost level are <see cref="RootSchema"/>'s.
/// </summary>
internal static class SchemaSanitizer
{
    private enum Keyword { Plain, Schema, SchemaOrBoolean, Schemas, NamedSchemas, Type, Nullable, Items, PrefixItems, CacheControl }

    public static void Write(JsonElement schema, Utf8JsonWriter writer)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                writer.WriteRawValue("{}"u8, skipInputValidation: true);
                break;
            case JsonValueKind.False:
                writer.WriteRawValue("{\"not\":{}}"u8, skipInputValidation: true);
                break;
            case JsonValueKind.Object when LeavesDocument(schema):
                writer.WriteRawValue("{}"u8, skipInputValidation: true);
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in schema.EnumerateObject()) WriteMember(schema, member, writer);
                if (IsArray(schema) && !schema.TryGetProperty("items"u8, out _)) WriteEmpty("items"u8, writer);
                writer.WriteEndObject();
                break;
            default:
                WriteRaw(schema, writer);
                break;
        }
    }

    public static void WriteMember(JsonElement schema, JsonProperty member, Utf8JsonWriter writer)
    {
        var value = member.Value;
        switch (KeywordOf(JsonMarshal.GetRawUtf8PropertyName(member)))
        {
            case Keyword.CacheControl:
                break;
            case Keyword.Type:
                WriteName(member, writer);
                WriteType(value, schema.IsTrue("nullable"u8), writer);
                break;
            case Keyword.Nullable when value.ValueKind == JsonValueKind.True && schema.TryGetProperty("type"u8, out _):
                break;
            case Keyword.Schema:
            case Keyword.SchemaOrBoolean when value.IsObject():
                WriteName(member, writer);
                Write(value, writer);
                break;
            case Keyword.Schemas when value.IsArray():
                WriteName(member, writer);
                WriteSchemas(value, writer);
                break;
            case Keyword.NamedSchemas when value.IsObject():
                WriteName(member, writer);
                WriteNamedSchemas(value, writer);
                break;
            case Keyword.PrefixItems when value.IsArray():
                WriteName(member, writer);
                WriteSchemas(value, writer);
                break;
            case Keyword.Items:
                WriteItems(schema, value, writer);
                break;
            default:
                WriteName(member, writer);
                WriteRaw(value, writer);
                break;
        }
    }

    public static void WriteNamedSchemas(JsonElement schemas, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var schema in schemas.EnumerateObject())
        {
            WriteName(schema, writer);
            Write(schema.Value, writer);
        }

        writer.WriteEndObject();
    }

    public static void WriteName(JsonProperty member, Utf8JsonWriter writer)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        if (raw.Contains((byte)'\\')) writer.WritePropertyName(member.Name);
        else writer.WritePropertyName(raw);
    }

    public static void WriteRaw(JsonElement value, Utf8JsonWriter writer) =>
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    /// <summary>The type is this one, or a list that holds it.</summary>
    public static bool HasType(JsonElement schema, ReadOnlySpan<byte> name)
    {
        var type = schema.Member("type"u8);
        if (type.IsString()) return type.ValueEquals(name);
        if (!type.IsArray()) return false;
        foreach (var one in type.EnumerateArray())
        {
            if (one.IsString() && one.ValueEquals(name)) return true;
        }

        return false;
    }

    private static bool IsArray(JsonElement schema) => HasType(schema, "array"u8);

    /// <summary>Only references within the document can be followed.</summary>
    public static bool LeavesDocument(JsonElement schema) =>
        RawText.Of(schema, "$ref"u8) is { IsEmpty: false } target && target[0] != (byte)'#';

    private static void WriteType(JsonElement type, bool nullable, Utf8JsonWriter writer)
    {
        if (!nullable || !(type.IsString() || type.IsArray()))
        {
            WriteRaw(type, writer);
            return;
        }

        // OpenAPI's way to say what JSON Schema says with a list of types.
        writer.WriteStartArray();
        var hasNull = false;
        if (type.IsString()) WriteRaw(type, writer);
        else
        {
            foreach (var one in type.EnumerateArray())
            {
                hasNull |= one.IsString() && one.ValueEquals("null"u8);
                WriteRaw(one, writer);
            }
        }

        if (!hasNull) writer.WriteStringValue("null"u8);
        writer.WriteEndArray();
    }

    private static void WriteItems(JsonElement schema, JsonElement items, Utf8JsonWriter writer)
    {
        if (items.IsArray())
        {
            // The old form of a tuple.
            if (!schema.TryGetProperty("prefixItems"u8, out _))
            {
                writer.WritePropertyName("prefixItems"u8);
                WriteSchemas(items, writer);
            }

            WriteEmpty("items"u8, writer);
            return;
        }

        writer.WritePropertyName("items"u8);
        Write(items, writer);
    }

    private static void WriteSchemas(JsonElement schemas, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var schema in schemas.EnumerateArray()) Write(schema, writer);
        writer.WriteEndArray();
    }

    private static void WriteEmpty(ReadOnlySpan<byte> name, Utf8JsonWriter writer)
    {
        writer.WriteStartObject(name);
        writer.WriteEndObject();
    }

    private static Keyword KeywordOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("if"u8) => Keyword.Schema,
        3 when name.SequenceEqual("not"u8) => Keyword.Schema,
        4 when name.SequenceEqual("type"u8) => Keyword.Type,
        4 when name.SequenceEqual("then"u8) || name.SequenceEqual("else"u8) => Keyword.Schema,
        5 when name.SequenceEqual("items"u8) => Keyword.Items,
        5 when name.SequenceEqual("anyOf"u8) || name.SequenceEqual("oneOf"u8) || name.SequenceEqual("allOf"u8) => Keyword.Schemas,
        5 when name.SequenceEqual("$defs"u8) => Keyword.NamedSchemas,
        8 when name.SequenceEqual("contains"u8) => Keyword.Schema,
        8 when name.SequenceEqual("nullable"u8) => Keyword.Nullable,
        10 when name.SequenceEqual("properties"u8) => Keyword.NamedSchemas,
        11 when name.SequenceEqual("definitions"u8) => Keyword.NamedSchemas,
        11 when name.SequenceEqual("prefixItems"u8) => Keyword.PrefixItems,
        13 when name.SequenceEqual("propertyNames"u8) => Keyword.Schema,
        13 when name.SequenceEqual("cache_control"u8) => Keyword.CacheControl,
        15 when name.SequenceEqual("additionalItems"u8) => Keyword.SchemaOrBoolean,
        16 when name.SequenceEqual("unevaluatedItems"u8) => Keyword.SchemaOrBoolean,
        16 when name.SequenceEqual("dependentSchemas"u8) => Keyword.NamedSchemas,
        17 when name.SequenceEqual("patternProperties"u8) => Keyword.NamedSchemas,
        20 when name.SequenceEqual("additionalProperties"u8) => Keyword.SchemaOrBoolean,
        21 when name.SequenceEqual("unevaluatedProperties"u8) => Keyword.SchemaOrBoolean,
        _ => Keyword.Plain,
    };
}
