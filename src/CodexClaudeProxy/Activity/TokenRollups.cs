using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>
/// The table <c>tokens</c>: beside each rollup, which model its tokens were for, and whether the requests were long ones. So what they cost
/// is asked when it is wanted, with the prices of that moment. A model of 0 is unknown.
/// </summary>
internal static class TokenRollups
{
    private const string Key = "span, dimension, at, word, model, long";
    private const string Sums = "fresh, cached, written, output";

    /// <summary>Tokens of one model.</summary>
    /// <param name="At">In seconds since 1970.</param>
    /// <param name="Word">The value of the dimension.</param>
    internal readonly record struct Row(long At, long Word, long Model, bool IsLong, PricedTokens Tokens);

    /// <summary>Adds a batch of requests.</summary>
    public static void Add(Database database, Words words, IEnumerable<RequestEntry> entries)
    {
        Dictionary<(int Span, Dimension Dimension, long At, long Word, long Model, bool IsLong), PricedTokens> added = [];
        foreach (RequestEntry entry in entries)
        {
            if (entry.Tokens?.ToPriced() is not { } tokens) continue;
            long model = words.IdOf(entry.UpstreamModel) ?? 0;
            long seconds = entry.Ended.ToUnixTimeSeconds();
            foreach (Dimension dimension in Rollups.Dimensions)
            {
                if (dimension == Dimension.Model || !Rollups.Counts(entry, dimension)) continue;
                long word = words.IdOf(Rollups.ValueOf(entry, dimension)) ?? 0;
                foreach (int span in (ReadOnlySpan<int>)[Rollups.Hour, Rollups.Day])
                {
                    (int, Dimension, long, long, long, bool) key = (span, dimension, seconds - seconds % span, word, model, tokens.IsLong);
                    added[key] = added.GetValueOrDefault(key) + tokens;
                }
            }
        }

        foreach (((int span, Dimension dimension, long at, long word, long model, bool isLong), PricedTokens tokens) in added)
        {
            database.Prepare($"""
                INSERT INTO tokens({Key}, {Sums}) VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT({Key}) DO UPDATE SET
                fresh = fresh + excluded.fresh, cached = cached + excluded.cached, written = written + excluded.written, output = output + excluded.output
                """)
                .Bind(1, span).Bind(2, (long)dimension).Bind(3, at).Bind(4, word).Bind(5, model).Bind(6, isLong ? 1 : 0)
                .Bind(7, tokens.Fresh).Bind(8, tokens.Cached).Bind(9, tokens.Written).Bind(10, tokens.Output).Run();
        }
    }

    /// <summary>The tokens of a time by model, for each value of the dimension.</summary>
    /// <param name="from">In seconds since 1970, the first one.</param>
    /// <param name="to">The first one that does not count any more.</param>
    public static void Read(Database database, int span, Dimension dimension, long from, long to, Action<Row> take)
    {
        // What the tokens of a model were for is that model.
        bool isModel = dimension == Dimension.Model;
        Statement rows = database.Prepare($"SELECT at, {(isModel ? "model" : "word")}, model, long, {Sums} FROM tokens WHERE span = ? AND dimension = ? AND at >= ? AND at < ?")
            .Bind(1, span).Bind(2, (long)(isModel ? Dimension.None : dimension)).Bind(3, from).Bind(4, to);
        while (rows.Step())
            take(new Row(rows.Long(0), rows.Long(1), rows.Long(2), rows.Long(3) != 0, new PricedTokens(rows.Long(4), rows.Long(5), rows.Long(6), rows.Long(7))));
        rows.Reset();
    }
}
