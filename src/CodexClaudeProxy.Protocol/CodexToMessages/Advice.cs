using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>What came of one question to the advisor: its text, or Anthropic's code for why there is none.</summary>
public sealed record Advice
{
    public string? Text { get; private init; }

    /// <summary>Why the advisor stopped, in Anthropic's words.</summary>
    public string? StopReason { get; private init; }

    public string? ErrorCode { get; private init; }

    /// <summary>What the advice cost; null when no model ran.</summary>
    public TurnUsage? Usage { get; private init; }

    public static Advice Of(string text, string stopReason, TurnUsage usage) => new() { Text = text, StopReason = stopReason, Usage = usage };

    public static Advice Failed(string errorCode) => new() { ErrorCode = errorCode };

    /// <summary>What the model that asked is told.</summary>
    public string ForModel => AdvisorTool.Output(Text, StopReason, ErrorCode);
}

/// <summary>One of the responses a turn is made of.</summary>
/// <param name="Model">In the client's words.</param>
/// <param name="IsAdvisor">The advisor's; its tokens are no part of the turn's own.</param>
public sealed record TurnIteration(string Model, TurnUsage Usage, bool IsAdvisor);
