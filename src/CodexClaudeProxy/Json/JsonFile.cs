using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace CodexClaudeProxy.Json;

/// <summary>How files are laid out that people read too: two spaces, line feeds, nothing escaped that need not be, no final newline.</summary>
internal static class JsonFile
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Serialize(JsonNode node) => Write(json => node.WriteTo(json));

    public static byte[] Serialize<T>(T value, JsonTypeInfo<T> contract) => Write(json => JsonSerializer.Serialize(json, value, contract));

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Layout)) write(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
