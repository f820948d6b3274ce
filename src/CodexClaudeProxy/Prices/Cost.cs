namespace CodexClaudeProxy.Prices;

/// <summary>Tokens that are charged alike.</summary>
internal readonly record struct PricedTokens(long Fresh, long Cached, long Written, long Output)
{
    public long Input => Fresh + Cached + Written;

    public long All => Input + Output;

    public bool IsLong => Input > PriceTable.LongContext;

    public static PricedTokens operator +(PricedTokens a, PricedTokens b) => new(a.Fresh + b.Fresh, a.Cached + b.Cached, a.Written + b.Written, a.Output + b.Output);
}

/// <summary>An estimate of what the API would cost, in US dollars: the sum of its four parts, and how many tokens are in it and how many are not.</summary>
internal readonly record struct Cost(double Fresh, double Cached, double Written, double Output, long PricedTokens, long UnpricedTokens)
{
    private const double Million = 1_000_000;

    /// <summary>Null when there are tokens and none of them has a price.</summary>
    public double? Usd => PricedTokens > 0 || UnpricedTokens == 0 ? Fresh + Cached + Written + Output : null;

    /// <param name="price">Null when the model has none.</param>
    public static Cost Of(PricedTokens tokens, ModelPrice? price) => price is null
        ? new Cost(0, 0, 0, 0, 0, tokens.All)
        : new Cost(
            tokens.Fresh * price.Input / Million, tokens.Cached * price.CachedInput / Million,
            tokens.Written * (price.CacheWrite ?? price.Input) / Million, tokens.Output * price.Output / Million, tokens.All, 0);

    public static Cost operator +(Cost a, Cost b) => new(
        a.Fresh + b.Fresh, a.Cached + b.Cached, a.Written + b.Written, a.Output + b.Output, a.PricedTokens + b.PricedTokens, a.UnpricedTokens + b.UnpricedTokens);
}
