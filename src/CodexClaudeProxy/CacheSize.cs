namespace CodexClaudeProxy;

/// <summary>How full something is that keeps data in memory to be faster or to know more. Bytes are estimates.</summary>
/// <param name="Name">Stable, for programs.</param>
/// <param name="Bytes">What it takes.</param>
/// <param name="LimitBytes">What it may take.</param>
/// <param name="Entries">How many things it holds.</param>
internal readonly record struct CacheSize(string Name, long Bytes, long LimitBytes, int Entries);
