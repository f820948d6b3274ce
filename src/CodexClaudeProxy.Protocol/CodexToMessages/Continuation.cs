using System.Runtime.InteropServices;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>The request for the rest of an answer: the first one, with what has been answered so far at the end of its input.</summary>
internal static class Continuation
{
    /// <param name="items">Input items, each with a comma in front.</param>
    public static void Write(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> items, PooledBuffer to)
    {
        using var document = JsonDocument.Parse(body, JsonDepth.Document);
        to.Append("{"u8);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (to.Written[^1] != (byte)'{') to.Append(","u8);
            to.Append("\""u8);
            JsonText.Escape(member.Name, to);
            to.Append("\":"u8);
            var value = JsonMarshal.GetRawUtf8Value(member.Value);
            if (member.NameEquals("input"u8))
            {
                to.Append(value[..^1]);
                to.Append(items);
                to.Append("]"u8);
            }
            // A forced call has been made; forced again, the turn would never end.
            else if (member.NameEquals("tool_choice"u8) && !value.SequenceEqual("\"none\""u8)) to.Append("\"auto\""u8);
            else to.Append(value);
        }

        to.Append("}"u8);
    }

    /// <summary>A finished output item as an input item; empty for one that is not sent back.</summary>
    public static byte[] ItemOf(in CodexItem item)
    {
        using var json = new PooledBuffer();
        switch (item.Type)
        {
            case CodexItemType.Reasoning:
                return ReasoningItems.Keep(item)?.Json.ToArray() ?? [];
            case CodexItemType.Message:
                WriteMessage(item, json);
                break;
            case CodexItemType.FunctionCall:
                json.Append("{\"type\":\"function_call\",\"call_id\":\""u8);
                json.Append(item.CallId);
                json.Append("\",\"name\":\""u8);
                json.Append(item.Name);
                json.Append("\",\"arguments\":\""u8);
                json.Append(item.Arguments.IsEmpty ? "{}"u8 : item.Arguments);
                json.Append("\"}"u8);
                break;
            case CodexItemType.WebSearchCall when !item.Action.IsEmpty:
                json.Append("{\"type\":\"web_search_call\",\"status\":\"completed\",\"action\":"u8);
                json.Append(item.Action);
                json.Append("}"u8);
                break;
        }

        return json.Written.ToArray();
    }

    /// <param name="callId">The inside of a JSON string.</param>
    public static void WriteOutput(ReadOnlySpan<byte> callId, string output, PooledBuffer to)
    {
        to.Append(",{\"type\":\"function_call_output\",\"call_id\":\""u8);
        to.Append(callId);
        to.Append("\",\"output\":\""u8);
        JsonText.Escape(output, to);
        to.Append("\"}"u8);
    }

    private static void WriteMessage(in CodexItem item, PooledBuffer json)
    {
        json.Append("{\"type\":\"message\",\"role\":\"assistant\",\"content\":["u8);
        var first = true;
        foreach (var part in new JsonObjects(item.Content))
        {
            json.Append(first ? "{\"type\":\"output_text\",\"text\":\""u8 : ",{\"type\":\"output_text\",\"text\":\""u8);
            json.Append(CodexPart.Parse(part).Text);
            json.Append("\"}"u8);
            first = false;
        }

        json.Append("]"u8);
        if (!item.Phase.IsEmpty)
        {
            json.Append(",\"phase\":\""u8);
            json.Append(item.Phase);
            json.Append("\""u8);
        }

        json.Append("}"u8);
    }
}
