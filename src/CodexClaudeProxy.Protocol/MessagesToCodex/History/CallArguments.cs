using System.Runtime.InteropServices;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.History;

/// <summary>The input of a call, as the inside of the string <c>arguments</c>: compact, and otherwise the client's own bytes.</summary>
internal static class CallArguments
{
    public static void Write(JsonElement input, PooledBuffer to)
    {
        switch (input.ValueKind)
        {
            case JsonValueKind.Undefined:
                to.Append("{}"u8);
                break;
            case JsonValueKind.Object:
                CompactJson.WriteEscaped(JsonMarshal.GetRawUtf8Value(input), to);
                break;
            case JsonValueKind.String when TryWriteText(input.GetString()!, to):
                break;
            default:
                to.Append("{\\\"input\\\":"u8);
                CompactJson.WriteEscaped(JsonMarshal.GetRawUtf8Value(input), to);
                to.Append("}"u8);
                break;
        }
    }

    /// <summary>Some clients keep the arguments as the text they came in.</summary>
    private static bool TryWriteText(string text, PooledBuffer to)
    {
        try
        {
            using var document = JsonDocument.Parse(text, JsonDepth.Document);
            if (!document.RootElement.IsObject()) return false;
            CompactJson.WriteEscaped(JsonMarshal.GetRawUtf8Value(document.RootElement), to);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
