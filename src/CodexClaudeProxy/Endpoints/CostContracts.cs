using System.Text.Json.Serialization;
using CodexClaudeProxy.Prices;

namespace CodexClaudeProxy.Endpoints;

/// <summary>An estimate of what the API would cost. It is no bill: a plan costs nothing by the token.</summary>
/// <param name="Usd">US dollars for the tokens that have a price; null when there are tokens and none has one, and when no request told what it used.</param>
/// <param name="UnpricedTokens">Tokens of models without a price; they are not in <paramref name="Usd"/>.</param>
/// <param name="Parts">What <paramref name="Usd"/> is the sum of; absent in the series.</param>
internal sealed record CostReport(
    double? Usd, long UnpricedTokens, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CostParts? Parts)
{
    public static CostReport Of(Cost cost, bool isUnmeasured = false, bool withParts = true) =>
        new(isUnmeasured ? null : Rounded(cost.Usd), cost.UnpricedTokens, withParts ? CostParts.Of(cost) : null);

    /// <summary>To a ten-thousandth of a cent.</summary>
    public static double? Rounded(double? usd) => usd is { } known ? Math.Round(known, 6) : null;
}

/// <summary>The parts of an estimate, in US dollars.</summary>
/// <param name="Fresh">Input that the prompt cache knew nothing of.</param>
/// <param name="Cached">Input that came from the prompt cache.</param>
/// <param name="Written">Input that was put into the prompt cache.</param>
/// <param name="Output">Output, reasoning included.</param>
internal sealed record CostParts(double Fresh, double Cached, double Written, double Output)
{
    public static CostParts Of(Cost cost) => new(Math.Round(cost.Fresh, 6), Math.Round(cost.Cached, 6), Math.Round(cost.Written, 6), Math.Round(cost.Output, 6));
}

/// <summary>One line of the equation: the tokens of a model that are charged alike, and their price.</summary>
/// <param name="Model">The model that was asked; null when it is not known.</param>
/// <param name="LongContext">Requests whose input is longer than 272,000 tokens, for which the API takes more.</param>
/// <param name="Price">Null when the model has none.</param>
/// <param name="Fresh">Input tokens that the prompt cache knew nothing of.</param>
/// <param name="Cached">Input tokens that came from the prompt cache.</param>
/// <param name="Written">Input tokens that were put into the prompt cache.</param>
/// <param name="Output">Output tokens, reasoning included.</param>
/// <param name="Usd">The tokens times their prices; null without a price.</param>
internal sealed record CostLine(string? Model, bool LongContext, PriceReport? Price, long Fresh, long Cached, long Written, long Output, double? Usd)
{
    public static CostLine Of(string? model, bool isLong, ModelPrice? price, PricedTokens tokens) => new(
        model, isLong, price is null ? null : PriceReport.Of(price), tokens.Fresh, tokens.Cached, tokens.Written, tokens.Output, CostReport.Rounded(Cost.Of(tokens, price).Usd));
}

/// <summary>What the API takes, in US dollars per million tokens.</summary>
/// <param name="Input">Input that the prompt cache knew nothing of.</param>
/// <param name="CachedInput">Input that came from the prompt cache.</param>
/// <param name="CacheWrite">Input that was put into the prompt cache.</param>
/// <param name="Output">Output, reasoning included.</param>
/// <param name="From">The first day of this price, such as <c>2026-08-21</c>; null when it was always valid.</param>
internal sealed record PriceReport(double Input, double CachedInput, double CacheWrite, double Output, string? From)
{
    public static PriceReport Of(ModelPrice price) => new(price.Input, price.CachedInput, price.CacheWrite ?? price.Input, price.Output, DateOf(price.From));

    public static string? DateOf(DateOnly? day) => day?.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The prices that estimates are made with.</summary>
/// <param name="AsOf">The day the built-in prices were compared with the provider's, such as <c>2026-11-29</c>.</param>
/// <param name="LongContext">The built-in prices of models with <c>longContext</c> are higher for a request with more tokens of input than this: twice for input, one and a half times for output.</param>
/// <param name="Prices">The owner's prices first.</param>
internal sealed record PriceListAnswer(string AsOf, long LongContext, IEnumerable<ListedPrice> Prices)
{
    public static PriceListAnswer Of(PriceList prices) =>
        new(PriceReport.DateOf(PriceTable.AsOf)!, PriceTable.LongContext, prices.All.Select(entry => new ListedPrice(entry.Model, entry.IsOwn, entry.Price.HasLongPrice, PriceReport.Of(entry.Price))));
}

/// <summary>The price of a model.</summary>
/// <param name="Model">The model; <c>*</c> for every one without a price.</param>
/// <param name="Own">It is from the setting <c>prices</c>.</param>
/// <param name="LongContext">It is higher for long requests.</param>
/// <param name="Price">What the API takes.</param>
internal sealed record ListedPrice(string Model, bool Own, bool LongContext, PriceReport Price);
