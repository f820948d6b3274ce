using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>The connection that writes to <c>activity.db</c>: opened when there is something to write. For one caller at a time.</summary>
internal sealed class ActivityWriter(ActivityFile file, TimeProvider time)
{
    private Database? _database;
    private Words? _words;
    private long? _seenVersion;

    public bool IsOpen => _database is not null;

    /// <summary>Adds the requests and what they add up to, all or none, and keeps the file within its limit.</summary>
    /// <param name="batches">Very many at once would need much memory for their sums.</param>
    public void Write(IEnumerable<RequestEntry[]> batches, long limitBytes)
    {
        Database database = Open();
        database.InTransaction(() =>
        {
            // Another process may have dropped words that we still know.
            long? version = database.Number("PRAGMA data_version");
            if (version != _seenVersion) _words!.Forget();
            _seenVersion = version;
            foreach (RequestEntry[] batch in batches) Add(database, batch);
            Housekeeping.DropOldDetails(database);
        });
        if (Housekeeping.KeepWithin(database, limitBytes, time.GetUtcNow())) _words!.Forget();
    }

    private void Add(Database database, RequestEntry[] batch)
    {
        foreach (RequestEntry entry in batch)
        {
            RequestRows.Insert(database, _words!, entry);
            if (entry.Detail.IsEmpty) continue;
            database.Prepare("INSERT INTO details(id, json) VALUES(?, ?)").Bind(1, database.LastId).Bind(2, entry.Detail.Span).Run();
        }

        Rollups.Add(database, _words!, batch);
        TokenRollups.Add(database, _words!, batch);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Database database = Open();
        database.InTransaction(() => database.Execute("DELETE FROM requests; DELETE FROM details; DELETE FROM rollups; DELETE FROM tokens; DELETE FROM words"));
        Close();
        // Also out of the pages that are no longer used.
        Open().Execute("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
    }

    public void Close()
    {
        _database?.Dispose();
        _database = null;
        _words = null;
    }

    private Database Open()
    {
        if (_database is not null) return _database;
        _database = file.OpenForWriting();
        _words = new Words(_database);
        return _database;
    }
}
