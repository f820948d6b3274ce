namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>Takes the items of an answer in their order, and hands over the reasoning in front of each call, under the first call behind it.</summary>
internal sealed class ReasoningBeforeCalls(Action<string, IReadOnlyList<KeptReasoning>> keep)
{
    private List<KeptReasoning> _waiting = [];

    public void AddReasoning(KeptReasoning kept) => _waiting.Add(kept);

    /// <summary>Something the model said or searched.</summary>
    public void AddWords()
    {
        for (var i = 0; i < _waiting.Count; i++) _waiting[i] = _waiting[i] with { BeforeWords = true };
    }

    public void AddCall(string id)
    {
        if (_waiting.Count > 0) keep(id, _waiting);
        _waiting = [];
    }
}
