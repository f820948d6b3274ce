using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// Turns the events of one upstream response into the blocks of one answer. Upstream items may interleave, the client
/// takes one block at a time: the item with the lowest index writes, the others wait in queues until it is done; only where
/// the client has separate fields, calls run beside everything else.
/// Everything that can still be answered with an HTTP status or tried again is left to the caller: until
/// <see cref="HasBegun"/> nothing has been written.
/// </summary>
/// <param name="begun">The sink already holds the beginning of this answer, from an attempt that broke before its first block.</param>
public sealed partial class TurnConverter(TurnContext context, ITurnSink sink, TimeProvider time, bool begun = false) : IEventConverter
{
    private readonly AnswerBlocks _blocks = new(sink, context, begun);
    private readonly NewNames _unknown = new();
    private byte[]? _errorEvent;
    private string _responseId = "";
    private long _created;
    private bool _fast;
    private string? _refusalText;

    /// <summary>The answer has begun: its first bytes belong to the client.</summary>
    public bool HasBegun => _blocks.HasBegun;

    /// <summary>Blocks opened so far. Without any, even a begun answer can be tried again.</summary>
    public int BlockCount => _blocks.Count;

    /// <summary>The turn is over, one way or the other; further events are ignored.</summary>
    public bool IsEnded { get; private set; }

    /// <inheritdoc/>
    public int Progress { get; private set; }

    /// <summary>Why the turn failed. The caller decides what the client sees of it.</summary>
    public CodexFailure? Failure { get; private set; }

    /// <summary>How the turn ended when it did not fail.</summary>
    public TurnEnd? Outcome { get; private set; }

    /// <summary>The answer ended complete but without content, and nothing was written: <see cref="Conclude"/> writes it.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>We ended the answer ourselves; the upstream call should be cancelled.</summary>
    public bool EndedLocally => _blocks.LocalStop is not null;

    /// <summary>The backend announced an error and ought to say no more: not worth a long wait.</summary>
    public bool HasErrorEvent => _errorEvent is not null;

    /// <summary>The newest quota the stream told of.</summary>
    public RateLimits? RateLimits { get; private set; }

    /// <summary>The upstream response id, once known.</summary>
    public string ResponseId => _responseId;

    /// <summary>The model sends <c>phase</c> and wants it back.</summary>
    public bool SawPhase { get; private set; }

    /// <summary>Names of events and items we do not know, each once.</summary>
    public IReadOnlyList<string> Unknown => _unknown.Names;

    /// <summary>Repairs of tool arguments that were needed, as <c>tool: repair</c>.</summary>
    public IReadOnlyList<string> Repairs => _repairs;

    public AnsweredCalls? Calls { get; } = context.JudgeCalls ? new() : null;

    /// <summary>Takes one event, a JSON object. Anything else is skipped.</summary>
    public void Handle(ReadOnlySpan<byte> json)
    {
        if (IsEnded || !CodexEvent.TryParse(json, out var e)) return;
        if (!e.Type.IsHandshake()) Progress++;
        if (_errorEvent is not null && e.Type != CodexEventType.Failed)
        {
            // An error is usually followed by a response.failed that says the same better; nothing else matters now.
            if (!e.Type.IsHandshake()) FailWithErrorEvent();
            return;
        }

        Dispatch(e);
        if (_blocks.LocalStop is { } stop && !IsEnded && !CallsAreOpen()) EndLocally(stop);
        if (Calls is not null) Calls.MoreMayCome = CallsMayCome();
    }

    /// <summary>The upstream stream is over. <paramref name="cause"/> says why when the connection broke.</summary>
    public void EndOfStream(CodexFailure? cause = null)
    {
        if (IsEnded) return;
        if (_errorEvent is not null) FailWithErrorEvent();
        else if (LastItemIsFinishedCall())
        {
            FlushAll(incomplete: false);
            if (!IsEnded) Complete(StopReason.EndTurn, EstimatedUsage());
        }
        else Fail(cause ?? CodexFailure.EndedEarly);
    }

