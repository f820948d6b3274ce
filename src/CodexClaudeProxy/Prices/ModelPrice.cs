namespace CodexClaudeProxy.Prices;

/// <summary>What the API takes for a model, in US dollars per million tokens.</summary>
/// <param name="Input">Input that the prompt cache knew nothing of.</param>
/// <param name="CachedInput">Input that came from the prompt cache.</param>
/// <param name="Output">Output, reasoning included.</param>
internal sealed record ModelPrice(double Input, double CachedInput, double Output)
{
    /// <summary>Input that was put into the prompt cache; null where it costs what other input does.</summary>
    public double? CacheWrite { get; init; }

    /// <summary>The first day the price is valid, UTC; null for one that was always valid.</summary>
    public DateOnly? From { get; init; }

    /// <summary>A request whose input is longer than <see cref="PriceTable.LongContext"/> costs more, all of it.</summary>
    public bool HasLongPrice { get; init; }

    /// <summary>The price of a request with a long input.</summary>
    public ModelPrice Long => HasLongPrice ? this with { Input = Input * 2, CachedInput = CachedInput * 2, CacheWrite = CacheWrite * 2, Output = Output * 1.5, HasLongPrice = false } : this;
}
