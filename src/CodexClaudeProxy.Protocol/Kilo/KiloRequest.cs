using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Kilo;

/// <summary>
/// The body for the gateway's <c>/chat/completions</c>. It is made from the request in the backend's own form, whichever protocol
/// the client speaks: there the calls have their outputs, failed tools say so, and names and schemas are sound already.
/// Stop sequences stay here: the gateway would not tell which of them it met, the answer side does.
/// </summary>
public static class KiloRequest
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="codexBody">The request in the full shape, for a model that does not reason.</param>
    /// <param name="received">The client's own request, for the sampling parameters that the backend does not take.</param>
    public static void Write(ReadOnlyMemory<byte> codexBody, ReadOnlyMemory<byte> received, TurnContext context, IBufferWriter<byte> body)
    {
        using JsonDocument document = JsonDocument.Parse(codexBody, JsonDepth.Document);
        JsonElement request = document.RootElement;
        using var writer = new Utf8JsonWriter(body, Relaxed);
        writer.WriteStartObject();
        writer.WriteString("model"u8, context.Profile.Slug);
        writer.WriteStartArray("messages"u8);
        new KiloMessages(writer).Write(request);
        writer.WriteEndArray();
        WriteTools(request, writer);
        WriteFormat(request.Member("text"u8).Member("format"u8), writer);
        if (context.MaxTokens is { } limit) writer.WriteNumber("max_tokens"u8, limit);
        WriteSampling(received.Span, writer);
        writer.WriteBoolean("stream"u8, true);
        writer.WriteStartObject("stream_options"u8);
        writer.WriteBoolean("include_usage"u8, true);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTools(JsonElement request, Utf8JsonWriter writer)
    {
        JsonElement tools = request.Member("tools"u8);
        if (!tools.IsArray() || !tools.EnumerateArray().Any(IsFunction)) return;

        writer.WriteStartArray("tools"u8);
        foreach (JsonElement tool in tools.EnumerateArray().Where(IsFunction))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            foreach (string member in (ReadOnlySpan<string>)["name", "description", "parameters"])
            {
                if (!tool.TryGetProperty(member, out JsonElement value)) continue;
                writer.WritePropertyName(member);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteChoice(request.Member("tool_choice"u8), writer);
        if (request.Member("parallel_tool_calls"u8).ValueKind == JsonValueKind.False) writer.WriteBoolean("parallel_tool_calls"u8, false);
    }

    private static void WriteChoice(JsonElement choice, Utf8JsonWriter writer)
    {
        if (choice.IsString())
        {
            writer.WriteString("tool_choice"u8, choice.GetString());
        }
        else if (choice.Text("type"u8) == "function")
        {
            writer.WriteStartObject("tool_choice"u8);
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            writer.WriteString("name"u8, choice.Text("name"u8));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private static void WriteFormat(JsonElement format, Utf8JsonWriter writer)
    {
        if (format.Text("type"u8) is not { } type || type == "text") return;
        writer.WriteStartObject("response_format"u8);
        writer.WriteString("type"u8, type);
        if (type == "json_schema")
        {
            writer.WriteStartObject("json_schema"u8);
            foreach (JsonProperty member in format.EnumerateObject())
            {
                if (member.Name != "type") member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Every protocol has these two at the top, under the same names.</summary>
    private static void WriteSampling(ReadOnlySpan<byte> received, Utf8JsonWriter writer)
    {
        if (received.StartsWith("\uFEFF"u8)) received = received[3..];
        var reader = new Utf8JsonReader(received, JsonDepth.Reader);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool temperature = reader.ValueTextEquals("temperature"u8), topP = reader.ValueTextEquals("top_p"u8);
            reader.Read();
            if ((temperature || topP) && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double value))
                writer.WriteNumber(temperature ? "temperature"u8 : "top_p"u8, value);
            reader.Skip();
        }
    }

    private static bool IsFunction(JsonElement tool) => tool.Text("type"u8) == "function";
}
