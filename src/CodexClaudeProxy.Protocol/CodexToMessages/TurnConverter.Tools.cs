using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

// Function and custom tool calls.
public sealed partial class TurnConverter
{
    private readonly List<string> _repairs = [];
    private bool _hasCall;
    private bool _cutInsideCall;

    private bool HasToolCall { get; set; }

    private void DescribeCall(TurnItem item, in CodexItem view)
    {
        // The block opens with its name, so a call whose name is still to come waits for its end.
        if (item.Tool is not null || view.Name.IsEmpty || IsAdvisorCall(item, view)) return;
        if (_hasCall && context.Serial)
        {
            item.IsSuppressed = true;
            return;
        }

        _hasCall = true;
        var name = view.Name.ToArray();
        var upstreamName = JsonText.ToString(name);
        var known = context.ToolNames.TryGetValue(upstreamName, out var clientName);
        if (!known) clientName = new ClientToolName(upstreamName);
        var facts = context.Tools.GetValueOrDefault(clientName.Toolset is null ? clientName.Name : upstreamName);
        var callId = view.CallId.IsEmpty ? view.Id.ToArray() : view.CallId.ToArray();
        if (callId.Length == 0) callId = JsonText.Escaped($"call_{_responseId}_{item.OutputIndex}");
        var isCustom = item.Type == CodexItemType.CustomToolCall;
        item.Tool = new ToolCall(callId, name, clientName, facts, isCustom, isText: isCustom && sink.HasSeparateFields);
        // Deltas that came before the name.
        item.Tool.Add(item.Received.Written);
        item.Received.Clear();
    }

    private void ReceiveArguments(TurnItem item, ReadOnlySpan<byte> text)
    {
        if (item.IsDone || item.IsSuppressed) return;
        if (item.Tool is not { } tool)
        {
            item.Received.Append(text);
            return;
        }

        tool.Add(text);
        if (MayWrite(item, text.Length)) _blocks.ToolInput(tool.Block, tool.TakeStreamable());
        if (tool.IsRunaway()) CutRunaway(item, tool);
    }

    private void ReceiveWholeArguments(TurnItem item, ReadOnlySpan<byte> whole)
    {
        if (item.IsDone || item.IsSuppressed || whole.IsEmpty) return;
        if (item.Tool is { } tool && whole.StartsWith(tool.Received)) ReceiveArguments(item, whole[tool.Received.Length..]);
        else if (item.Tool is null && whole.StartsWith(item.Received.Written)) item.Received.Append(whole[item.Received.Length..]);
    }

    private void FinishArguments(TurnItem item, ReadOnlySpan<byte> final)
    {
        if (item.IsSuppressed) return;
        if (item.Tool is null)
        {
            // A call without a name is nothing a client could run.
            item.IsSuppressed = true;
            _unknown.Note("function_call without a name"u8);
            return;
        }

        // The authoritative text is kept in the item until it is its turn.
        item.Received.Clear();
        item.Received.Append(final);
    }

    private void OpenCall(TurnItem item)
    {
        var tool = item.Tool!;
        if (tool.IsOpen) return;
        tool.IsOpen = true;
        HasToolCall = true;
        var toolset = tool.ClientName.Toolset is { } set ? JsonText.Escaped(set) : [];
        tool.Block = _blocks.OpenTool(new ToolStart { Id = tool.CallId, Name = JsonText.Escaped(tool.ClientName.Name), Toolset = toolset, IsFreeForm = tool.IsText });
        _blocks.ToolInput(tool.Block, tool.TakeStreamable());
    }

    private void CloseCall(TurnItem item)
    {
        if (item.Tool is not { } tool) return;
        OpenCall(item);
        using var rest = new PooledBuffer();
        if (item.IsIncomplete)
        {
            _cutInsideCall = true;
            Calls?.AddTruncated(tool.CallId);
            tool.FinishIncomplete(item.Received.Written, rest);
            _blocks.ToolInput(tool.Block, rest.Written);
            return;
        }

        var wasStreamed = tool.IsStreamed;
        if (!tool.TryFinish(item.Received.Written, rest))
        {
            Fail(new CodexFailure(CodexFailureKind.InvalidToolArguments));
            return;
        }

        _blocks.ToolInput(tool.Block, rest.Written);
        foreach (var repair in tool.Repairs) _repairs.Add($"{tool.ClientName.Name}: {repair}");
        _blocks.CountToolInput(tool.Received);
        NoteForJudging(tool, wasStreamed ? tool.Received : rest.Written);
    }

    /// <param name="input">All the client got as the call's input.</param>
    private void NoteForJudging(ToolCall tool, ReadOnlySpan<byte> input)
    {
        if (Calls is null) return;
        using var decoded = new PooledBuffer();
        JsonText.Unescape(input, decoded);
        Calls.Add(new AnsweredCall(tool.CallId, tool.ClientName.Name, decoded.Written.ToArray()));
    }

    /// <summary>A call is not whole yet, or a thought is under way that may lead to one.</summary>
    private bool CallsMayCome() => !IsEnded && _items.Exists(static item =>
        item is { IsFlushed: false, IsSuppressed: false, Type: CodexItemType.FunctionCall or CodexItemType.CustomToolCall or CodexItemType.Reasoning });

    private void CutRunaway(TurnItem item, ToolCall tool)
    {
        using var rest = new PooledBuffer();
        if (!MayWrite(item, 0) || !tool.TryCloseRunaway(rest))
        {
            Fail(new CodexFailure(CodexFailureKind.InvalidToolArguments));
            return;
        }

        _blocks.ToolInput(tool.Block, rest.Written);
        item.IsFlushed = true;
        // What was kept of it is not what the model began: it is made again rather than judged.
        Calls?.AddTruncated(tool.CallId);
        _repairs.Add($"{tool.ClientName.Name}: {tool.Repairs[0]}");
        _blocks.Stop(StopReason.ToolUse);
    }
}
