using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Sqlite;

/// <summary>One connection to one file. Used by one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    private const int ReadWrite = 0x2;
    private const int Create = 0x4;
    private const int NoMutex = 0x8000;

    private readonly Dictionary<string, Statement> _statements = [];
    private nint _handle;

    private Database(nint handle) => _handle = handle;

    /// <param name="create">Also when there is no file yet.</param>
    /// <param name="patience">How long to wait for another connection's lock.</param>
    /// <exception cref="SqliteException">There is no file, or it cannot be opened.</exception>
    public static Database Open(string path, bool create, TimeSpan patience)
    {
        int code = Native.Open(path, out nint handle, ReadWrite | NoMutex | (create ? Create : 0), 0);
        var database = new Database(handle);
        if (code != 0)
        {
            SqliteException failure = database.Failure(code);
            database.Dispose();
            throw failure;
        }

        _ = Native.BusyTimeout(handle, (int)patience.TotalMilliseconds);
        return database;
    }

    public long LastId => Native.LastId(_handle);

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => Native.Changes(_handle);

    /// <summary>Runs statements that take no values and give none.</summary>
    public void Execute(string sql) => Check(Native.Execute(_handle, sql, 0, 0, 0));

    /// <summary>A prepared statement, ready to be bound. It belongs to the connection, which keeps it for the next time.</summary>
    public unsafe Statement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out Statement? known))
        {
            known.Reset();
            return known;
        }

        byte[] text = System.Text.Encoding.UTF8.GetBytes(sql);
        fixed (byte* start = text)
        {
            Check(Native.Prepare(_handle, start, text.Length, out nint handle, 0));
            return _statements[sql] = new Statement(this, handle);
        }
    }

    /// <summary>The first number a statement without values gives; null without a row.</summary>
    public long? Number(string sql)
    {
        Statement statement = Prepare(sql);
        long? number = statement.Step() ? statement.Number(0) : null;
        statement.Reset();
        return number;
    }

    /// <summary>Everything or nothing; other connections wait.</summary>
    public void InTransaction(Action work)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            Execute("COMMIT");
        }
        catch
        {
            // SQLite itself has rolled back after some failures.
            _ = Native.Execute(_handle, "ROLLBACK", 0, 0, 0);
            throw;
        }
    }

    public void Dispose()
    {
        foreach (Statement statement in _statements.Values) statement.Dispose();
        _statements.Clear();
        if (_handle != 0) _ = Native.Close(_handle);
        _handle = 0;
    }

    internal SqliteException Failure(int code) => _handle == 0
        ? new SqliteException(code, "out of memory")
        : new SqliteException(Native.ErrorCode(_handle), Marshal.PtrToStringUTF8(Native.ErrorMessage(_handle)) ?? "");

    private void Check(int code)
    {
        if (code != 0) throw Failure(code);
    }
}
