using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

// How the turn ends: by the backend's last event, by a limit of the client's, or by a failure.
public sealed partial class TurnConverter
{
    private void Terminate(in CodexEvent e)
    {
        var response = CodexResponse.Parse(e.Response);
        NoteResponse(response);
        // An event for every end, or a whole response instead of events, tells by its status how it ended.
        if (response.IsFailed || response.IsCancelled)
        {
            FailWith(response.IsFailed ? CodexFailure.FromEvent(e.Raw.ToArray(), time.GetUtcNow()) : new CodexFailure(CodexFailureKind.Cancelled));
            return;
        }

        var incomplete = e.Type == CodexEventType.Incomplete || response.Status.SequenceEqual("incomplete"u8);
        FinishItemsOnlyIn(response.Output);
        FlushAll(incomplete);
        if (IsEnded) return;
        if (_blocks.LocalStop is { } stop)
        {
            EndLocally(stop);
            return;
        }

        var usage = TurnUsage.TryParse(response.Usage, out var counted) ? counted : EstimatedUsage();
        Complete(ReasonFor(incomplete, response.IncompleteReason), usage, filtered: incomplete && response.IncompleteReason.SequenceEqual("content_filter"u8));
    }

    private StopReason ReasonFor(bool incomplete, ReadOnlySpan<byte> reason)
    {
        if (incomplete && (reason.SequenceEqual("max_output_tokens"u8) || reason.SequenceEqual("max_tokens"u8))) return StopReason.MaxTokens;
        if (incomplete && reason.SequenceEqual("content_filter"u8)) return StopReason.Refusal;
        if (_refusalText is not null) return StopReason.Refusal;
        if (_cutInsideCall || (incomplete && !HasToolCall)) return StopReason.MaxTokens;
        return StopReason.EndTurn;
    }

    /// <param name="reason">Why the model stopped; a plain end becomes <see cref="StopReason.ToolUse"/> when there is a call to answer.</param>
    private void Complete(StopReason reason, TurnUsage usage, bool filtered = false)
    {
        if (reason == StopReason.EndTurn && PauseForAdvice(usage)) return;
        if (reason == StopReason.EndTurn && HasToolCall) reason = StopReason.ToolUse;
        End(new TurnEnd(reason, usage with { WebSearches = _webSearches, Fast = _fast }) { RefusalText = _refusalText, Filtered = filtered });
    }

    private void EndLocally(StopReason reason)
    {
        _blocks.Close();
        End(new TurnEnd(reason, EstimatedUsage()) { StopSequence = reason == StopReason.StopSequence ? _blocks.StopSequenceHit : null });
    }

    private void End(TurnEnd end)
    {
        IsEnded = true;
        var outcome = end with
        {
            Usage = Total(end.Usage),
            Verdicts = context.Safeguards ? Calls?.AllVerdicts() ?? [] : null,
            ContextManagement = context.ContextManagement,
            Cleared = context.Cleared,
        };
        Outcome = outcome;
        IsEmpty = _blocks.Count == 0 && !_blocks.HasBegun && end.Reason == StopReason.EndTurn;
        if (IsEmpty) return;
        if (Calls is { Complete.Count: > 0 }) Calls.IsHeld = true;
        else WriteEnd(outcome);
    }

    private void WriteEnd(in TurnEnd outcome)
    {
        Outcome = outcome;
        KeepReasoning();
        Begin();
        sink.End(outcome);
    }

    private TurnUsage EstimatedUsage() => new()
    {
        FreshInput = context.InputEstimate,
        Output = _blocks.VisibleTokenCount - _tokensBefore,
        WebSearches = _webSearches,
        Fast = _fast,
        IsEstimate = true,
    };

    private void FailWithErrorEvent() => FailWith(CodexFailure.FromEvent(_errorEvent, time.GetUtcNow()));

    private void FailWith(CodexFailure failure)
    {
        if (failure.Kind == CodexFailureKind.Policy)
        {
            Refuse(failure);
        }
        else if (failure.Kind == CodexFailureKind.ContextOverflow && _blocks.Count > 0)
        {
            _blocks.Close();
            Complete(StopReason.ContextWindowExceeded, EstimatedUsage());
        }
        else
        {
            Fail(failure);
        }
    }

    private void Fail(CodexFailure failure)
    {
        IsEnded = true;
        Failure = failure;
    }
}
