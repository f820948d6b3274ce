using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace CodexClaudeProxy.Json;

/// <summary>JSON for files that people read too: nothing is escaped that need not be.</summary>
internal static class JsonFile
{
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Two spaces, line feeds, no final newline.</summary>
    private static readonly JsonWriterOptions Layout = OneLine with { Indented = true, NewLine = "\n" };

    public static byte[] Serialize(JsonNode node) => Write(json => node.WriteTo(json), Layout);

    public static byte[] Serialize<T>(T value, JsonTypeInfo<T> contract) => Write(json => JsonSerializer.Serialize(json, value, contract), Layout);

    public static byte[] SerializeOnOneLine<T>(T value, JsonTypeInfo<T> contract) => Write(json => JsonSerializer.Serialize(json, value, contract), OneLine);

    private static byte[] Write(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, options)) write(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
