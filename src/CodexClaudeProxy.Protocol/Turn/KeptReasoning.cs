namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>A reasoning item in front of a call, remembered for a client that is given nothing it could send back.</summary>
/// <param name="Json">The input item.</param>
/// <param name="Hash">First 16 hex digits of SHA-256 of its encrypted content.</param>
public sealed record KeptReasoning(ReadOnlyMemory<byte> Json, string Hash)
{
    /// <summary>The model said or searched something between this and the call.</summary>
    public bool BeforeWords { get; init; }
}
