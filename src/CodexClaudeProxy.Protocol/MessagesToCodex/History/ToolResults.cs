using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.History;

/// <summary>The outputs of tool calls, and the files in them, which travel in the next user message.</summary>
internal sealed class ToolResults(Conversion conversion, ConversationIndex index, Utf8JsonWriter writer)
{
    private readonly record struct Attachment(JsonElement CallId, JsonElement Document, string Name, BlockPath Path);

    private readonly List<Attachment> _attachments = [];

    /// <summary>What stands for a result that was cleared.</summary>
    public static ReadOnlySpan<byte> ClearedNote => "[Old tool result cleared]"u8;

    public bool HasAttachments => _attachments.Count > 0;

    /// <summary>Writes the output that belongs to a call; one is made up when the conversation has none.</summary>
    /// <param name="cleared">Only a note stands for it, and what it holds is left out.</param>
    public void WriteOutput(JsonElement call, int message, bool cleared)
    {
        var id = call.Member("id"u8);
        var parts = conversion.Parts;
        parts.Clear();
        if (index.TakeResult(id.GetString()!, message) is { } result)
        {
            var attached = _attachments.Count;
            // Also read when it is cleared: files behind it keep their numbers, and what is wrong with it stays wrong.
            Collect(result, parts);
            if (cleared) Clear(parts, attached);
        }
        else parts.AddText("[No result was recorded for this tool call.]"u8);

        writer.WriteStartObject();
        writer.WriteString("type"u8, "function_call_output"u8);
        CallId.Write(writer, "call_id"u8, id);
        writer.WritePropertyName("output"u8);
        parts.WriteOutput(writer);
        writer.WriteEndObject();
    }

    /// <summary>Adds a result whose call is not part of the conversation as text, where it stands.</summary>
    public void AddOrphan(ToolResult result, ContentParts parts)
    {
        using var content = new ContentParts();
        Collect(result, content);
        var to = parts.Begin();
        to.Append("[Result of tool call "u8);
        to.Append(RawText.Of(result.Block, "tool_use_id"u8));
        to.Append(", whose call is not part of this conversation]"u8);
        parts.EndTextWith(content);
        AddAttachments(parts);
    }

    public void AddAttachments(ContentParts parts)
    {
        foreach (var (id, document, name, path) in _attachments)
        {
            parts.AddText($"Attachment of tool call {CallId.Of(id.GetString()!)}:");
            Documents.AddFile(document, name, path, conversion, parts);
        }

        _attachments.Clear();
    }

    public void Collect(ToolResult result, ContentParts parts)
    {
        var content = result.Block.Member("content"u8);
        if (content.IsString())
        {
            if (RawText.Of(content) is { IsEmpty: false } text) parts.AddText(text);
        }
        else if (content.IsArray()) CollectBlocks(result, content, parts);

        // An empty output makes some models stop.
        if (parts.Count == 0) parts.AddText("(no output)"u8);
        if (result.Block.IsTrue("is_error"u8)) parts.MarkError();
    }

    private void Clear(ContentParts parts, int attached)
    {
        _attachments.RemoveRange(attached, _attachments.Count - attached);
        parts.Clear();
        parts.AddText(ClearedNote);
    }

    private void CollectBlocks(ToolResult result, JsonElement content, ContentParts parts)
    {
        var at = 0;
        foreach (var block in content.EnumerateArray())
        {
            var path = new BlockPath(result.Message, result.BlockIndex, at++);
            var file = UserContent.AddToToolResult(block, BlockTypes.TypeOf(block), path, conversion, parts);
            if (file is not null) _attachments.Add(new Attachment(result.Block.Member("tool_use_id"u8), block, file, path));
        }
    }
}
