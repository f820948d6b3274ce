using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Search;

/// <summary>What a standalone search is told of the conversation: the last two user messages and the assistant's words between them.</summary>
internal static class StandaloneInput
{
    public static void Write(JsonElement root, Utf8JsonWriter writer)
    {
        var messages = root.GetProperty("messages"u8).EnumerateArray().ToList();
        var first = messages.Count;
        for (var users = 0; users < 2 && first > 0;)
        {
            if (ConversationIndex.RoleOf(messages[--first]) == ConversationIndex.Role.User) users++;
        }

        writer.WriteStartArray("input"u8);
        foreach (var message in messages.Skip(first)) WriteMessage(message, writer);
        writer.WriteEndArray();
    }

    private static void WriteMessage(JsonElement message, Utf8JsonWriter writer)
    {
        var role = ConversationIndex.RoleOf(message);
        if (role == ConversationIndex.Role.System) return;
        using var text = new PooledBuffer();
        text.Append("\""u8);
        Documents.WriteTexts(message.Member("content"u8), text);
        text.Append("\""u8);
        if (RawText.IsBlank(text.Written[1..^1])) return;

        var isUser = role == ConversationIndex.Role.User;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, isUser ? "user"u8 : "assistant"u8);
        writer.WriteStartArray("content"u8);
        writer.WriteStartObject();
        writer.WriteString("type"u8, isUser ? "input_text"u8 : "output_text"u8);
        writer.WritePropertyName("text"u8);
        writer.WriteRawValue(text.Written, skipInputValidation: true);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
