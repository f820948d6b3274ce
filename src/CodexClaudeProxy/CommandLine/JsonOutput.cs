using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CodexClaudeProxy.CommandLine;

/// <summary>JSON on a command's output.</summary>
internal static class JsonOutput
{
    /// <param name="onOneLine">For what comes bit by bit: each line is a document of its own.</param>
    public static void WriteJson<T>(this TextWriter output, T value, JsonTypeInfo<T> contract, bool onOneLine = false)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = !onOneLine, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) JsonSerializer.Serialize(json, value, contract);
        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
        output.Flush();
    }
}
