namespace CodexClaudeProxy.Turns;

/// <summary>Our count of a request's input.</summary>
/// <param name="Tokens">The best number there is.</param>
/// <param name="IsAnchored">The conversation's true size was known not long before.</param>
internal readonly record struct InputCount(int Tokens, bool IsAnchored);

/// <summary>
/// Ties our own count of a conversation to what the backend counted in its last turn: the true number then, plus our count of what
/// has come since. Without such an anchor a slowly moving ratio of the model helps. Kept in memory only, and bounded.
/// </summary>
internal sealed class InputAnchors
{
    private const int Most = 512;

    private const int AnchorBytes = 400;

    /// <summary>The weight of the newest turn in a model's ratio.</summary>
    private const double Newest = 0.2;

    private const double LowestRatio = 0.8;
    private const double HighestRatio = 1.25;

    /// <summary>Beyond this the two numbers are not about the same thing.</summary>
    private const double Absurd = 3;

    // _lock guards everything below.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Anchor>> _anchors = [];
    private readonly LinkedList<Anchor> _order = new();
    private readonly Dictionary<string, double> _ratios = [];

    private sealed record Anchor(string Conversation, int Estimate, long True);

    public CacheSize Size
    {
        get { lock (_lock) return new CacheSize("input counts", _anchors.Count * AnchorBytes, Most * AnchorBytes, _anchors.Count); }
    }

    /// <param name="conversation">One conversation with one model.</param>
    /// <param name="estimate">Our plain count.</param>
    public InputCount Adjust(string conversation, string model, int estimate)
    {
        if (estimate <= 0) return new InputCount(estimate, false);
        lock (_lock)
        {
            double ratio = _ratios.GetValueOrDefault(model, 1);
            if (!_anchors.TryGetValue(conversation, out LinkedListNode<Anchor>? node)) return new InputCount((int)Math.Round(estimate * ratio), false);

            Anchor anchor = node.Value;
            // A shorter one has been compacted or rewound: of it only the proportion is known.
            double tokens = estimate >= anchor.Estimate
                ? anchor.True + (estimate - anchor.Estimate) * ratio
                : (double)estimate / anchor.Estimate * anchor.True;
            return new InputCount((int)Math.Min(int.MaxValue, Math.Round(tokens)), true);
        }
    }

    /// <summary>The backend has counted what we had estimated.</summary>
    public void Learn(string conversation, string model, int estimate, long counted)
    {
        if (estimate <= 0 || counted <= 0) return;
        double ratio = (double)counted / estimate;
        if (ratio is > Absurd or < 1 / Absurd) return;
        lock (_lock)
        {
            _ratios[model] = Math.Clamp(_ratios.TryGetValue(model, out double known) ? known + (ratio - known) * Newest : ratio, LowestRatio, HighestRatio);
            if (_ratios.Count > Most) _ratios.Clear();
            if (_anchors.Remove(conversation, out LinkedListNode<Anchor>? old)) _order.Remove(old);
            else if (_anchors.Count >= Most && _order.First is { } oldest)
            {
                _anchors.Remove(oldest.Value.Conversation);
                _order.RemoveFirst();
            }

            _anchors[conversation] = _order.AddLast(new Anchor(conversation, estimate, counted));
        }
    }
}
