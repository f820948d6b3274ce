using CodexClaudeProxy.Prices;

namespace CodexClaudeProxy.Activity;

/// <summary>What many requests add up to.</summary>
internal sealed class Tally
{
    private Cost _charged;

    public long Requests { get; set; }

    public long Failed { get; set; }

    public long Left { get; set; }

    /// <summary>How many of the requests are known to have used how much.</summary>
    public long Measured { get; set; }

    public long Fresh { get; set; }

    public long Cached { get; set; }

    public long Written { get; set; }

    public long Output { get; set; }

    public long Reasoning { get; set; }

    public Histogram FirstToken { get; } = new();

    public Histogram Total { get; } = new();

    /// <summary>All input tokens.</summary>
    public long Input => Fresh + Cached + Written;

    /// <summary>An estimate of what the API would cost. Tokens of which it is not known which model they were for have no price.</summary>
    public Cost Cost => _charged with { UnpricedTokens = Math.Max(0, Input + Output - _charged.PricedTokens) };

    /// <summary>Nothing is known of what was used, although something was done.</summary>
    public bool IsUnmeasured => Requests > 0 && Measured == 0;

    /// <summary>The part of the input that came from the backend's cache.</summary>
    public double? CacheHitRate => Input is > 0 and var input ? (double)Cached / input : null;

    /// <summary>What some of the tokens cost; the tokens themselves are added on their own.</summary>
    public void Charge(Cost cost) => _charged += cost;

    public void Add(RequestEntry entry) => Add(entry.Outcome, entry.Tokens, entry.FirstTokenMs, entry.TotalMs);

    public void Add(RequestOutcome outcome, RequestTokens? tokens, int? firstTokenMs, int totalMs)
    {
        Requests++;
        if (outcome == RequestOutcome.Failed) Failed++;
        if (outcome == RequestOutcome.Left) Left++;
        // Failures and cancelled answers would make the durations look better than they are.
        if (outcome == RequestOutcome.Ok) Total.Add(totalMs);
        if (firstTokenMs is { } first) FirstToken.Add(first);
        if (tokens is null) return;
        Measured++;
        Fresh += tokens.Fresh;
        Cached += tokens.Cached;
        Written += tokens.Written;
        Output += tokens.Output;
        Reasoning += tokens.Reasoning;
    }

    public void Add(Tally other)
    {
        Requests += other.Requests;
        Failed += other.Failed;
        Left += other.Left;
        Measured += other.Measured;
        Fresh += other.Fresh;
        Cached += other.Cached;
        Written += other.Written;
        Output += other.Output;
        Reasoning += other.Reasoning;
        FirstToken.Add(other.FirstToken);
        Total.Add(other.Total);
        Charge(other._charged);
    }
}
