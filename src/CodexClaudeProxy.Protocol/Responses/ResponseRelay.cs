using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>How a relayed answer reaches its client.</summary>
/// <param name="Stream">As events, else as the one response object of the last.</param>
/// <param name="IsCodex">The Codex CLI also understands the backend's own side events.</param>
public readonly record struct RelayForm(bool Stream, bool IsCodex);

/// <summary>
/// Hands the backend's events on. A delta goes out as it came in, byte for byte; only what names a model or a tool, or leaves
/// the output out, is touched. Nothing is allocated for a delta.
/// </summary>
/// <param name="output">Receives the events, or at the end the response object.</param>
/// <param name="begun">The client has the beginning of this answer from an attempt before.</param>
public sealed class ResponseRelay(TurnContext context, PooledBuffer output, RelayForm form, TimeProvider time, bool begun = false) : IEventConverter
{
    private readonly RelayWriter _writer = new(output, form.Stream, context.RequestedModel);
    private readonly RelayedItems _items = new();
    private readonly NewNames _unknown = new();
    private byte[]? _errorEvent;
    private bool _called;
    private bool _fast;
    private int _seen;

    /// <summary>The number of an event of our own behind everything the backend has sent.</summary>
    public long NextSequenceNumber { get; private set; }

    public bool HasBegun { get; private set; } = begun;

    public int BlockCount => HasBegun ? Math.Max(1, _seen) : _seen;

    public bool IsEnded { get; private set; }

    public bool HasErrorEvent => _errorEvent is not null;

    public int Progress { get; private set; }

    public CodexFailure? Failure { get; private set; }

    /// <summary>The backend's own words about the failure are part of what was relayed: nothing is left to tell.</summary>
    public bool HasToldFailure { get; private set; }

    public TurnEnd? Outcome { get; private set; }

    public RateLimits? RateLimits { get; private set; }

    public bool SawPhase { get; private set; }

    public IReadOnlyList<string> Repairs => [];

    public IReadOnlyList<string> Unknown => _unknown.Names;

    public void Handle(ReadOnlySpan<byte> json)
    {
        if (IsEnded || !CodexEvent.TryParse(json, out var e)) return;
        if (e.SequenceNumber >= 0) NextSequenceNumber = e.SequenceNumber + 1L;
        if (!e.Type.IsHandshake()) Progress++;
        switch (e.Type)
        {
            case CodexEventType.RateLimits:
                RateLimits = RateLimits.FromEvent(e.Raw.ToArray(), time.GetUtcNow()) ?? RateLimits;
                if (form.IsCodex) _writer.WriteEvent(e.Name, json);
                break;
            case CodexEventType.Metadata or CodexEventType.KeepAlive:
                if (form.IsCodex) _writer.WriteEvent(e.Name, json);
                break;
            case CodexEventType.Created or CodexEventType.Queued or CodexEventType.InProgress:
                _fast |= CodexResponse.Parse(e.Response).ServiceTier.SequenceEqual("priority"u8);
                if (form.Stream) _writer.WriteWithResponse(e, "in_progress"u8);
                break;
            case CodexEventType.ItemAdded or CodexEventType.ItemDone:
                RelayItem(e);
                break;
            case CodexEventType.ArgumentsDone when NameFor(e.ToolName) is { } name:
                using (PooledBuffer renamed = Renamed(e.Raw, e.ToolName, name)) Relay(e.Name, renamed.Written);
                break;
            case CodexEventType.Completed or CodexEventType.Done:
                Complete(e, StopReason.EndTurn, "completed"u8);
                break;
            case CodexEventType.Incomplete:
                Complete(e, StopReason.MaxTokens, "incomplete"u8);
                break;
            case CodexEventType.Failed or CodexEventType.Cancelled:
                RelayFailure(e);
                break;
            case CodexEventType.Error:
                // Usually a response.failed follows that says the same better.
                _errorEvent = e.Raw.ToArray();
                Tell(e.Name, json);
                break;
            case CodexEventType.Other:
                if (!CodexEventTypes.IsForeseen(e.Name)) _unknown.Note(e.Name);
                goto default;
            default:
                if (form.IsCodex || !e.Name.StartsWith("codex."u8)) Relay(e.Name, json);
                break;
        }
    }

    public void EndOfStream(CodexFailure? cause = null)
    {
        if (IsEnded) return;
        Fail(_errorEvent is not null ? CodexFailure.FromEvent(_errorEvent, time.GetUtcNow()) : cause ?? CodexFailure.EndedEarly);
    }

    public void Begin()
    {
        if (form.Stream && !HasBegun && output.Length == 0) _writer.KeepAlive();
        HasBegun = true;
    }

    public void KeepAlive()
    {
        if (form.Stream && HasBegun && !IsEnded) _writer.KeepAlive();
    }

    public void Conclude()
    {
        // The empty answer is written already; it only has to be sent.
    }

    /// <summary>In the backend's own words a refusal is a failure.</summary>
    public void Refuse(CodexFailure failure) => Fail(failure);

    public void Dispose() => _items.Clear();

