using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The event that tells of the end of a relayed stream which broke without a word from the backend.</summary>
public static class ResponsesError
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Both forms in which the API tells an error: its members beside the type, as documented, and in an object, which is where
    /// the SDKs look for a reason to throw.
    /// </summary>
    public static void Write(IBufferWriter<byte> output, ApiError error, long sequenceNumber)
    {
        output.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            json.WriteNumber("sequence_number"u8, sequenceNumber);
            json.WriteString("code"u8, OpenAiError.CodeOf(error));
            json.WriteString("message"u8, ErrorText.Clean(error.Message));
            json.WriteString("param"u8, error.Param);
            OpenAiError.WriteMember(json, error);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }
}
