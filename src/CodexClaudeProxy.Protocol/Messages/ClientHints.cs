namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>What a client's headers say about the conversation; none of it is trusted.</summary>
public sealed record ClientHints
{
    public static readonly ClientHints None = new();

    /// <summary>Header <c>X-Claude-Code-Session-Id</c>.</summary>
    public string? SessionId { get; init; }

    /// <summary>Header <c>X-Claude-Code-Agent-Id</c>: a subagent, with a cache of its own.</summary>
    public string? AgentId { get; init; }

    /// <summary>Header <c>anthropic-beta</c>, as sent.</summary>
    public string? Betas { get; init; }
}
