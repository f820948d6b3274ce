using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Json;

/// <summary>
/// A string of a request whose route refuses what is missing in words of its own: a value of any other kind counts as an empty string, so
/// that it is refused in those words too.
/// </summary>
internal sealed class TextOrEmpty : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.Skip();
        return "";
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
