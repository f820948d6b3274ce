namespace CodexClaudeProxy.Prices;

/// <summary>The prices that count: the owner's, and the table's for all other models.</summary>
/// <param name="own">Model → price; <c>*</c> for every model that has none otherwise.</param>
internal sealed class PriceList(IReadOnlyList<KeyValuePair<string, ModelPrice>> own)
{
    /// <summary>In the owner's prices, the name that stands for every model without a price.</summary>
    public const string AnyOther = "*";

    /// <summary>The table's prices alone.</summary>
    public static readonly PriceList Default = new([]);

    /// <summary>The rows of each model, the latest first.</summary>
    private static readonly Dictionary<string, ModelPrice[]> Table = PriceTable.Rows.GroupBy(row => row.Model, row => row.Price, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(rows => rows.Key, rows => rows.OrderByDescending(price => price.From).ToArray(), StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, ModelPrice> _own = new(own, StringComparer.OrdinalIgnoreCase);

    /// <summary>What the model costs at a time; null when nobody has told.</summary>
    /// <param name="isLong">The request's input is longer than <see cref="PriceTable.LongContext"/>. The owner's prices are the same for all requests.</param>
    public ModelPrice? Of(string? model, DateTimeOffset at, bool isLong)
    {
        if (model is null) return null;
        if (_own.TryGetValue(model, out ModelPrice? price)) return price;
        if (Table.TryGetValue(model, out ModelPrice[]? rows))
        {
            DateOnly day = DateOnly.FromDateTime(at.UtcDateTime);
            ModelPrice? valid = Array.Find(rows, row => row.From is null || row.From <= day);
            return isLong ? valid?.Long : valid;
        }

        return _own.GetValueOrDefault(AnyOther);
    }

    /// <summary>What one request would cost; null when it told no usage.</summary>
    public Cost? Of(string? model, DateTimeOffset at, PricedTokens? tokens) => tokens is { } used ? Cost.Of(used, Of(model, at, used.IsLong)) : null;

    /// <summary>Every price, the owner's first, and whether it is the owner's.</summary>
    public IEnumerable<(string Model, ModelPrice Price, bool IsOwn)> All =>
        own.Select(entry => (entry.Key, entry.Value, true)).Concat(PriceTable.Rows.Where(row => !_own.ContainsKey(row.Model)).Select(row => (row.Model, row.Price, false)));
}
