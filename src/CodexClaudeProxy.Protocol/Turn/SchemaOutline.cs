using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>
/// What the repair of arguments asks of a tool's schema, in a few bytes of its own: which members there are at the top level, which of
/// them are required, and what decides whether one may be null.
/// </summary>
internal static class SchemaOutline
{
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };

    /// <summary>Gives every tool the outline of its schema. All of them share one document.</summary>
    public static void Replace(IEnumerable<ToolFacts> tools)
    {
        using var json = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(json, Unchecked))
        {
            writer.WriteStartArray();
            foreach (var tool in tools) Write(tool.Schema, writer);
            writer.WriteEndArray();
        }

        var outlines = RequestDocument.Part(json.Written).EnumerateArray();
        foreach (var tool in tools)
        {
            outlines.MoveNext();
            tool.Outline(outlines.Current);
        }
    }

    private static void Write(JsonElement schema, Utf8JsonWriter writer)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            if (member.NameEquals("required"u8)) member.WriteTo(writer);
            else if (member.NameEquals("properties"u8)) WriteProperties(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteProperties(JsonElement properties, Utf8JsonWriter writer)
    {
        writer.WritePropertyName("properties"u8);
        if (properties.ValueKind != JsonValueKind.Object)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        foreach (var property in properties.EnumerateObject())
        {
            writer.WritePropertyName(property.Name);
            WriteKeywords(property.Value, writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteKeywords(JsonElement schema, Utf8JsonWriter writer)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            writer.WriteBooleanValue(true);
            return;
        }

        writer.WriteStartObject();
        foreach (var keyword in schema.EnumerateObject())
        {
            if (keyword.NameEquals("type"u8) || keyword.NameEquals("enum"u8) || keyword.NameEquals("nullable"u8)) keyword.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
