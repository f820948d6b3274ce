namespace CodexClaudeProxy.ClaudeCode;

/// <summary>Headers that Claude Code sends with every request beside its own: a variable with a line for each.</summary>
internal static class CustomHeaders
{
    public const string Variable = "ANTHROPIC_CUSTOM_HEADERS";

    /// <summary>Holds the proxy's access key where the usual headers hold a credential for Anthropic.</summary>
    public const string Key = "x-ccp-key";

    /// <summary>The access key among them, or null.</summary>
    public static string? KeyIn(string? headers) => Lines(headers).Where(IsKey).Select(static line => line[(Key.Length + 1)..].Trim()).LastOrDefault();

    /// <summary>The user's own headers, and the access key behind them; null when there are none.</summary>
    public static string? With(string? headers, string? accessKey)
    {
        IEnumerable<string> lines = Lines(headers).Where(static line => !IsKey(line));
        if (accessKey is not null) lines = lines.Append($"{Key}: {accessKey}");
        return string.Join('\n', lines) is { Length: > 0 } all ? all : null;
    }

    private static bool IsKey(string line) => line.StartsWith(Key + ":", StringComparison.OrdinalIgnoreCase);

    private static string[] Lines(string? headers) => (headers ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
