namespace CodexClaudeProxy.Activity;

/// <summary>A client's name and version for people, from its <c>User-Agent</c>.</summary>
internal static class ClientName
{
    private static readonly (string Product, string Name)[] Known =
    [
        ("claude-cli", "Claude Code"), ("claude-code", "Claude Code"), ("codex_cli_rs", "Codex CLI"), ("codex_exec", "Codex CLI"),
        ("Anthropic", "Anthropic SDK"), ("OpenAI", "OpenAI SDK"), ("AsyncOpenAI", "OpenAI SDK"), ("AsyncAnthropic", "Anthropic SDK"),
    ];

    /// <summary><c>claude-cli/2.1.330 (external, cli)</c> → <c>Claude Code 2.1.330</c>; names that are not known stay as they are.</summary>
    public static string? Of(string? userAgent) => Parts(userAgent) is not { } parts ? null : parts.Version is null ? parts.Name : $"{parts.Name} {parts.Version}";

    /// <summary>The same without the version.</summary>
    public static string? WithoutVersion(string? userAgent) => Parts(userAgent)?.Name;

    /// <summary>Whether a client is meant by a name, with its version or without.</summary>
    public static bool Fits(string name, string? userAgent) => name == WithoutVersion(userAgent) || name == Of(userAgent);

    private static (string Name, string? Version)? Parts(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent)) return null;
        string product = userAgent.Trim().Split(' ')[0];
        int slash = product.LastIndexOf('/');
        if (slash <= 0) return (product, null);

        // All browsers call themselves that; here it is most likely the dashboard.
        if (product.StartsWith("Mozilla/", StringComparison.Ordinal)) return ("Browser", null);

        // The SDKs name their language too: OpenAI/JS 7.57.0.
        string name = product[..slash];
        string version = product[(slash + 1)..];
        if (!version.Any(char.IsAsciiDigit) && userAgent.Trim().Split(' ') is [_, var next, ..]) version = next;
        return (Array.Find(Known, known => name.Equals(known.Product, StringComparison.OrdinalIgnoreCase)).Name ?? name, version);
    }
}
