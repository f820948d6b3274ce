using CodexClaudeProxy.Prices;

namespace CodexClaudeProxy.Activity;

internal enum RequestOutcome { Ok, Failed, Left }

/// <summary>The words for outcomes, in the log and in what is asked of it.</summary>
internal static class RequestOutcomes
{
    public static string Word(this RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Ok => "ok",
        RequestOutcome.Failed => "failed",
        _ => "left",
    };
}

/// <summary>What one request used, in tokens. The sum of the first three is its input.</summary>
/// <param name="Fresh">Input that the prompt cache knew nothing of.</param>
/// <param name="Cached">Input that came from the prompt cache.</param>
/// <param name="Written">Input that was put into the prompt cache.</param>
/// <param name="Output">Output, reasoning included.</param>
/// <param name="Reasoning">The part of the output that was reasoning.</param>
/// <param name="Estimated">Our own count, because upstream gave none.</param>
internal sealed record RequestTokens(long Fresh, long Cached, long Written, long Output, long Reasoning, bool Estimated)
{
    public PricedTokens ToPriced() => new(Fresh, Cached, Written, Output);
}

/// <summary>A request that has just been read.</summary>
internal sealed record StartedRequest(string Id, DateTimeOffset Received, string Path, string? RequestedModel, string? UserAgent, bool Streamed);

/// <summary>
/// One finished request as the log and the statistics keep it: who, where, how long and how much, never what. Null is unknown.
/// </summary>
internal sealed record RequestEntry
{
    public required string Id { get; init; }

    public required DateTimeOffset Received { get; init; }

    /// <summary>When it was over: the order of the log, and the time it counts for.</summary>
    public required DateTimeOffset Ended { get; init; }

    public required string Path { get; init; }

    public string? UserAgent { get; init; }

    public string? RequestedModel { get; init; }

    public string? UpstreamModel { get; init; }

    public string? Lane { get; init; }

    public string? Effort { get; init; }

    public bool Streamed { get; init; }

    /// <summary>The key of the account that served, or was tried last.</summary>
    public string? Account { get; init; }

    public string? Conversation { get; init; }

    public string? Session { get; init; }

    public string? Agent { get; init; }

    /// <summary>The last segment of the client's working directory.</summary>
    public string? Project { get; init; }

    /// <summary>What kind of request beside a conversation it is: <c>title</c>, <c>classifier</c> or <c>check</c>; null for any other.</summary>
    public string? SideCall { get; init; }

    /// <summary>The key of its own that the client presented, as <see cref="KeyName"/> tells it; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>Null when the client disconnected before one was sent.</summary>
    public int? Status { get; init; }

    public RequestOutcome Outcome { get; init; }

    public string? StopReason { get; init; }

    public string? ErrorType { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public int Attempts { get; init; }

    /// <summary>How long it waited for a quota's reset.</summary>
    public int HeldMs { get; init; }

    /// <summary>From sending the last attempt to upstream's headers.</summary>
    public int? ConnectMs { get; init; }

    public int? FirstEventMs { get; init; }

    public int? FirstTokenMs { get; init; }

    public int TotalMs { get; init; }

    public RequestTokens? Tokens { get; init; }

    public int WebSearches { get; init; }

    /// <summary>Roughly what it takes in memory: the texts are short, and what is not is the detail.</summary>
    public int Bytes => 1_200 + 2 * (ErrorMessage?.Length ?? 0) + Detail.Length + 2 * Explanations.Sum(static text => text?.Length ?? 0);

    /// <summary>A JSON object with <c>attempts</c>, <c>selections</c>, <c>timeline</c> and <c>route</c>, as the dashboard shows them, and <c>checks</c> where calls were judged.</summary>
    public ReadOnlyMemory<byte> Detail { get; init; }

    /// <summary>What belongs to the <c>checks</c> of the detail, in their order. They may say what a call does, so they are never written to a file.</summary>
    public IReadOnlyList<string?> Explanations { get; init; } = [];
}
