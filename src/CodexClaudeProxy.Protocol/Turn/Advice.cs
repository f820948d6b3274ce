namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>What the answer side must know of the advisor, a second model that the first may ask while it answers.</summary>
/// <param name="Model">The advisor's name in the client's words.</param>
/// <param name="MaxUses">How often it is asked in one turn.</param>
/// <param name="MaxTokens">Limit of one advice; null for none.</param>
public sealed record AdvisorFacts(string Model, int MaxUses, int? MaxTokens);

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
    public string ForModel => WordsFor(Text, StopReason, ErrorCode);

    /// <summary>The same of advice that stands in the conversation.</summary>
    internal static string WordsFor(string? text, string? stopReason, string? errorCode) =>
        text is null ? $"The advisor could not be asked ({errorCode}). Go on without it."
        : stopReason == "max_tokens" ? text + "\n\n[The advice was cut off at its token limit.]"
        : text;
}

/// <summary>One of the responses a turn is made of.</summary>
/// <param name="Model">In the client's words.</param>
/// <param name="IsAdvisor">The advisor's; its tokens are no part of the turn's own.</param>
public sealed record TurnIteration(string Model, TurnUsage Usage, bool IsAdvisor);
