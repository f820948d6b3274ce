using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>
/// A schema that the backend refused although it was sanitised, made as plain as no backend refuses it: types, properties, what of them is
/// required, items, values to choose from and descriptions. All else is dropped; nothing optional becomes required.
/// </summary>
internal static class ReducedSchema
{
    /// <param name="schema">As it was refused.</param>
    public static void Write(JsonElement schema, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (schema.IsObject())
        {
            foreach (var member in schema.EnumerateObject()) WriteMember(schema, member, writer);
            if (SchemaSanitizer.HasType(schema, "array"u8) && !schema.Member("items"u8).IsObject())
            {
                writer.WriteStartObject("items"u8);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteMember(JsonElement schema, JsonProperty member, Utf8JsonWriter writer)
    {
        var value = member.Value;
        if (member.NameEquals("type"u8) && SchemaType.IsKnown(value))
        {
            RawJson.WriteName(member, writer);
            SchemaType.Write(value, nullable: false, writer);
        }
        else if (member.NameEquals("properties"u8) && value.IsObject())
        {
            writer.WriteStartObject("properties"u8);
            foreach (var property in value.EnumerateObject())
            {
                RawJson.WriteName(property, writer);
                Write(property.Value, writer);
            }

            writer.WriteEndObject();
        }
        else if (member.NameEquals("required"u8) && value.IsArray())
        {
            writer.WriteStartArray("required"u8);
            foreach (var name in value.EnumerateArray())
            {
                if (name.IsString() && schema.Member("properties"u8) is { ValueKind: JsonValueKind.Object } properties && properties.TryGetProperty(name.GetString()!, out _))
                    RawJson.Write(name, writer);
            }

            writer.WriteEndArray();
        }
        else if (member.NameEquals("items"u8) && value.IsObject())
        {
            writer.WritePropertyName("items"u8);
            Write(value, writer);
        }
        else if (IsPlain(member))
        {
            RawJson.WriteName(member, writer);
            RawJson.Write(value, writer);
        }
    }

    private static bool IsPlain(JsonProperty member) =>
        (member.NameEquals("description"u8) && member.Value.IsString()) ||
        (member.NameEquals("additionalProperties"u8) && member.Value.ValueKind == JsonValueKind.False) ||
        (member.NameEquals("enum"u8) && member.Value.IsArray() && member.Value.GetArrayLength() > 0 &&
            member.Value.EnumerateArray().All(static one => one.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)));
}
