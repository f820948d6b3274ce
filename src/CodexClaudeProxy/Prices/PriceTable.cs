namespace CodexClaudeProxy.Prices;

/// <summary>
/// The API's list prices at the standard tier, kept by hand: the provider publishes them on a page, not in a form programs can read.
/// A changed price is a further row, so that what was used before keeps the price of its time.
/// </summary>
internal static class PriceTable
{
    /// <summary>The day the table was compared with the provider's page.</summary>
    public static readonly DateOnly AsOf = new(2026, 11, 29);

    /// <summary>Tokens of input above which a request is long.</summary>
    public const long LongContext = 272_000;

    /// <summary>Models without a public price, such as Spark and Daybreak, are not among them.</summary>
    public static readonly IReadOnlyList<(string Model, ModelPrice Price)> Rows =
    [
        ("gpt-6.1-sol", Long(2, 0.10, 10, write: 2.50)),
        ("gpt-6.1-terra", Long(1, 0.05, 5, write: 1.25)),
        ("gpt-6-astra", Long(10, 1, 50, write: 12.50)),
        ("gpt-6-sol", Long(2, 0.20, 10, write: 2.50)),
        ("gpt-6-luna", Long(0.10, 0.01, 0.50, write: 0.125)),
        ("gpt-5.6-sol", Long(5, 0.50, 30, write: 6.25)),
        ("gpt-5.6-sol", Long(4, 0.40, 20, write: 5) with { From = new DateOnly(2026, 8, 21) }),
        ("gpt-5.6-terra", Long(2.50, 0.25, 15)),
        ("gpt-5.6-terra", Long(2, 0.20, 12, write: 2.50) with { From = new DateOnly(2026, 7, 30) }),
        ("gpt-5.6-luna", Long(1, 0.10, 6)),
        ("gpt-5.6-luna", Long(0.20, 0.02, 1.20, write: 0.25) with { From = new DateOnly(2026, 7, 30) }),
        ("gpt-5.5", Long(5, 0.50, 30)),
        ("gpt-5.4", Long(2.50, 0.25, 15)),
        ("gpt-5.4-mini", new ModelPrice(0.75, 0.075, 4.50)),
        ("gpt-5.3-codex", new ModelPrice(1.75, 0.175, 14)),
        ("gpt-5.2-codex", new ModelPrice(1.75, 0.175, 14)),
        ("gpt-5.1-codex-max", new ModelPrice(1.25, 0.125, 10)),
    ];

    private static ModelPrice Long(double input, double cached, double output, double? write = null) =>
        new(input, cached, output) { CacheWrite = write, HasLongPrice = true };
}
