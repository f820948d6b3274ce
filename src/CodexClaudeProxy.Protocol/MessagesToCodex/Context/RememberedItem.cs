namespace CodexClaudeProxy.Protocol.MessagesToCodex.Context;

/// <summary>An item of an earlier request or answer, as its client saw it. A JSON string is a user's message.</summary>
/// <param name="AccountMark">Whose encrypted reasoning it is; null for what the client itself sent.</param>
public sealed record RememberedItem(ReadOnlyMemory<byte> Json, string? AccountMark);
