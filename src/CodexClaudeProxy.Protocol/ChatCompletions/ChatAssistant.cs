using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>The items an assistant's message is made of: reasoning the client kept, its words, its calls.</summary>
internal sealed class ChatAssistant(Conversion conversion, Utf8JsonWriter writer)
{
    /// <summary>Reasoning of ours that the client kept; everybody else's is dropped without a word.</summary>
    public void WriteReasoning(JsonElement details)
    {
        if (!details.IsArray()) return;
        foreach (var entry in details.EnumerateArray())
        {
            if (entry.Text("type"u8) != "reasoning.encrypted") continue;
            conversion.Reasoning.Clear();
            if (!ReasoningItems.TryWrite(RawText.Of(entry, "data"u8), SummaryBeside(entry, details), conversion, conversion.Reasoning, out var hash)) continue;
            writer.WriteRawValue(conversion.Reasoning.Written, skipInputValidation: true);
            conversion.ReasoningHashes.Add(hash);
        }
    }

    private static ReadOnlySpan<byte> SummaryBeside(JsonElement entry, JsonElement details)
    {
        var number = entry.Member("index"u8);
        foreach (var other in details.EnumerateArray())
        {
            if (other.Text("type"u8) == "reasoning.summary" && number.Exists() && other.Member("index"u8).Exists() && JsonElement.DeepEquals(number, other.Member("index"u8)))
                return RawText.Of(other, "summary"u8);
        }

        return default;
    }

    /// <summary>The message has words, if only a refusal.</summary>
    public static bool Speaks(JsonElement message)
    {
        var content = message.Member("content"u8);
        return !RawText.Of(content).IsEmpty || !RawText.Of(message, "refusal"u8).IsEmpty ||
            (content.IsArray() && content.EnumerateArray().Any(static part => !RawText.Of(part, "text"u8).IsEmpty || !RawText.Of(part, "refusal"u8).IsEmpty));
    }

    /// <param name="calls">Calls follow.</param>
    public void WriteText(JsonElement message, bool calls)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteStartArray("content"u8);
        var content = message.Member("content"u8);
        if (content.IsString()) WritePart(content, isRefusal: false);
        else if (content.IsArray())
        {
            foreach (var part in content.EnumerateArray())
            {
                WritePart(part.Member("text"u8), isRefusal: false);
                WritePart(part.Member("refusal"u8), isRefusal: true);
            }
        }

        WritePart(message.Member("refusal"u8), isRefusal: true);
        writer.WriteEndArray();
        // Without the phase such models repeat a preamble or stop early; a chat message has no place for it, so it is inferred.
        if (conversion.Profile.Phases) writer.WriteString("phase"u8, calls ? "commentary"u8 : "final_answer"u8);
        writer.WriteEndObject();
    }

    private void WritePart(JsonElement text, bool isRefusal)
    {
        if (RawText.Of(text).IsEmpty) return;
        writer.WriteStartObject();
        writer.WriteString("type"u8, isRefusal ? "refusal"u8 : "output_text"u8);
        writer.WritePropertyName(isRefusal ? "refusal"u8 : "text"u8);
        RawJson.Write(text, writer);
        writer.WriteEndObject();
    }

    public void WriteCall(in ChatCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, call.IsCustom ? "custom_tool_call"u8 : "function_call"u8);
        writer.WriteString("call_id"u8, CallId.Of(call.Id));
        writer.WriteString("name"u8, conversion.Names.Upstream(call.Name));
        if (call.IsCustom) WriteInput(call.Body.Member("input"u8));
        else WriteArguments(call.Body.Member("arguments"u8));
        writer.WriteEndObject();
    }

    private void WriteInput(JsonElement input)
    {
        writer.WritePropertyName("input"u8);
        if (input.IsString()) RawJson.Write(input, writer);
        else writer.WriteStringValue(""u8);
    }

    /// <summary>They are text already, and stay as they are wherever the backend can read them.</summary>
    private void WriteArguments(JsonElement arguments)
    {
        writer.WritePropertyName("arguments"u8);
        var text = conversion.Text;
        text.Clear();
        text.Append("\""u8);
        var inside = RawText.Of(arguments);
        if (arguments.IsString() && RawText.IsBlank(inside)) text.Append("{}"u8);
        else if (arguments.IsString() && IsObject(inside)) text.Append(inside);
        else CallArguments.Write(arguments, text);
        text.Append("\""u8);
        writer.WriteRawValue(text.Written, skipInputValidation: true);
    }

    private static bool IsObject(ReadOnlySpan<byte> inside)
    {
        using var json = new PooledBuffer();
        JsonText.Unescape(inside, json);
        return RawJson.IsObject(json.Written);
    }
}
