using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace CodexClaudeProxy.Json;

/// <summary>JSON for files that people read too: nothing is escaped that need not be.</summary>
internal static class JsonFile
{
    /// <summary>Two spaces, line feeds, no final newline.</summary>
    private static readonly JsonWriterOptions Layout = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    public static byte[] Serialize(JsonNode node) => Write(json => node.WriteTo(json));

    public static byte[] Serialize<T>(T value, JsonTypeInfo<T> contract) => Write(json => JsonSerializer.Serialize(json, value, contract));

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Layout)) write(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
