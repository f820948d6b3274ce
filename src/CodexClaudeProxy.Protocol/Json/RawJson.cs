using System.Runtime.InteropServices;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>Questions about JSON text that nobody needs parsed.</summary>
internal static class RawJson
{
    /// <summary>One complete value and nothing else.</summary>
    public static bool IsValue(ReadOnlySpan<byte> json) => IsComplete(json, out _);

    /// <summary>One complete object and nothing else.</summary>
    public static bool IsObject(ReadOnlySpan<byte> json) => IsComplete(json, out var kind) && kind == JsonTokenType.StartObject;

    private static bool IsComplete(ReadOnlySpan<byte> json, out JsonTokenType kind)
    {
        kind = JsonTokenType.None;
        try
        {
            var reader = new Utf8JsonReader(json, JsonDepth.Reader);
            if (!reader.Read()) return false;
            kind = reader.TokenType;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Writes the name of a member as it was written.</summary>
    public static void WriteName(JsonProperty member, Utf8JsonWriter writer)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        if (raw.Contains((byte)'\\')) writer.WritePropertyName(member.Name);
        else writer.WritePropertyName(raw);
    }

    /// <summary>Writes a value byte for byte.</summary>
    public static void Write(JsonElement value, Utf8JsonWriter writer) =>
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
}