    private void Relay(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        if (form.Stream) HasBegun = true;
        _writer.WriteEvent(name, json);
    }

    private void RelayItem(in CodexEvent e)
    {
        var item = CodexItem.Parse(e.Item);
        _seen++;
        _called |= item.Type is CodexItemType.FunctionCall or CodexItemType.CustomToolCall;
        SawPhase |= !item.Phase.IsEmpty;
        if (item.Type == CodexItemType.Other && !IsForeseen(item.TypeName)) _unknown.Note(item.TypeName);
        if (NameFor(item.Name) is not { } name)
        {
            if (e.Type == CodexEventType.ItemDone && !e.Item.IsEmpty) _items.Keep(e.OutputIndex, e.Item.ToArray());
            Relay(e.Name, e.Raw);
            return;
        }

        using var renamed = Renamed(e.Raw, item.Name, name);
        e.Raw.Overlaps(e.Item, out var start);
        var length = e.Item.Length + renamed.Length - e.Raw.Length;
        if (e.Type == CodexEventType.ItemDone) _items.Keep(e.OutputIndex, renamed.Written.Slice(start, length).ToArray());
        Relay(e.Name, renamed.Written);
    }

    /// <summary>Items of tools that only such clients have.</summary>
    private static bool IsForeseen(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("local_shell_call"u8) || type.SequenceEqual("tool_search_call"u8) || type.SequenceEqual("tool_search_output"u8);

    /// <summary>The client's name of a tool, where the backend knows it by another.</summary>
    private string? NameFor(ReadOnlySpan<byte> tool) =>
        context.ToolNames.Count > 0 && !tool.IsEmpty && context.ToolNames.TryGetValue(JsonText.ToString(tool), out var name) ? name.Name : null;

    /// <param name="tool">The name's place in <paramref name="json"/>.</param>
    private static PooledBuffer Renamed(ReadOnlySpan<byte> json, ReadOnlySpan<byte> tool, string name)
    {
        json.Overlaps(tool, out var place);
        var renamed = new PooledBuffer();
        renamed.Append(json[..place]);
        JsonText.Escape(name, renamed);
        renamed.Append(json[(place + tool.Length)..]);
        return renamed;
    }

    private void Complete(in CodexEvent e, StopReason reason, ReadOnlySpan<byte> status)
    {
        var response = CodexResponse.Parse(e.Response);
        if (response.IsFailed || response.IsCancelled)
        {
            RelayFailure(e);
            return;
        }

        _fast |= response.ServiceTier.SequenceEqual("priority"u8);
        foreach (var item in new JsonObjects(response.Output))
        {
            _seen++;
            _called |= CodexItem.Parse(item).Type is CodexItemType.FunctionCall or CodexItemType.CustomToolCall;
        }

        // The backend leaves the output out, and its own list would not have the client's names.
        var items = _items.Count > 0 || response.Output.IsEmpty ? _items.All : null;
        using var whole = new PooledBuffer();
        ResponseObject.Write(e.Response, context.RequestedModel, status, items, whole);
        KeepReasoning(CodexResponse.Parse(whole.Written).Output);
        context.KeepResponse?.Invoke(RequestDocument.Part(whole.Written));
        if (form.Stream)
        {
            HasBegun |= _seen > 0;
            _writer.WriteWithResponse(e, whole);
        }
        else
        {
            output.Append(whole.Written);
        }

        if (!TurnUsage.TryParse(response.Usage, out var usage)) usage = new TurnUsage { FreshInput = context.InputEstimate, IsEstimate = true };
        if (reason == StopReason.EndTurn && _called) reason = StopReason.ToolUse;
        Outcome = new TurnEnd(reason, usage with { Fast = _fast });
        IsEnded = true;
    }

    private void KeepReasoning(ReadOnlySpan<byte> output)
    {
        if (context.KeepReasoning is not { } keep) return;
        var before = new ReasoningBeforeCalls(keep);
        foreach (var json in new JsonObjects(output))
        {
            var item = CodexItem.Parse(json);
            if (item.Type is CodexItemType.FunctionCall or CodexItemType.CustomToolCall) before.AddCall(JsonText.ToString(item.CallId));
            else if (item.Type != CodexItemType.Reasoning) before.AddWords();
            else if (ReasoningItems.Keep(item) is { } kept) before.AddReasoning(kept);
        }
    }

    private void RelayFailure(in CodexEvent e)
    {
        if (HasBegun && form.Stream)
        {
            _writer.WriteWithResponse(e, "failed"u8);
            HasToldFailure = true;
        }

        Fail(e.Type == CodexEventType.Cancelled || CodexResponse.Parse(e.Response).IsCancelled ? new CodexFailure(CodexFailureKind.Cancelled) : CodexFailure.FromEvent(e.Raw.ToArray(), time.GetUtcNow()));
    }

    private void Tell(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        if (!HasBegun || !form.Stream) return;
        _writer.WriteEvent(name, json);
        HasToldFailure = true;
    }

    private void Fail(CodexFailure failure)
    {
        IsEnded = true;
        Failure = failure;
    }
}
