namespace CodexClaudeProxy.Turns.Memory;

/// <summary>
/// Ties our own count of a conversation to what the backend counted in its last turn: the true number then, plus our count of what
/// has come since. Without such an anchor it helps what the model's turns have taught: how many tokens the backend adds to any request,
/// seen at the smallest ones, and how its count of the rest compares with ours, seen at large ones. Kept in memory only, and bounded.
/// </summary>
internal sealed class InputAnchors
{
    private const int Most = 512;

    private const int AnchorBytes = 400;

    /// <summary>Up to this size what is added to every request outweighs everything else.</summary>
    private const int Tiny = 256;

    /// <summary>The weight of the newest turn in what is added to every request.</summary>
    private const double Newest = 0.2;

    /// <summary>So many tokens speak for our own count from the start, and only the newest so many against it.</summary>
    private const double Trusted = 10_000;
    private const double Remembered = 400_000;

    private const double LowestRate = 0.8;
    private const double HighestRate = 1.25;

    /// <summary>Beyond this the two numbers are not about the same thing.</summary>
    private const double Absurd = 3;

    // _lock guards everything below.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Anchor>> _anchors = [];
    private readonly LinkedList<Anchor> _order = new();
    private readonly Dictionary<string, Model> _models = [];

    private sealed record Anchor(string Conversation, int Estimate, long True);

    /// <param name="Overhead">Tokens in every request, however small; null while no small one was seen.</param>
    /// <param name="Estimated">Our count of larger requests, all together.</param>
    /// <param name="Counted">The backend's count of the same, without the overhead.</param>
    private readonly record struct Model(double? Overhead, double Estimated, double Counted)
    {
        public double Added => Overhead ?? 0;

        public double Rate => Math.Clamp((Trusted + Counted) / (Trusted + Estimated), LowestRate, HighestRate);
    }

    public CacheSize Size
    {
        get { lock (_lock) return new CacheSize("input counts", _anchors.Count * AnchorBytes, Most * AnchorBytes, _anchors.Count); }
    }

    /// <summary>The best number there is.</summary>
    /// <param name="conversation">One conversation with one model.</param>
    /// <param name="estimate">Our plain count.</param>
    public int Adjust(string conversation, string model, int estimate)
    {
        if (estimate <= 0) return estimate;
        lock (_lock)
        {
            Model known = _models.GetValueOrDefault(model);
            double tokens = known.Added + estimate * known.Rate;
            if (_anchors.TryGetValue(conversation, out LinkedListNode<Anchor>? node))
            {
                Anchor anchor = node.Value;
                // A shorter one has been compacted or rewound: of it only the proportion is known.
                tokens = estimate >= anchor.Estimate
                    ? anchor.True + (estimate - anchor.Estimate) * known.Rate
                    : known.Added + estimate * Math.Clamp((anchor.True - known.Added) / anchor.Estimate, LowestRate, HighestRate);
            }

            return (int)Math.Clamp(Math.Round(tokens), 1, int.MaxValue);
        }
    }

    /// <summary>The backend has counted what we had estimated.</summary>
    public void Learn(string conversation, string model, int estimate, long counted)
    {
        if (estimate <= 0 || counted <= 0) return;
        bool tiny = estimate <= Tiny;
        if (tiny ? Math.Abs(counted - estimate) > Tiny : counted > estimate * Absurd || counted < estimate / Absurd) return;
        lock (_lock)
        {
            Model known = _models.GetValueOrDefault(model);
            if (_models.Count >= Most) _models.Clear();
            _models[model] = tiny ? AfterTiny(known, estimate, counted) : AfterLarge(known, estimate, counted);

            if (_anchors.Remove(conversation, out LinkedListNode<Anchor>? old)) _order.Remove(old);
            else if (_anchors.Count >= Most && _order.First is { } oldest)
            {
                _anchors.Remove(oldest.Value.Conversation);
                _order.RemoveFirst();
            }

            _anchors[conversation] = _order.AddLast(new Anchor(conversation, estimate, counted));
        }
    }

    private static Model AfterTiny(Model known, int estimate, long counted)
    {
        double added = counted - estimate * known.Rate;
        return known with { Overhead = known.Overhead is { } before ? before + (added - before) * Newest : added };
    }

    private static Model AfterLarge(Model known, int estimate, long counted)
    {
        double estimated = known.Estimated + estimate, total = known.Counted + counted - known.Added;
        double kept = Math.Min(1, Remembered / estimated);
        return known with { Estimated = estimated * kept, Counted = total * kept };
    }
}
