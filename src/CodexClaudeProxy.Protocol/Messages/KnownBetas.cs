namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>The betas that were looked at. No other is refused either; it is only worth a look.</summary>
public static class KnownBetas
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "advanced-tool-use-2025-11-20", "advisor-tool-2026-03-01", "afk-mode-2026-01-31", "claude-code-20250219", "code-execution-2025-05-22", "computer-use-2024-10-22",
        "computer-use-2025-01-24", "context-1m-2025-08-07", "context-management-2025-06-27", "dangerous-tool-use-2026-09-03",
        "dev-full-thinking-2025-05-14", "effort-2025-11-24", "extended-cache-ttl-2025-04-11", "fallback-credit-2026-06-01", "fast-mode-2026-02-01",
        "files-api-2025-04-14", "fine-grained-tool-streaming-2025-05-14", "interleaved-thinking-2025-05-14", "mcp-client-2025-04-04",
        "mcp-client-2025-11-20", "message-batches-2024-09-24", "message-threads-2026-08-12", "mid-conversation-tool-changes-2026-07-01",
        "model-context-window-exceeded-2025-08-26", "oauth-2025-04-20", "output-128k-2025-02-19", "pdfs-2024-09-25", "per-turn-control-2026-07-01",
        "prompt-caching-2024-07-31", "redact-thinking-2026-02-12", "skills-2025-10-02", "structured-outputs-2025-12-15",
        "thinking-display-updates-2026-08-18", "thinking-token-count-2026-05-13", "token-counting-2024-11-01", "token-efficient-tools-2025-02-19",
        "web-fetch-2025-09-10",
    };

    public static bool Has(string beta) => Known.Contains(beta);
}