    /// <summary>Begins the answer before there is any of it, so that the client sees a sign of life.</summary>
    public void Begin() => _blocks.Begin(_responseId, _created > 0 ? _created : time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Shows the client that the turn is alive. A long silent thought becomes an open thinking block: pings alone are not enough.</summary>
    public void KeepAlive()
    {
        if (!HasBegun || IsEnded && Calls is not { IsHeld: true }) return;
        if (!IsEnded && _blocks.Open == BlockKind.None && _cursor?.Type == CodexItemType.Reasoning && context.Thinking != ThinkingDisplay.Hidden) _blocks.OpenThinking();
        _blocks.KeepAlive();
    }

    /// <summary>Writes the end of an empty answer, after <see cref="IsEmpty"/>, or of one whose calls had to be judged.</summary>
    public void Conclude()
    {
        if (Outcome is not { } outcome) return;
        if (Calls is { IsHeld: true } judged)
        {
            judged.IsHeld = false;
            WriteEnd(outcome with { Verdicts = judged.AllVerdicts() });
        }
        else if (IsEmpty)
        {
            IsEmpty = false;
            WriteEnd(outcome);
        }
    }

    /// <summary>A policy refusal that came as a failure is an answer: its text, and the stop reason <c>refusal</c>.</summary>
    public void Refuse(CodexFailure failure)
    {
        IsEnded = true;
        Failure = null;
        Begin();
        _blocks.Close();
        _blocks.NextText = new TextStart(IsRefusal: true, ContinuesItem: false);
        var text = failure.Text is { Length: > 0 } given ? given : "The request was refused.";
        _blocks.Text(JsonText.Escaped(text));
        _blocks.Close();
        var category = failure.Code?.EndsWith("_policy", StringComparison.Ordinal) == true ? failure.Code[..^"_policy".Length] : null;
        End(new TurnEnd(StopReason.Refusal, EstimatedUsage()) { RefusalCategory = category, RefusalText = text, Filtered = true });
    }

    public void Dispose()
    {
        _blocks.Dispose();
        _newInput.Dispose();
        _said.Dispose();
        foreach (var item in _items) item.Dispose();
    }

    private void Dispatch(in CodexEvent e)
    {
        switch (e.Type)
        {
            case CodexEventType.TextDelta: ReceiveText(ItemOf(e, CodexItemType.Message), e.PartIndex, e.Delta, refusal: false); break;
            case CodexEventType.ArgumentsDelta: ReceiveArguments(ItemOf(e, CodexItemType.FunctionCall), e.Delta); break;
            case CodexEventType.SummaryTextDelta: ReceiveSummary(ItemOf(e, CodexItemType.Reasoning), e.PartIndex, e.Delta); break;
            case CodexEventType.RefusalDelta: ReceiveText(ItemOf(e, CodexItemType.Message), e.PartIndex, e.Delta, refusal: true); break;
            case CodexEventType.CustomInputDelta: ReceiveArguments(ItemOf(e, CodexItemType.CustomToolCall), e.Delta); break;
            case CodexEventType.TextDone: ReceiveWholeText(ItemOf(e, CodexItemType.Message), e.PartIndex, e.Text, refusal: false); break;
            case CodexEventType.RefusalDone: ReceiveWholeText(ItemOf(e, CodexItemType.Message), e.PartIndex, e.Text, refusal: true); break;
            case CodexEventType.PartDone: ReceivePart(ItemOf(e, CodexItemType.Message), e.PartIndex, CodexPart.Parse(e.Part)); break;
            case CodexEventType.AnnotationAdded: ReceiveAnnotation(ItemOf(e, CodexItemType.Message), e.PartIndex, e.Annotation); break;
            case CodexEventType.SummaryTextDone: ReceiveWholeSummary(ItemOf(e, CodexItemType.Reasoning), e.PartIndex, e.Text); break;
            case CodexEventType.SummaryPartDone: ReceiveWholeSummary(ItemOf(e, CodexItemType.Reasoning), e.PartIndex, CodexPart.Parse(e.Part).Text); break;
            case CodexEventType.ArgumentsDone: ReceiveWholeArguments(ItemOf(e, CodexItemType.FunctionCall), e.Text); break;
            case CodexEventType.CustomInputDone: ReceiveWholeArguments(ItemOf(e, CodexItemType.CustomToolCall), e.Text); break;
            case CodexEventType.ItemAdded: AddItem(e); break;
            case CodexEventType.ItemDone: FinishItem(e); break;
            default: DispatchResponse(e); break;
        }
    }

    private void DispatchResponse(in CodexEvent e)
    {
        switch (e.Type)
        {
            case CodexEventType.Created:
            case CodexEventType.InProgress:
            case CodexEventType.Queued:
                NoteResponse(CodexResponse.Parse(e.Response));
                break;
            case CodexEventType.RateLimits:
                RateLimits = RateLimits.FromEvent(e.Raw.ToArray(), time.GetUtcNow()) ?? RateLimits;
                break;
            case CodexEventType.Completed:
            case CodexEventType.Incomplete:
            case CodexEventType.Done:
                Terminate(e);
                break;
            case CodexEventType.Failed:
                FailWith(CodexFailure.FromEvent(e.Raw.ToArray(), time.GetUtcNow()));
                break;
            case CodexEventType.Cancelled:
                FailWith(new CodexFailure(CodexFailureKind.Cancelled));
                break;
            case CodexEventType.Error:
                _errorEvent = e.Raw.ToArray();
                break;
            case CodexEventType.Other:
                if (!CodexEventTypes.IsForeseen(e.Name)) _unknown.Note(e.Name);
                break;
        }
    }

    private void NoteResponse(in CodexResponse response)
    {
        if (_responseId.Length == 0 && !response.Id.IsEmpty) _responseId = JsonText.ToString(response.Id);
        if (_created == 0) _created = response.CreatedAt;
        if (response.ServiceTier.SequenceEqual("priority"u8)) _fast = true;
    }
}
