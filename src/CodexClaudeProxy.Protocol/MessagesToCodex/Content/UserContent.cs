using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Content;

/// <summary>Turns the blocks a user may send, at the top of a message or inside a tool result, into content parts.</summary>
internal static class UserContent
{
    /// <summary>Adds what stands for one block of a message; tool results are not its business.</summary>
    public static void Add(JsonElement block, BlockType type, BlockPath path, Conversion conversion, ContentParts parts)
    {
        switch (type)
        {
            case BlockType.Document:
                Documents.Add(block, path, conversion, parts);
                break;
            case BlockType.ContainerUpload:
                throw path.Error(": container_upload is not supported by this server");
            // Where these stand they only say which tools exist; thinking in a user's mouth says nothing.
            case BlockType.ToolReference or BlockType.ToolAddition or BlockType.ToolRemoval or BlockType.Thinking or BlockType.RedactedThinking:
                break;
            default:
                AddCommon(block, type, path, insideToolResult: false, conversion, parts);
                break;
        }
    }

    /// <summary>Adds what stands for one block of a tool result. Gives the name of a file that must follow it, or null.</summary>
    public static string? AddToToolResult(JsonElement block, BlockType type, BlockPath path, Conversion conversion, ContentParts parts)
    {
        switch (type)
        {
            case BlockType.Document:
                return Documents.AddToToolResult(block, path, conversion, parts);
            case BlockType.ToolReference:
                var to = parts.Begin();
                to.Append("Tool "u8);
                to.Append(RawText.Of(block, "tool_name"u8));
                to.Append(" is now available."u8);
                parts.EndText();
                return null;
            default:
                AddCommon(block, type, path, insideToolResult: true, conversion, parts);
                return null;
        }
    }

    private static void AddCommon(JsonElement block, BlockType type, BlockPath path, bool insideToolResult, Conversion conversion, ContentParts parts)
    {
        switch (type)
        {
            case BlockType.Text:
                if (RawText.Of(block, "text"u8) is { IsEmpty: false } text) parts.AddText(text);
                break;
            case BlockType.Image:
                Media.AddImage(block, path, insideToolResult, conversion, parts);
                break;
            case BlockType.SearchResult:
                Documents.AddSearchResult(block, parts);
                break;
            default:
                if (type == BlockType.Unknown) conversion.NoteUnknown(block);
                var to = parts.Begin();
                if (type == BlockType.BrowserState) to.Append("[browser state] "u8);
                using (var json = new PooledBuffer())
                {
                    CompactJson.WriteWithoutCacheControl(block, json);
                    JsonText.Escape(json.Written, to);
                }

                parts.EndText();
                break;
        }
    }
}
