using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>The kinds of content blocks the conversion tells apart.</summary>
internal enum BlockType
{
    Unknown,
    Text,
    Image,
    Document,
    SearchResult,
    Thinking,
    RedactedThinking,
    ToolUse,
    ToolResult,
    ToolReference,
    ToolAddition,
    ToolRemoval,
    ServerToolUse,
    McpToolUse,
    ToolSearchResult,

    /// <summary>The answer to a server tool or MCP call; read together with its call.</summary>
    HostedResult,
    Compaction,
    ContainerUpload,
    BrowserState,

    /// <summary>Known, and of no use to another model.</summary>
    Ignored,
}

internal static class BlockTypes
{
    public static BlockType TypeOf(JsonElement block)
    {
        var type = RawText.Of(block, "type"u8);
        // The common ones first: this runs for every block of the conversation, twice.
        if (type.SequenceEqual("text"u8)) return BlockType.Text;
        if (type.SequenceEqual("tool_use"u8)) return BlockType.ToolUse;
        if (type.SequenceEqual("tool_result"u8)) return BlockType.ToolResult;
        if (type.SequenceEqual("thinking"u8)) return BlockType.Thinking;
        if (type.SequenceEqual("image"u8)) return BlockType.Image;
        if (type.SequenceEqual("document"u8)) return BlockType.Document;
        if (type.SequenceEqual("redacted_thinking"u8)) return BlockType.RedactedThinking;
        if (type.SequenceEqual("tool_reference"u8)) return BlockType.ToolReference;
        if (type.SequenceEqual("search_result"u8)) return BlockType.SearchResult;
        if (type.SequenceEqual("server_tool_use"u8)) return BlockType.ServerToolUse;
        if (type.SequenceEqual("mcp_tool_use"u8)) return BlockType.McpToolUse;
        if (type.SequenceEqual("tool_search_tool_result"u8)) return BlockType.ToolSearchResult;
        if (type.EndsWith("_tool_result"u8)) return BlockType.HostedResult;
        if (type.SequenceEqual("compaction"u8)) return BlockType.Compaction;
        if (type.SequenceEqual("tool_addition"u8)) return BlockType.ToolAddition;
        if (type.SequenceEqual("tool_removal"u8)) return BlockType.ToolRemoval;
        if (type.SequenceEqual("container_upload"u8)) return BlockType.ContainerUpload;
        if (type.SequenceEqual("browser_state"u8)) return BlockType.BrowserState;
        return type.SequenceEqual("mcp_tool_listing"u8) || type.SequenceEqual("fallback"u8) ? BlockType.Ignored : BlockType.Unknown;
    }
}
