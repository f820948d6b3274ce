using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Sqlite;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Keys.Usage;

/// <summary>What the request log has of a key.</summary>
/// <param name="Uses">Each request that counts.</param>
/// <param name="Last">When the last one ended that is in the log.</param>
internal sealed record PastUse(IReadOnlyList<KeyUse> Uses, DateTimeOffset? Last)
{
    public static readonly PastUse None = new([], null);

    /// <param name="id">The key's id, whatever it was called.</param>
    public static PastUse Of(Database database, string id, DateTimeOffset since, PriceList prices)
    {
        // What KeyName makes of this id lies between these two, and the texts have an index.
        Statement texts = database.Prepare("SELECT id FROM words WHERE text >= ? AND text < ?").Bind(1, id + " ").Bind(2, id + "!");
        var numbers = new List<long>();
        while (texts.Step()) numbers.Add(texts.Long(0));
        texts.Reset();
        if (numbers.Count == 0) return None;

        string ofKey = $"access_key IN ({string.Join(',', numbers)})";
        var words = new Words(database);
        Statement rows = database.Prepare($"""
            SELECT request, ended, requested, upstream, fresh, cached, written, output FROM requests
            WHERE {ofKey} AND ended >= ? AND (attempts > 0 OR connect IS NOT NULL) AND account IS NOT ? ORDER BY ended
            """).Bind(1, since.ToUnixTimeMilliseconds()).Bind(2, words.Find(AnthropicClient.Name) ?? -1);
        var uses = new List<KeyUse>();
        while (rows.Step())
        {
            var ended = DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(1));
            string? meant = words.TextOf(rows.Number(3));
            PricedTokens tokens = rows.Number(4) is { } fresh ? new(fresh, rows.Long(5), rows.Long(6), rows.Long(7)) : default;
            string? asked = words.TextOf(rows.Number(2)) is { } name ? ModelRouter.Bare(name) : null;
            uses.Add(new KeyUse(RequestRows.IdOf(rows.Bytes(0)), ended, asked, meant, tokens.Input, tokens.Output, prices.Of(meant, ended, tokens)?.Usd ?? 0));
        }

        rows.Reset();
        long? last = database.Number($"SELECT max(ended) FROM requests WHERE {ofKey}");
        return new PastUse(uses, last is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }
}
