namespace CodexClaudeProxy;

/// <summary>How full something is that keeps data in memory to be faster or to know more. Bytes are estimates.</summary>
internal readonly record struct CacheSize(string Name, long Bytes, long LimitBytes, int Entries);
