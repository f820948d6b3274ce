using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Clearing;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>
/// Writes one assistant message: runs of text, the reasoning in front of what it led to, the calls, and directly behind
/// them their outputs.
/// </summary>
internal sealed class AssistantTurn(
    Conversion conversion, ConversationIndex index, ClearedTools? cleared, Utf8JsonWriter writer, ToolResults results)
{
    private readonly List<(JsonElement Call, int Number)> _calls = [];
    private readonly PendingReasoning _reasoning = new(conversion, writer);
    private readonly RecalledReasoning _recalled = new(conversion, writer);
    private readonly int _firstThinkingTurn = index.ThinkingTurns - ContextEdits.ThinkingTurnsKept(conversion);
    private int _thinkingTurn;
    private int _callsBefore;
    private bool _wrote;
    private bool _runIsOpen;
    private int _lastWork;
    private int _lastText;

    /// <summary>The text of the last message, when the answer shall continue it.</summary>
    public string? Prefill { get; private set; }

    /// <summary>Writes the message; false when nothing of it was left to write.</summary>
    public bool Write(JsonElement message, int at, int firstBlock, bool isLast)
    {
        _calls.Clear();
        _reasoning.Forget();
        _wrote = false;
        var content = message.Member("content"u8);
        if (isLast) Prefill = PrefillOf(content, firstBlock);
        if (content.IsString()) WriteLoneText(RawText.Of(content));
        else if (content.IsArray()) WriteBlocks(content, firstBlock);
        CloseRun();
        // Reasoning that nothing followed makes the backend refuse the request.
        _reasoning.Forget();
        foreach (var (call, number) in _calls) results.WriteOutput(call, at, cleared?.HasResult(number) == true);
        return _wrote;
    }

    private void WriteLoneText(ReadOnlySpan<byte> inside)
    {
        (_lastWork, _lastText) = (-1, 0);
        WriteText(Prefill is null ? inside : RawText.TrimEnd(inside));
    }

    private void WriteBlocks(JsonElement content, int firstBlock)
    {
        var lastText = FindLast(content, static (block, type) => type == BlockType.Text && !RawText.IsBlank(RawText.Of(block, "text"u8)));
        _lastWork = !conversion.Profile.Phases ? -1 : FindLast(content, static (_, type) =>
            type is BlockType.ToolUse or BlockType.ServerToolUse or BlockType.McpToolUse or BlockType.Thinking or BlockType.RedactedThinking);
        var keepsThinking = !Thinks(content) || ++_thinkingTurn > _firstThinkingTurn;
        _recalled.LookFor(NextCall(content, firstBlock));

        var at = -1;
        foreach (var block in content.EnumerateArray())
        {
            if (++at < firstBlock) continue;
            var type = BlockTypes.TypeOf(block);
            switch (type)
            {
                case BlockType.Text:
                    var text = RawText.Of(block, "text"u8);
                    if (Prefill is not null && at >= lastText) text = RawText.TrimEnd(text);
                    if (!text.IsEmpty) _lastText = at;
                    WriteText(text);
                    break;
                case BlockType.Thinking or BlockType.RedactedThinking:
                    if (keepsThinking && _reasoning.TryAdd(block)) CloseRun();
                    break;
                case BlockType.ToolUse:
                    WriteCall(block);
                    _recalled.LookFor(NextCall(content, at + 1));
                    break;
                case BlockType.ServerToolUse or BlockType.McpToolUse:
                    WriteHosted(block, type, content, at);
                    break;
                case BlockType.Image:
                    _lastText = at;
                    WriteText("[image]"u8);
                    break;
                case BlockType.Unknown or BlockType.Document or BlockType.SearchResult:
                    conversion.NoteUnknown(block);
                    break;
            }
        }
    }

    private void WriteText(ReadOnlySpan<byte> inside)
    {
        if (inside.IsEmpty) return;
        OpenRun();
        var text = conversion.Text;
        text.Clear();
        text.Append("\""u8);
        text.Append(inside);
        text.Append("\""u8);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "output_text"u8);
        writer.WritePropertyName("text"u8);
        writer.WriteRawValue(text.Written, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private void WriteCall(JsonElement call)
    {
        CloseRun();
        _reasoning.Write();
        _recalled.WriteBeforeCall();
        var number = _callsBefore++;
        _calls.Add((call, number));
        _wrote = true;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function_call"u8);
        CallId.Write(writer, "call_id"u8, call.Member("id"u8));
        writer.WriteString("name"u8, conversion.Names.Upstream(call.Text("name"u8)!, call.Text("toolset_name"u8)));
        writer.WritePropertyName("arguments"u8);
        var text = conversion.Text;
        text.Clear();
        text.Append("\""u8);
        if (cleared?.HasInput(number) == true) text.Append("{}"u8);
        else CallArguments.Write(call.Member("input"u8), text);
        text.Append("\""u8);
        writer.WriteRawValue(text.Written, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private void WriteHosted(JsonElement call, BlockType type, JsonElement content, int at)
    {
        var result = HostedCalls.ResultOf(call, content);
        if (!result.Exists()) return;
        if (conversion.Options.Advisor && AdvisorHistory.OutputOf(call, result) is { } advice)
        {
            CloseRun();
            _reasoning.Write();
            _recalled.WriteBeforeWords();
            AdvisorHistory.Write(call, advice, writer);
            _wrote = true;
            return;
        }

        if (type == BlockType.ServerToolUse && WebSearchHistory.IsOwn(call, result, conversion.Options))
        {
            CloseRun();
            _reasoning.Write();
            _recalled.WriteBeforeWords();
            WebSearchHistory.Write(call, result, writer);
            _wrote = true;
            return;
        }

        using var text = new PooledBuffer();
        HostedCalls.Write(call, type, result, text);
        if (text.Length == 0) return;
        CloseRun();
        _lastText = at;
        WriteText(text.Written);
    }

    private void OpenRun()
    {
        if (_runIsOpen) return;
        _reasoning.Write();
        _recalled.WriteBeforeWords();
        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteStartArray("content"u8);
        _runIsOpen = true;
        _wrote = true;
    }

    private void CloseRun()
    {
        if (!_runIsOpen) return;
        writer.WriteEndArray();
        // Without the phase such models repeat a preamble or stop early; a block has no place for it, so it is inferred.
        if (conversion.Profile.Phases) writer.WriteString("phase"u8, _lastWork > _lastText ? "commentary"u8 : "final_answer"u8);
        writer.WriteEndObject();
        _runIsOpen = false;
    }

    private string? PrefillOf(JsonElement content, int firstBlock)
    {
        var text = new StringBuilder();
        if (content.IsString()) text.Append(content.GetString());
        else if (content.IsArray())
        {
            foreach (var block in content.EnumerateArray().Skip(firstBlock))
            {
                var type = BlockTypes.TypeOf(block);
                if (type == BlockType.ToolUse) return null;
                if (type == BlockType.Text) text.Append(block.Text("text"u8));
            }
        }

        var prefill = text.ToString().TrimEnd(' ', '\n', '\r', '\t');
        if (prefill.Length == 0) return null;
        return conversion.Options.EmulatePrefill
            ? prefill
            : throw new InvalidRequestException(
                "This model does not support assistant message prefill. The conversation must end with a user message.");
    }

    /// <summary>The id of the next call, unless the client kept the thinking in front of it.</summary>
    private string? NextCall(JsonElement content, int from)
    {
        if (!_recalled.IsPossible) return null;
        foreach (var block in content.EnumerateArray().Skip(from))
        {
            var type = BlockTypes.TypeOf(block);
            if (type == BlockType.ToolUse) return block.Text("id"u8);
            if (type is BlockType.Thinking or BlockType.RedactedThinking) return null;
        }

        return null;
    }

    private static bool Thinks(JsonElement content) =>
        FindLast(content, static (_, type) => type is BlockType.Thinking or BlockType.RedactedThinking) >= 0;

    private static int FindLast(JsonElement content, Func<JsonElement, BlockType, bool> matches)
    {
        int at = -1, found = -1;
        foreach (var block in content.EnumerateArray())
        {
            at++;
            if (matches(block, BlockTypes.TypeOf(block))) found = at;
        }

        return found;
    }
}
