using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

// Calls of the advisor. The client sees each with its answer; the model gets the answers and goes on in another response.
public sealed partial class TurnConverter
{
    private readonly Queue<byte[]> _advisorCalls = new();
    private readonly List<TurnIteration> _iterations = [];
    private readonly PooledBuffer _newInput = new();
    private readonly PooledBuffer _said = new();
    private int _tokensBefore;

    /// <summary>The turn waits for its advisor between two responses: it is ended, without outcome or failure, until it is resumed.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>What the model has said in this turn, and what it was advised: the inside of a JSON string.</summary>
    public ReadOnlySpan<byte> Said => _said.Written;

    /// <summary>Shows the client the next call of the advisor; false when all have their answers.</summary>
    public bool TryOpenAdvice()
    {
        if (!_advisorCalls.TryPeek(out var callId)) return false;
        _blocks.OpenAdvice(callId);
        return true;
    }

    /// <summary>Answers the call that was shown.</summary>
    public void Advise(Advice advice)
    {
        var callId = _advisorCalls.Dequeue();
        _blocks.Advise(callId, advice);
        Continuation.WriteOutput(callId, advice.ForModel, _newInput);
        if (advice.Usage is { } usage) _iterations.Add(new TurnIteration(context.Advisor!.Model, usage, IsAdvisor: true));
        if (advice.Text is null) return;
        _said.Append("[advisor]\\n"u8);
        JsonText.Escape(advice.Text, _said);
        _said.Append("\\n\\n"u8);
    }

    /// <summary>
    /// Ends the turn after its advice when it has to: the client's own calls come first, and the advice then stands in the conversation it
    /// sends back.
    /// </summary>
    /// <param name="always">The model shall not go on in any case.</param>
    public bool TryEndAdvised(bool always)
    {
        if (!HasToolCall && !always) return false;
        End(new TurnEnd(HasToolCall ? StopReason.ToolUse : StopReason.EndTurn, default));
        IsPaused = false;
        return true;
    }

    /// <summary>Gets ready for another response, and writes the request for it.</summary>
    /// <param name="body">The request for the turn's first response.</param>
    public void Resume(ReadOnlyMemory<byte> body, PooledBuffer to)
    {
        Continuation.Write(body, _newInput.Written, to);
        foreach (var item in _items) item.Dispose();
        _items.Clear();
        (_cursor, _hasCall, IsPaused, IsEnded) = (null, false, false, false);
        _tokensBefore = _blocks.VisibleTokenCount;
    }

    /// <returns>True when the call is the advisor's, and so nothing the client could answer.</returns>
    private bool IsAdvisorCall(TurnItem item, in CodexItem view)
    {
        if (context.Advisor is null || !view.Name.SequenceEqual("advisor"u8)) return false;
        item.AdvisorCall = view.CallId.IsEmpty ? view.Id.ToArray() : view.CallId.ToArray();
        item.IsSuppressed = true;
        return true;
    }

    private void KeepForContinuation(TurnItem item, in CodexItem view)
    {
        if (context.Advisor is null) return;
        item.AsInput = Continuation.ItemOf(view);
        if (item.Type != CodexItemType.Message) return;
        foreach (var part in new JsonObjects(view.Content)) _said.Append(CodexPart.Parse(part).Text);
        _said.Append("\\n\\n"u8);
    }

    /// <summary>The response is complete, but the model waits for its advisor: then the turn is not over.</summary>
    private bool PauseForAdvice(in TurnUsage usage)
    {
        foreach (var item in _items)
        {
            if (item.AdvisorCall is { } callId && !item.IsIncomplete) _advisorCalls.Enqueue(callId);
        }

        if (_advisorCalls.Count == 0) return false;
        foreach (var item in _items)
        {
            if (item.AsInput.Length == 0) continue;
            _newInput.Append(","u8);
            _newInput.Append(item.AsInput);
        }

        _iterations.Add(new TurnIteration(context.RequestedModel, usage, IsAdvisor: false));
        IsEnded = true;
        IsPaused = true;
        return true;
    }

    /// <summary>The turn's own tokens, and what each response took where there were several.</summary>
    private TurnUsage Total(in TurnUsage last)
    {
        if (_iterations.Count == 0) return last;
        if (!IsPaused) _iterations.Add(new TurnIteration(context.RequestedModel, last, IsAdvisor: false));
        var total = new TurnUsage { WebSearches = _webSearches, Fast = _fast, Iterations = _iterations };
        foreach (var iteration in _iterations)
        {
            if (!iteration.IsAdvisor) total = total.Plus(iteration.Usage);
        }

        return total;
    }
}
