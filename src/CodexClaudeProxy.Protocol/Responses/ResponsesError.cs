using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Protocol.ChatCompletions;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The event that ends a relayed stream which broke without a word from the backend.</summary>
public static class ResponsesError
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IBufferWriter<byte> output, ApiError error)
    {
        output.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            OpenAiError.WriteMember(json, error);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }
}
