using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>
/// Rewrites a JSON schema at any level so that the backend takes it, and changes nothing it would take anyway: a keyword of an
/// impossible value refuses the whole request, so it is corrected where its meaning is plain, and else left out. The rules of the
/// outermost level are <see cref="RootSchema"/>'s.
/// </summary>
internal static class SchemaSanitizer
{
    public static void Write(JsonElement schema, Utf8JsonWriter writer)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.False:
                writer.WriteRawValue("{\"not\":{}}"u8, skipInputValidation: true);
                break;
            case JsonValueKind.Object when !LeavesDocument(schema):
                writer.WriteStartObject();
                foreach (var member in schema.EnumerateObject()) WriteMember(schema, member, writer);
                WriteMissingItems(schema, writer);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteRawValue("{}"u8, skipInputValidation: true);
                break;
        }
    }

    public static void WriteMember(JsonElement schema, JsonProperty member, Utf8JsonWriter writer)
    {
        var value = member.Value;
        switch (SchemaKeywords.Of(member))
        {
            case SchemaKeyword.Any:
            case SchemaKeyword.Text when value.IsString():
            case SchemaKeyword.Number when value.ValueKind == JsonValueKind.Number:
            case SchemaKeyword.Positive when value.ValueKind == JsonValueKind.Number && value.GetDouble() > 0:
            case SchemaKeyword.Count when IsCount(value):
            case SchemaKeyword.List when value.IsArray():
            case SchemaKeyword.Enum when value.IsArray() && value.GetArrayLength() > 0:
            case SchemaKeyword.Pattern when value.IsString() && PatternSyntax.Compiles(value.GetString()!):
                Copy(member, writer);
                break;
            case SchemaKeyword.Nullable when IsBoolean(value) && !(value.GetBoolean() && SchemaType.IsKnown(schema.Member("type"u8))):
                Copy(member, writer);
                break;
            case SchemaKeyword.Flag when TruthOf(value) is { } flag:
                RawJson.WriteName(member, writer);
                writer.WriteBooleanValue(flag);
                break;
            case SchemaKeyword.ExclusiveBound:
                WriteBound(schema, member, writer);
                break;
            case SchemaKeyword.Type when SchemaType.IsKnown(value):
                RawJson.WriteName(member, writer);
                SchemaType.Write(value, schema.IsTrue("nullable"u8), writer);
                break;
            case SchemaKeyword.Names when value.IsArray():
                RawJson.WriteName(member, writer);
                WriteNames(value, writer);
                break;
            case SchemaKeyword.DependentNames or SchemaKeyword.Dependencies when value.IsObject():
                RawJson.WriteName(member, writer);
                WriteDependencies(member, writer);
                break;
            default:
                WriteInner(schema, member, writer);
                break;
        }
    }

    /// <summary>Keywords that hold schemas.</summary>
    private static void WriteInner(JsonElement schema, JsonProperty member, Utf8JsonWriter writer)
    {
        var value = member.Value;
        switch (SchemaKeywords.Of(member))
        {
            case SchemaKeyword.Schema when IsSchema(value):
            case SchemaKeyword.Negation when IsSchema(value) && !LosesPattern(value):
            case SchemaKeyword.Condition when IsSchema(value) && !LosesPattern(schema.Member("if"u8)):
                RawJson.WriteName(member, writer);
                Write(value, writer);
                break;
            case SchemaKeyword.Rest:
            case SchemaKeyword.OtherProperties when !LosesPattern(schema.Member("patternProperties"u8), isNames: true):
                WriteRest(member, writer);
                break;
            case SchemaKeyword.Schemas when value.IsArray() && value.EnumerateArray().Any(IsSchema):
                RawJson.WriteName(member, writer);
                WriteSchemas(value.EnumerateArray().Where(IsSchema), writer);
                break;
            case SchemaKeyword.PrefixItems when value.IsArray() && value.GetArrayLength() > 0:
                RawJson.WriteName(member, writer);
                WriteSchemas(value.EnumerateArray(), writer);
                break;
            case SchemaKeyword.NamedSchemas when value.IsObject():
                RawJson.WriteName(member, writer);
                WriteNamedSchemas(value, writer);
                break;
            case SchemaKeyword.PatternProperties when value.IsObject():
                RawJson.WriteName(member, writer);
                WritePatternProperties(value, writer);
                break;
            case SchemaKeyword.Items:
                WriteItems(schema, value, writer);
                break;
        }
    }

    public static void WriteNamedSchemas(JsonElement schemas, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var schema in schemas.EnumerateObject())
        {
            RawJson.WriteName(schema, writer);
            Write(schema.Value, writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>Names as <c>required</c> holds them: strings, each once.</summary>
    public static void WriteNames(JsonElement names, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var name in names.EnumerateArray().Where(static name => name.IsString()).DistinctBy(static name => name.GetString())) RawJson.Write(name, writer);
        writer.WriteEndArray();
    }

    /// <summary>The backend wants to hear what a list holds.</summary>
    public static void WriteMissingItems(JsonElement schema, Utf8JsonWriter writer)
    {
        if (HasType(schema, "array"u8) && !(schema.TryGetProperty("items"u8, out var items) && (IsSchema(items) || items.IsArray()))) WriteEmpty("items"u8, writer);
    }

    /// <summary>The type is this one, or a list that holds it.</summary>
    public static bool HasType(JsonElement schema, ReadOnlySpan<byte> name) => SchemaType.Allows(schema.Member("type"u8), name);

    /// <summary>The schema says that it is no object, in words that can be understood.</summary>
    public static bool IsNoObject(JsonElement schema) => SchemaType.IsKnown(schema.Member("type"u8)) && !HasType(schema, "object"u8);

    /// <summary>Only references within the document can be followed.</summary>
    public static bool LeavesDocument(JsonElement schema) =>
        RawText.Of(schema, "$ref"u8) is { IsEmpty: false } target && target[0] != (byte)'#';

    private static bool IsBoolean(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    private static bool IsSchema(JsonElement value) => value.IsObject() || IsBoolean(value);

    private static bool IsCount(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and <= 1e15 and var count && Math.Floor(count) == count;

    private static bool? TruthOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when value.ValueEquals("true"u8) => true,
        JsonValueKind.String when value.ValueEquals("false"u8) => false,
        _ => null,
    };

    /// <summary>Something in it would be left out because the backend cannot compile it, so that it would match more than was meant.</summary>
    private static bool LosesPattern(JsonElement schema, bool isNames = false) => schema.ValueKind switch
    {
        JsonValueKind.Array => schema.EnumerateArray().Any(static one => LosesPattern(one)),
        JsonValueKind.Object => schema.EnumerateObject().Any(member =>
            (isNames && !PatternSyntax.Compiles(member.Name)) ||
            (!isNames && member.NameEquals("pattern"u8) && member.Value.IsString() && !PatternSyntax.Compiles(member.Value.GetString()!)) ||
            (!isNames && LosesPattern(member.Value, member.NameEquals("patternProperties"u8)))),
        _ => false,
    };

    private static void Copy(JsonProperty member, Utf8JsonWriter writer)
    {
        RawJson.WriteName(member, writer);
        RawJson.Write(member.Value, writer);
    }

    /// <summary>In old drafts the bound stood in <c>minimum</c> or <c>maximum</c>, and this only said how it was meant.</summary>
    private static void WriteBound(JsonElement schema, JsonProperty member, Utf8JsonWriter writer)
    {
        var bound = member.Value.ValueKind == JsonValueKind.True ? schema.Member(member.NameEquals("exclusiveMinimum"u8) ? "minimum"u8 : "maximum"u8) : member.Value;
        if (bound.ValueKind != JsonValueKind.Number) return;
        RawJson.WriteName(member, writer);
        RawJson.Write(bound, writer);
    }

    private static void WriteRest(JsonProperty member, Utf8JsonWriter writer)
    {
        if (member.Value.IsObject())
        {
            RawJson.WriteName(member, writer);
            Write(member.Value, writer);
        }
        else if (TruthOf(member.Value) is { } allowed)
        {
            RawJson.WriteName(member, writer);
            writer.WriteBooleanValue(allowed);
        }
    }

    private static void WritePatternProperties(JsonElement schemas, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var schema in schemas.EnumerateObject().Where(static schema => PatternSyntax.Compiles(schema.Name)))
        {
            RawJson.WriteName(schema, writer);
            Write(schema.Value, writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteDependencies(JsonProperty dependencies, Utf8JsonWriter writer)
    {
        // The older keyword takes schemas, too.
        var takesSchemas = dependencies.NameEquals("dependencies"u8);
        writer.WriteStartObject();
        foreach (var dependency in dependencies.Value.EnumerateObject().Where(one => one.Value.IsArray() || (takesSchemas && IsSchema(one.Value))))
        {
            RawJson.WriteName(dependency, writer);
            if (dependency.Value.IsArray()) WriteNames(dependency.Value, writer);
            else Write(dependency.Value, writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteItems(JsonElement schema, JsonElement items, Utf8JsonWriter writer)
    {
        if (items.IsArray())
        {
            // The old form of a tuple.
            if (items.GetArrayLength() > 0 && !schema.TryGetProperty("prefixItems"u8, out _))
            {
                writer.WritePropertyName("prefixItems"u8);
                WriteSchemas(items.EnumerateArray(), writer);
            }

            WriteEmpty("items"u8, writer);
        }
        else if (IsSchema(items))
        {
            writer.WritePropertyName("items"u8);
            Write(items, writer);
        }
    }

    private static void WriteSchemas(IEnumerable<JsonElement> schemas, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var schema in schemas) Write(schema, writer);
        writer.WriteEndArray();
    }

    private static void WriteEmpty(ReadOnlySpan<byte> name, Utf8JsonWriter writer)
    {
        writer.WriteStartObject(name);
        writer.WriteEndObject();
    }
}
