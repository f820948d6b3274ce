using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CodexClaudeProxy.Json;

/// <summary>A contract as UTF-8 on one line, with nothing escaped that need not be.</summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToBytes<T>(T value, JsonTypeInfo<T> contract)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, value, contract);
        return buffer.WrittenSpan.ToArray();
    }

    public static void Write<T>(IBufferWriter<byte> to, T value, JsonTypeInfo<T> contract)
    {
        using var json = new Utf8JsonWriter(to, Relaxed);
        JsonSerializer.Serialize(json, value, contract);
    }
}
