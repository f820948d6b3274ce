using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>Reads what statistics are made of, request by request or from the rollups, and puts a price on it.</summary>
/// <param name="span">The length of the rollups; null for request by request.</param>
internal sealed class StatisticsReading(Database database, PriceList prices, int? span)
{
    private readonly Dictionary<long, long> _groups = [];
    private readonly Dictionary<string, long> _groupNames = [];

    public Words Words { get; } = new(database);

    /// <summary>The column of a request that a dimension is about.</summary>
    public static string ColumnOf(Dimension dimension) => dimension switch
    {
        Dimension.Account => "account",
        Dimension.Model => "upstream",
        Dimension.RequestedModel => "requested",
        Dimension.Project => "project",
        Dimension.Session => "session",
        Dimension.ErrorType => "error_type",
        Dimension.SideCall => "side",
        Dimension.Key => "access_key",
        _ => "client",
    };

    /// <summary>Adds what happened in a time to the tallies it belongs to.</summary>
    /// <param name="from">In seconds since 1970, the first one.</param>
    /// <param name="to">The first one that does not count any more.</param>
    /// <param name="target">Time and number of the value → where to add, or null.</param>
    /// <param name="lines">Where the tokens are collected by price, if they are wanted so.</param>
    public void Read(Dimension by, long from, long to, Func<long, long, Tally?> target, CostLines? lines = null)
    {
        if (span is not { } length)
        {
            ReadRows(by, from, to, target, lines);
            return;
        }

        Rollups.Read(database, length, by, from, to, (at, word) => target(at, GroupOf(by, word)));
        TokenRollups.Read(database, length, by, from, to, row => Charge(target(row.At, GroupOf(by, row.Word)), row.Model, row.At, row.IsLong, row.Tokens, lines));
    }

    /// <summary>Tells the values with most requests in a time from the others.</summary>
    public Func<long, bool> Largest(Dimension by, long from, long to, int count)
    {
        // One client has many versions and one key may have had several names, each a value of its own in the file.
        if (span is not { } length || by is Dimension.Client or Dimension.Key) return static _ => true;
        return Rollups.Largest(database, length, by, from, to, count).Contains;
    }

    /// <summary>What the value is called; null for the unknown.</summary>
    public string? NameOf(Dimension by, long word) => by == Dimension.Client ? ClientName.WithoutVersion(Words.TextOf(word)) : Words.TextOf(word);

    private void ReadRows(Dimension by, long from, long to, Func<long, long, Tally?> target, CostLines? lines)
    {
        // Unknown is a group like any other, except that most requests have no error and are no side calls.
        string group = by switch { Dimension.None => "0", _ when Rollups.IsOfSome(by) => ColumnOf(by), _ => $"ifnull({ColumnOf(by)}, 0)" };
        Statement rows = database.Prepare($"""
            SELECT ended / 1000, ifnull(upstream, 0), {group}, {RequestRows.TallyColumns} FROM requests
            WHERE ended >= ? AND ended < ?
            """).Bind(1, from * 1000).Bind(2, to * 1000);
        while (rows.Step())
        {
            if (rows.Number(2) is not { } word || target(rows.Long(0), GroupOf(by, word)) is not { } tally) continue;
            if (RequestRows.AddTo(tally, rows, 3)?.ToPriced() is { } priced) Charge(tally, rows.Long(1), rows.Long(0), priced.IsLong, priced, lines);
        }

        rows.Reset();
    }

    private void Charge(Tally? tally, long model, long at, bool isLong, PricedTokens tokens, CostLines? lines)
    {
        if (tally is null) return;
        ModelPrice? price = prices.Of(model == 0 ? null : Words.TextOf(model), DateTimeOffset.FromUnixTimeSeconds(at), isLong);
        tally.Charge(Cost.Of(tokens, price));
        lines?.Add(model, isLong, price, tokens);
    }

    /// <summary>All versions of a client are one group, and all names of a key: the one of the value that was met first.</summary>
    private long GroupOf(Dimension by, long word)
    {
        if (by is not (Dimension.Client or Dimension.Key) || word == 0) return word;
        if (_groups.TryGetValue(word, out long group)) return group;
        string name = (by == Dimension.Key ? KeyName.IdIn(Words.TextOf(word)) : ClientName.WithoutVersion(Words.TextOf(word))) ?? "";
        if (!_groupNames.TryGetValue(name, out group)) _groupNames[name] = group = word;
        return _groups[word] = group;
    }
}
