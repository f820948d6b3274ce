using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Clearing;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>The second pass over the conversation: writes the input items in the order of the messages.</summary>
internal sealed class InputItems
{
    private readonly Conversion _conversion;
    private readonly ConversationIndex _index;
    private readonly Utf8JsonWriter _writer;
    private readonly ToolResults _results;
    private readonly AssistantTurn _assistant;
    private bool _droppedBlank;

    /// <param name="cleared">Tool uses that are shown without their results, or null for none.</param>
    public InputItems(Conversion conversion, ConversationIndex index, ClearedTools? cleared, Utf8JsonWriter writer)
    {
        _conversion = conversion;
        _index = index;
        _writer = writer;
        _results = new ToolResults(conversion, index, writer);
        _assistant = new AssistantTurn(conversion, index, cleared, writer, _results);
    }

    /// <summary>Something was written that the model can answer.</summary>
    public bool Any { get; private set; }

    /// <summary>The user spoke last, not a tool.</summary>
    public bool EndsWithUserMessage { get; private set; }

    /// <summary>The assistant text the answer has to continue.</summary>
    public string? Prefill => _assistant.Prefill;

    public void Write()
    {
        WriteMessages(keepBlank: false);
        // White space is worth nothing beside other content; alone it is all there is to answer.
        if (!Any && _droppedBlank)
        {
            _index.Rewind();
            WriteMessages(keepBlank: true);
        }

        if (!Any) throw new InvalidRequestException("messages: at least one message with content is required");
        if (Prefill is not null)
            WriteDeveloper("Continue the previous assistant message exactly where it stops. Output only the continuation."u8);
    }

    private void WriteMessages(bool keepBlank)
    {
        if (_index.CompactionBlock.Exists())
        {
            EndsWithUserMessage = Compaction.Write(_index.CompactionBlock, _conversion.Parts, _writer);
            Any = true;
        }

        var last = _index.Messages.GetArrayLength() - 1;
        var at = -1;
        foreach (var message in _index.Messages.EnumerateArray())
        {
            if (++at < _index.FirstMessage) continue;
            switch (ConversationIndex.RoleOf(message))
            {
                case ConversationIndex.Role.Assistant:
                    WriteAttachments();
                    if (!_assistant.Write(message, at, at == _index.FirstMessage ? _index.FirstBlock : 0, at == last)) break;
                    Any = true;
                    EndsWithUserMessage = false;
                    break;
                case ConversationIndex.Role.User:
                    WriteUser(message, at, keepBlank);
                    break;
                default:
                    WriteSystem(message, at);
                    break;
            }
        }

        WriteAttachments();
    }

    private void WriteUser(JsonElement message, int at, bool keepBlank)
    {
        var parts = _conversion.Parts;
        parts.Clear();
        _results.AddAttachments(parts);
        var content = message.Member("content"u8);
        if (content.IsString()) AddText(RawText.Of(content), keepBlank);
        else if (content.IsArray()) AddBlocks(content, at, keepBlank);
        WriteUserMessage();
    }

    private void AddBlocks(JsonElement content, int message, bool keepBlank)
    {
        var at = -1;
        foreach (var block in content.EnumerateArray())
        {
            at++;
            var type = BlockTypes.TypeOf(block);
            if (type == BlockType.Text) AddText(RawText.Of(block, "text"u8), keepBlank);
            else if (type != BlockType.ToolResult) UserContent.Add(block, type, new BlockPath(message, at), _conversion, _conversion.Parts);
            else if (!_index.IsCalled(block.Text("tool_use_id"u8)!)) _results.AddOrphan(new ToolResult(block, message, at), _conversion.Parts);
        }
    }

    private void AddText(ReadOnlySpan<byte> inside, bool keepBlank)
    {
        if (inside.IsEmpty) return;
        if (keepBlank || !RawText.IsBlank(inside)) _conversion.Parts.AddText(inside);
        else _droppedBlank = true;
    }

    /// <summary>Files of tool results that no user message took along.</summary>
    private void WriteAttachments()
    {
        if (!_results.HasAttachments) return;
        _conversion.Parts.Clear();
        _results.AddAttachments(_conversion.Parts);
        WriteUserMessage();
    }

    private void WriteUserMessage()
    {
        if (_conversion.Parts.Count == 0) return;
        _conversion.Parts.WriteMessage(_writer, "user"u8);
        Any = true;
        EndsWithUserMessage = true;
    }

    /// <summary>The backend refuses the role <c>system</c>; the same word has its place as <c>developer</c>.</summary>
    private void WriteSystem(JsonElement message, int at)
    {
        if (message.Text("clear_at"u8) == "next_user_message" && at < _index.LastUserMessage) return;
        var parts = _conversion.Parts;
        parts.Clear();
        var content = message.Member("content"u8);
        if (content.IsString()) AddSystemText(RawText.Of(content));
        else if (content.IsArray())
        {
            foreach (var block in content.EnumerateArray())
            {
                var type = BlockTypes.TypeOf(block);
                if (type == BlockType.Text) AddSystemText(RawText.Of(block, "text"u8));
                else if (type == BlockType.Unknown) _conversion.NoteUnknown(block);
            }
        }

        if (parts.Count == 0) return;
        parts.WriteMessage(_writer, "developer"u8);
        Any = true;
    }

    private void AddSystemText(ReadOnlySpan<byte> inside)
    {
        var text = SystemText.WithoutBillingLine(inside);
        if (!RawText.IsBlank(text)) _conversion.Parts.AddText(text);
    }

    private void WriteDeveloper(ReadOnlySpan<byte> text)
    {
        _conversion.Parts.Clear();
        _conversion.Parts.AddText(text);
        _conversion.Parts.WriteMessage(_writer, "developer"u8);
    }
}
