using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>The keyword <c>type</c>, also in words that JSON Schema does not have but whose meaning is plain.</summary>
internal static class SchemaType
{
    /// <summary>One type by its proper name; empty for what is none.</summary>
    public static ReadOnlySpan<byte> Word(JsonElement type)
    {
        if (!type.IsString()) return default;
        return type.GetString()!.ToLowerInvariant() switch
        {
            "string" or "str" or "text" => "string"u8,
            "integer" or "int" or "int32" or "int64" or "long" => "integer"u8,
            "number" or "float" or "double" or "decimal" => "number"u8,
            "boolean" or "bool" => "boolean"u8,
            "object" or "dict" or "map" => "object"u8,
            "array" or "list" or "tuple" => "array"u8,
            "null" or "none" => "null"u8,
            _ => default,
        };
    }

    /// <summary>It is one type or a list of nothing but types. Left out otherwise, since a part of it would allow less than was meant.</summary>
    public static bool IsKnown(JsonElement type) => type.IsArray()
        ? type.GetArrayLength() > 0 && type.EnumerateArray().All(static one => !Word(one).IsEmpty)
        : !Word(type).IsEmpty;

    /// <summary>The type is this one, or a list that holds it.</summary>
    public static bool Allows(JsonElement type, ReadOnlySpan<byte> name)
    {
        if (!type.IsArray()) return Word(type).SequenceEqual(name);
        foreach (var one in type.EnumerateArray())
        {
            if (Word(one).SequenceEqual(name)) return true;
        }

        return false;
    }

    /// <param name="nullable">OpenAPI's way to say what JSON Schema says with a list of types.</param>
    public static void Write(JsonElement type, bool nullable, Utf8JsonWriter writer)
    {
        if (!type.IsArray() && !nullable)
        {
            writer.WriteStringValue(Word(type));
            return;
        }

        var written = new HashSet<string>();
        writer.WriteStartArray();
        if (type.IsArray())
        {
            foreach (var one in type.EnumerateArray()) Add(one);
        }
        else
        {
            Add(type);
        }

        if (nullable && written.Add("null")) writer.WriteStringValue("null"u8);
        writer.WriteEndArray();

        void Add(JsonElement one)
        {
            var word = Word(one);
            if (written.Add(System.Text.Encoding.UTF8.GetString(word))) writer.WriteStringValue(word);
        }
    }
}
