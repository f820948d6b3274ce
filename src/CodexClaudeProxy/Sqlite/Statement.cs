using System.Text;

namespace CodexClaudeProxy.Sqlite;

/// <summary>One prepared statement. Values count from 1, columns from 0.</summary>
internal sealed unsafe class Statement(Database owner, nint handle) : IDisposable
{
    private const int Row = 100;
    private const int Done = 101;
    private const int NullType = 5;

    /// <summary>SQLite makes a copy of its own.</summary>
    private const nint Transient = -1;

    public Statement Bind(int index, long? value)
    {
        Check(value is { } number ? Native.BindNumber(handle, index, number) : Native.BindNull(handle, index));
        return this;
    }

    public Statement Bind(int index, string? value)
    {
        if (value is null)
        {
            Check(Native.BindNull(handle, index));
            return this;
        }

        byte[] text = Encoding.UTF8.GetBytes(value);
        // A pointer to nothing would bind null.
        fixed (byte* start = text.Length > 0 ? text : new byte[1]) Check(Native.BindText(handle, index, start, text.Length, Transient));
        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value) Check(start is null ? Native.BindNull(handle, index) : Native.BindBlob(handle, index, start, value.Length, Transient));
        return this;
    }

    /// <summary>True when there is a row to read.</summary>
    public bool Step()
    {
        int code = Native.Step(handle);
        if (code == Row) return true;
        if (code == Done) return false;
        SqliteException failure = owner.Failure(code);
        _ = Native.Reset(handle);
        throw failure;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    /// <summary>Ready to be bound and run again; an open read would keep others from cleaning up.</summary>
    public void Reset() => _ = Native.Reset(handle);

    public long? Number(int column) => Native.ColumnType(handle, column) == NullType ? null : Native.ColumnNumber(handle, column);

    /// <summary>0 for null.</summary>
    public long Long(int column) => Native.ColumnNumber(handle, column);

    /// <summary>Valid until the next step. Empty for null.</summary>
    public ReadOnlySpan<byte> Bytes(int column)
    {
        byte* start = Native.ColumnBlob(handle, column);
        return new ReadOnlySpan<byte>(start, Native.ColumnBytes(handle, column));
    }

    public string? Text(int column) => Native.ColumnType(handle, column) == NullType ? null : Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => _ = Native.Finalize(handle);

    private void Check(int code)
    {
        if (code != 0) throw owner.Failure(code);
    }
}
