using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>
/// The outermost level of a tool's schema, where the backend insists on a plain object: other types are wrapped,
/// alternatives are merged and told to the model in words.
/// </summary>
internal static class RootSchema
{
    private const int LongestNote = 2_000;

    /// <summary><c>Wrapped</c>: the schema was no object and sits in a property <c>value</c>. <c>Note</c>: what the schema no longer says.</summary>
    public readonly record struct Outcome(bool Wrapped, string? Note);

    public static Outcome Write(JsonElement schema, Utf8JsonWriter writer)
    {
        if (!schema.IsObject())
        {
            writer.WriteRawValue("{\"type\":\"object\",\"properties\":{}}"u8, skipInputValidation: true);
            return default;
        }

        if (SchemaSanitizer.IsNoObject(schema))
        {
            WriteWrapped(schema, writer);
            return new Outcome(Wrapped: true, null);
        }

        WriteObject(schema, writer);
        return new Outcome(Wrapped: false, NoteOf(schema));
    }

    private static void WriteWrapped(JsonElement schema, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "object"u8);
        writer.WriteStartObject("properties"u8);
        writer.WriteStartObject("value"u8);
        foreach (var member in schema.EnumerateObject())
        {
            if (!IsIdentity(member) && !IsDefinitions(member)) SchemaSanitizer.WriteMember(schema, member, writer);
        }

        SchemaSanitizer.WriteMissingItems(schema, writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WritePropertyName("required"u8);
        writer.WriteRawValue("[\"value\"]"u8, skipInputValidation: true);
        // References count from the root, so what they name stays there.
        foreach (var member in schema.EnumerateObject().Where(IsDefinitions)) SchemaSanitizer.WriteMember(schema, member, writer);
        writer.WriteEndObject();
    }

    private static void WriteObject(JsonElement schema, Utf8JsonWriter writer)
    {
        var merge = HasAlternatives(schema) ? SchemaMerge.Of(schema) : null;
        var leaves = SchemaSanitizer.LeavesDocument(schema);
        bool type = false, properties = false, required = false;
        writer.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            if (IsIdentity(member) || IsRefused(member) || member.NameEquals("nullable"u8) || (member.NameEquals("$ref"u8) && leaves)) continue;
            if (member.NameEquals("type"u8)) WriteType(ref type, writer);
            else if (member.NameEquals("properties"u8)) WriteProperties(member.Value, merge, ref properties, writer);
            else if (member.NameEquals("required"u8)) WriteRequired(member.Value, merge, ref required, writer);
            else SchemaSanitizer.WriteMember(schema, member, writer);
        }

        WriteType(ref type, writer);
        WriteProperties(default, merge, ref properties, writer);
        WriteRequired(default, merge, ref required, writer);
        writer.WriteEndObject();
    }

    private static void WriteType(ref bool done, Utf8JsonWriter writer)
    {
        if (done) return;
        done = true;
        writer.WriteString("type"u8, "object"u8);
    }

    private static void WriteProperties(JsonElement properties, SchemaMerge? merge, ref bool done, Utf8JsonWriter writer)
    {
        if (done) return;
        done = true;
        writer.WritePropertyName("properties"u8);
        if (merge is not null) merge.WriteProperties(writer);
        else if (properties.IsObject()) SchemaSanitizer.WriteNamedSchemas(properties, writer);
        else writer.WriteRawValue("{}"u8, skipInputValidation: true);
    }

    private static void WriteRequired(JsonElement required, SchemaMerge? merge, ref bool done, Utf8JsonWriter writer)
    {
        if (done) return;
        done = true;
        if (merge is not null)
        {
            if (merge.Required.Count == 0) return;
            writer.WriteStartArray("required"u8);
            foreach (var name in merge.Required) writer.WriteStringValue(name);
            writer.WriteEndArray();
        }
        else if (required.IsArray())
        {
            writer.WritePropertyName("required"u8);
            SchemaSanitizer.WriteNames(required, writer);
        }
    }

    private static bool HasAlternatives(JsonElement schema) =>
        schema.Member("allOf"u8).IsArray() || schema.Member("anyOf"u8).IsArray() || schema.Member("oneOf"u8).IsArray();

    private static string? NoteOf(JsonElement schema)
    {
        var note = new StringBuilder();
        foreach (var member in schema.EnumerateObject())
        {
            if (!IsRefused(member) || member.NameEquals("allOf"u8) || member.Value.ValueKind == JsonValueKind.Null) continue;
            if (note.Length > 0) note.Append("\n\n");
            if (member.NameEquals("anyOf"u8) || member.NameEquals("oneOf"u8)) note.Append("Parameters must match one of: ");
            else note.Append($"Parameters must also satisfy \"{member.Name}\": ");
            note.Append(Compact(member.Value));
        }

        return note.Length == 0 ? null : note.ToString();
    }

    private static string Compact(JsonElement value)
    {
        using var json = new PooledBuffer();
        CompactJson.Write(JsonMarshal.GetRawUtf8Value(value), json);
        var text = Encoding.UTF8.GetString(json.Written);
        if (text.Length <= LongestNote) return text;
        return text[..(char.IsHighSurrogate(text[LongestNote - 1]) ? LongestNote - 1 : LongestNote)];
    }

    private static bool IsIdentity(JsonProperty member) =>
        member.NameEquals("$schema"u8) || member.NameEquals("$id"u8) || member.NameEquals("id"u8) || member.NameEquals("$comment"u8) ||
        member.NameEquals("cache_control"u8);

    private static bool IsDefinitions(JsonProperty member) => member.NameEquals("$defs"u8) || member.NameEquals("definitions"u8);

    private static bool IsRefused(JsonProperty member) =>
        member.NameEquals("allOf"u8) || member.NameEquals("anyOf"u8) || member.NameEquals("oneOf"u8) || member.NameEquals("enum"u8) ||
        member.NameEquals("not"u8) || member.NameEquals("if"u8) || member.NameEquals("then"u8) || member.NameEquals("else"u8) ||
        member.NameEquals("dependentSchemas"u8);
}
