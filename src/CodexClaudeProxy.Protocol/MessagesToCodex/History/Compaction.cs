using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.History;

/// <summary>A compaction block stands for the conversation before it, either as the backend's own item or as a summary in words.</summary>
internal static class Compaction
{
    public static bool IsUsable(JsonElement block) => IsOurs(block) || !Summary(block).IsEmpty;

    /// <summary>Writes the item that replaces everything before the block; true when it is a user message.</summary>
    public static bool Write(JsonElement block, ContentParts parts, Utf8JsonWriter writer)
    {
        if (IsOurs(block))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "compaction"u8);
            writer.WriteString("encrypted_content"u8, RawText.Of(block, "encrypted_content"u8)[ReasoningSignature.Prefix.Length..]);
            writer.WriteEndObject();
            return false;
        }

        parts.Clear();
        var text = parts.Begin();
        text.Append("Summary of the conversation so far:\\n"u8);
        text.Append(Summary(block));
        parts.EndText();
        parts.WriteMessage(writer, "user"u8);
        return true;
    }

    private static bool IsOurs(JsonElement block)
    {
        var encrypted = RawText.Of(block, "encrypted_content"u8);
        return encrypted.StartsWith(ReasoningSignature.Prefix) && ReasoningSignature.IsEncryptedContent(encrypted[ReasoningSignature.Prefix.Length..]);
    }

    private static ReadOnlySpan<byte> Summary(JsonElement block) => RawText.Of(block, "content"u8);
}
