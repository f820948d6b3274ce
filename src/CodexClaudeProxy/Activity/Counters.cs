namespace CodexClaudeProxy.Activity;

/// <summary>What happened since the start of the program, for <c>/metrics</c>.</summary>
internal sealed class Counters
{
    /// <summary>Upper ends of the duration buckets, in seconds.</summary>
    public static readonly double[] Seconds = [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

    /// <summary>A client may ask for any model: beyond this many, all others are one.</summary>
    private const int MostSeries = 300;

    public const string Other = "other";

    private readonly Lock _lock = new();
    private readonly Dictionary<(string? Model, string? Account), Series> _series = [];

    /// <summary>The requests of one model on one account.</summary>
    internal sealed record Series(string? Model, string? Account)
    {
        public long Ok { get; set; }

        public long Failed { get; set; }

        public long Left { get; set; }

        public long Fresh { get; set; }

        public long Cached { get; set; }

        public long Written { get; set; }

        public long Output { get; set; }

        public long Reasoning { get; set; }
    }

    /// <summary>Counts by bucket, the last one for all that is longer, and their sum.</summary>
    internal sealed record Durations(long[] Counts, double SumSeconds);

    private Durations _firstToken = new(new long[Seconds.Length + 1], 0);
    private Durations _total = new(new long[Seconds.Length + 1], 0);

    public void Add(RequestEntry entry)
    {
        lock (_lock)
        {
            Series series = SeriesOf(entry);
            if (entry.Outcome == RequestOutcome.Ok) series.Ok++;
            else if (entry.Outcome == RequestOutcome.Failed) series.Failed++;
            else series.Left++;
            if (entry.Tokens is { } tokens)
            {
                series.Fresh += tokens.Fresh;
                series.Cached += tokens.Cached;
                series.Written += tokens.Written;
                series.Output += tokens.Output;
                series.Reasoning += tokens.Reasoning;
            }

            if (entry.FirstTokenMs is { } first) _firstToken = With(_firstToken, first);
            _total = With(_total, entry.TotalMs);
        }
    }

    public (IReadOnlyList<Series> Series, Durations FirstToken, Durations Total) Read()
    {
        lock (_lock) return ([.. _series.Values.Select(series => series with { })], Copy(_firstToken), Copy(_total));
    }

    private static Durations Copy(Durations durations) => durations with { Counts = [.. durations.Counts] };

    private static Durations With(Durations durations, int milliseconds)
    {
        int bucket = Array.FindIndex(Seconds, end => milliseconds <= end * 1000);
        durations.Counts[bucket < 0 ? Seconds.Length : bucket]++;
        return durations with { SumSeconds = durations.SumSeconds + milliseconds / 1000.0 };
    }

    private Series SeriesOf(RequestEntry entry)
    {
        (string?, string?) key = (entry.UpstreamModel, entry.Account);
        if (_series.TryGetValue(key, out Series? known)) return known;
        if (_series.Count >= MostSeries && !_series.TryGetValue(key = (Other, entry.Account), out known) && _series.Count >= 2 * MostSeries) key = (Other, Other);
        return known ?? (_series.TryGetValue(key, out known) ? known : _series[key] = new Series(key.Item1, key.Item2));
    }
}
