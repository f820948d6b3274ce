namespace CodexClaudeProxy.Sqlite;

/// <summary>What SQLite refused.</summary>
/// <param name="code">An extended result code.</param>
internal sealed class SqliteException(int code, string message) : Exception($"SQLite: {message} ({code})")
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>The file is no database, or no longer one.</summary>
    public bool IsDamage => (code & 0xFF) is Corrupt or NotADatabase;
}
