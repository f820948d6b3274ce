using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>
/// The second pass over the conversation: writes the input items in the order of the messages, the outputs of calls directly
/// behind them.
/// </summary>
internal sealed class ChatInput(Conversion conversion, ChatIndex index, Utf8JsonWriter writer)
{
    private readonly List<(string CallId, JsonElement Part)> _attachments = [];
    private readonly RecalledReasoning _recalled = new(conversion, writer);
    private readonly ChatAssistant _assistant = new(conversion, writer);

    /// <summary>The user spoke last, not a tool.</summary>
    public bool EndsWithUserMessage { get; private set; }

    /// <summary>The texts of the leading messages, as the inside of one JSON string.</summary>
    public static void WriteInstructions(ChatIndex index, PooledBuffer to)
    {
        foreach (var message in index.Messages.EnumerateArray().Take(index.Leading))
        {
            var content = message.Member("content"u8);
            if (content.IsString()) Append(RawText.Of(content), to);
            else if (content.IsArray())
                foreach (var part in content.EnumerateArray()) Append(RawText.Of(part, "text"u8), to);
        }

        static void Append(ReadOnlySpan<byte> text, PooledBuffer to)
        {
            if (!text.IsEmpty) SystemText.Append(text, to);
        }
    }

    /// <exception cref="InvalidRequestException">There is nothing to answer.</exception>
    public void Write()
    {
        var at = -1;
        var any = false;
        foreach (var message in index.Messages.EnumerateArray())
        {
            if (++at < index.Leading) continue;
            any |= ChatIndex.RoleOf(message, at) switch
            {
                ChatRole.Assistant => WriteAssistant(message, at),
                ChatRole.User => WriteUser(message, at),
                ChatRole.Tool => WriteOrphan(message, at),
                _ => WriteDeveloper(message, at),
            };
        }

        any |= WriteAttachments();
        if (!any) throw ChatRules.Refused("messages: at least one message with content is required", "messages");
    }

    private bool WriteAssistant(JsonElement message, int at)
    {
        WriteAttachments();
        var calls = index.CallsOf(at);
        var speaks = ChatAssistant.Speaks(message);
        if (!speaks && calls.Count == 0) return false;

        EndsWithUserMessage = false;
        var details = message.Member("reasoning_details"u8);
        _assistant.WriteReasoning(details);
        var number = 0;
        LookForNext();
        if (speaks)
        {
            _recalled.WriteBeforeWords();
            _assistant.WriteText(message, calls.Count > 0);
        }

        foreach (var call in calls)
        {
            _recalled.WriteBeforeCall();
            _assistant.WriteCall(call);
            LookForNext();
        }

        foreach (var call in calls) WriteOutput(call, at);
        return true;

        // What the client kept itself is not remembered for it.
        void LookForNext() => _recalled.LookFor(number < calls.Count && !details.IsArray() ? calls[number++].Id : null);
    }

    private bool WriteUser(JsonElement message, int at)
    {
        var parts = conversion.Parts;
        parts.Clear();
        AddAttachments(parts);
        ChatContent.Add(message.Member("content"u8), at, conversion, parts);
        return WriteUserMessage();
    }

    private bool WriteDeveloper(JsonElement message, int at)
    {
        conversion.Parts.Clear();
        ChatContent.Add(message.Member("content"u8), at, conversion, conversion.Parts);
        if (conversion.Parts.Count == 0) return false;
        conversion.Parts.WriteMessage(writer, "developer"u8);
        return true;
    }

    /// <summary>A result whose call is not part of the conversation is text, where it stands; every other stands behind its call.</summary>
    private bool WriteOrphan(JsonElement message, int at)
    {
        if (index.OrphanOf(at) is not { } id) return false;
        using var output = new ContentParts();
        AddOutput(id, message, at, output);
        conversion.Parts.Clear();
        var to = conversion.Parts.Begin();
        JsonText.Escape($"[Result of tool call {id}, whose call is not part of this conversation]", to);
        conversion.Parts.EndTextWith(output);
        AddAttachments(conversion.Parts);
        return WriteUserMessage();
    }

    private bool WriteUserMessage()
    {
        if (conversion.Parts.Count == 0) return false;
        conversion.Parts.WriteMessage(writer, "user"u8);
        EndsWithUserMessage = true;
        return true;
    }

    private bool WriteAttachments()
    {
        if (_attachments.Count == 0) return false;
        conversion.Parts.Clear();
        AddAttachments(conversion.Parts);
        return WriteUserMessage();
    }

    private void AddAttachments(ContentParts parts)
    {
        foreach (var (callId, part) in _attachments)
        {
            parts.AddText($"Attachment of tool call {CallId.Of(callId)}:");
            ChatContent.AddFile(part, conversion, parts);
        }

        _attachments.Clear();
    }

    private void WriteOutput(in ChatCall call, int at)
    {
        var parts = conversion.Parts;
        parts.Clear();
        var result = index.TakeResult(call.Id, at);
        if (result.Exists()) AddOutput(call.Id, result, at, parts);
        else parts.AddText("[No result was recorded for this tool call.]"u8);

        writer.WriteStartObject();
        writer.WriteString("type"u8, call.IsCustom ? "custom_tool_call_output"u8 : "function_call_output"u8);
        writer.WriteString("call_id"u8, CallId.Of(call.Id));
        writer.WritePropertyName("output"u8);
        parts.WriteOutput(writer);
        writer.WriteEndObject();
    }

    private void AddOutput(string callId, JsonElement message, int at, ContentParts parts)
    {
        var files = new List<JsonElement>();
        ChatContent.Add(message.Member("content"u8), at, conversion, parts, files);
        foreach (var file in files) _attachments.Add((callId, file));
        // An empty output makes some models stop.
        if (parts.Count == 0) parts.AddText("(no output)"u8);
    }
}
