using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>A request beside the conversation; but for the advisor's a small model does.</summary>
public enum SideCall
{
    /// <summary>Claude Code wants a title for the session.</summary>
    Title,

    /// <summary>Claude Code's own classifier of auto mode asks about a tool call.</summary>
    Classifier,

    /// <summary>We ask about the tool calls of an answer.</summary>
    Check,

    /// <summary>We ask the advisor, for a model that wants its advice.</summary>
    Advisor,
}

/// <summary>The words of <see cref="SideCall"/>, and how the client's own are recognised: by their shape, whatever model they name.</summary>
public static class SideCalls
{
    public static string Word(this SideCall call) => call switch
    {
        SideCall.Title => "title",
        SideCall.Classifier => "classifier",
        SideCall.Advisor => "advisor",
        _ => "check",
    };

    /// <summary>What the client's request is; null for one of the conversation.</summary>
    public static SideCall? Of(JsonElement root)
    {
        var tools = root.Member("tools"u8);
        if (tools.IsArray() && tools.GetArrayLength() > 0) return null;
        // Anybody may ask for a title in this form; the client also says that there are no tools.
        if (tools.IsArray() && IsTitle(root.Member("output_config"u8).Member("format"u8).Member("schema"u8))) return SideCall.Title;
        return !root.IsTrue("stream"u8) && HasTranscript(root.Member("messages"u8)) ? SideCall.Classifier : null;
    }

    /// <summary>An object with the one text <c>title</c>, and nothing else.</summary>
    private static bool IsTitle(JsonElement schema)
    {
        var properties = schema.Member("properties"u8);
        if (!properties.IsObject() || schema.Text("type"u8) != "object" || schema.Member("additionalProperties"u8).ValueKind != JsonValueKind.False) return false;
        if (schema.Member("required"u8) is not { ValueKind: JsonValueKind.Array } required || required.GetArrayLength() != 1) return false;
        return required[0].ValueKind == JsonValueKind.String && required[0].ValueEquals("title"u8)
            && properties.GetPropertyCount() == 1 && properties.Member("title"u8).Text("type"u8) == "string";
    }

    /// <summary>A text block that opens the list of what was said and done, and says nothing more.</summary>
    private static bool HasTranscript(JsonElement messages)
    {
        if (!messages.IsArray()) return false;
        foreach (var message in messages.EnumerateArray())
        {
            if (message.Text("role"u8) != "user" || message.Member("content"u8) is not { ValueKind: JsonValueKind.Array } content) continue;
            foreach (var block in content.EnumerateArray())
            {
                if (block.Member("text"u8) is { ValueKind: JsonValueKind.String } text && text.ValueEquals("<transcript>\n"u8)) return true;
            }
        }

        return false;
    }
}
