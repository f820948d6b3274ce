using CodexClaudeProxy.Prices;

namespace CodexClaudeProxy.Activity;

/// <summary>Collects the tokens of a time by model and price.</summary>
internal sealed class CostLines
{
    private readonly Dictionary<(long Model, bool IsLong, ModelPrice? Price), PricedTokens> _lines = [];

    public void Add(long model, bool isLong, ModelPrice? price, PricedTokens tokens) => _lines[(model, isLong, price)] = _lines.GetValueOrDefault((model, isLong, price)) + tokens;

    public IReadOnlyList<ChargedTokens> All(Words words) =>
        [.. _lines.Select(line => new ChargedTokens(words.TextOf(line.Key.Model), line.Key.IsLong, line.Key.Price, line.Value))];
}
