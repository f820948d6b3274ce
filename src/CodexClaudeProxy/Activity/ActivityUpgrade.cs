using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>Brings files of earlier versions up to date.</summary>
internal static class ActivityUpgrade
{
    /// <summary>Beside each rollup, the models its tokens were for.</summary>
    public const string TokensTable = """
        CREATE TABLE tokens(
          span INTEGER NOT NULL, dimension INTEGER NOT NULL, at INTEGER NOT NULL, word INTEGER NOT NULL, model INTEGER NOT NULL, long INTEGER NOT NULL,
          fresh INTEGER NOT NULL, cached INTEGER NOT NULL, written INTEGER NOT NULL, output INTEGER NOT NULL,
          PRIMARY KEY(span, dimension, at, word, model, long)) WITHOUT ROWID;
        """;

    /// <summary>What a key has used is asked for when the program starts.</summary>
    public const string KeyIndex = "CREATE INDEX requests_key ON requests(access_key, ended) WHERE access_key IS NOT NULL;";

    /// <summary>Tallies that are collected before they are written.</summary>
    private const int MostTallies = 2_000;

    /// <summary>In a transaction.</summary>
    public static void Run(Database database)
    {
        // Another process may have been quicker.
        if (database.Number("PRAGMA user_version") == 1) database.Execute("ALTER TABLE requests ADD COLUMN side INTEGER; PRAGMA user_version = 2");
        if (database.Number("PRAGMA user_version") == 2)
        {
            database.Execute(TokensTable);
            AddTokens(database);
            AddClients(database);
            database.Execute("PRAGMA user_version = 3");
        }

        // No request of before had a key, so nothing is to be added up.
        if (database.Number("PRAGMA user_version") == 3) database.Execute("ALTER TABLE requests ADD COLUMN access_key INTEGER;" + KeyIndex + "PRAGMA user_version = 4");
    }

    /// <summary>
    /// All tokens by model are in the rollups of that dimension; for the other dimensions there are the requests that are still kept.
    /// Whether a request was long is not taken from them, so that the sums agree.
    /// </summary>
    private static void AddTokens(Database database)
    {
        database.Execute($"""
            INSERT INTO tokens SELECT span, {(int)Dimension.None}, at, 0, word, 0, fresh, cached, written, output FROM rollups
              WHERE dimension = {(int)Dimension.Model} AND measured > 0
            """);
        foreach (Dimension dimension in Rollups.Dimensions)
        {
            if (dimension is Dimension.None or Dimension.Model or Dimension.Key) continue;
            string column = StatisticsReading.ColumnOf(dimension);
            string condition = Rollups.IsOfSome(dimension) ? $" AND {column} IS NOT NULL" : "";
            database.Execute($"""
                INSERT INTO tokens SELECT {Rollups.Hour}, {(int)dimension}, ended / 1000 - ended / 1000 % {Rollups.Hour} AS hour, ifnull({column}, 0) AS value, ifnull(upstream, 0) AS model, 0,
                  sum(fresh), sum(cached), sum(written), sum(output) FROM requests WHERE fresh IS NOT NULL{condition} GROUP BY hour, value, model;
                INSERT INTO tokens SELECT {Rollups.Day}, dimension, at - at % {Rollups.Day} AS day, word, model, 0, sum(fresh), sum(cached), sum(written), sum(output) FROM tokens
                  WHERE span = {Rollups.Hour} AND dimension = {(int)dimension} GROUP BY day, word, model
                """);
        }
    }

    private static void AddClients(Database database)
    {
        Dictionary<(int Span, long At, long Word), Tally> tallies = [];
        Statement rows = database.Prepare($"SELECT ended / 1000, ifnull(client, 0), {RequestRows.TallyColumns} FROM requests ORDER BY id");
        while (rows.Step())
        {
            foreach (int span in (ReadOnlySpan<int>)[Rollups.Hour, Rollups.Day])
            {
                (int, long, long) key = (span, rows.Long(0) - rows.Long(0) % span, rows.Long(1));
                if (!tallies.TryGetValue(key, out Tally? tally)) tallies[key] = tally = new Tally();
                RequestRows.AddTo(tally, rows, 2);
            }

            if (tallies.Count >= MostTallies) Write();
        }

        rows.Reset();
        Write();

        void Write()
        {
            foreach (((int span, long at, long word), Tally tally) in tallies) Rollups.Add(database, span, Dimension.Client, at, word, tally);
            tallies.Clear();
        }
    }
}
