namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>What the client is told of one tool call of the answer. A call without a verdict is left to the client.</summary>
public enum CallOutcome
{
    /// <summary>Judged, and nothing was found against it.</summary>
    NotFlagged,

    /// <summary>Judged, and it must not run.</summary>
    Flagged,

    /// <summary>Not judged, because it was cut off: the client makes it again.</summary>
    Truncated,
}

/// <param name="CallId">The call's id as the client knows it, the inside of a JSON string.</param>
public sealed record CallVerdict(byte[] CallId, CallOutcome Outcome)
{
    /// <summary>Why it was flagged, for the user and for the model.</summary>
    public string? Explanation { get; init; }

    /// <summary>The path of the entry of the request's own lists that decided, or null.</summary>
    public string? CitedRule { get; init; }
}
