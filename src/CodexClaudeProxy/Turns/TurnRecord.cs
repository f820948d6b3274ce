using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.CodexToMessages;

namespace CodexClaudeProxy.Turns;

/// <summary>One try of a turn on one account.</summary>
/// <param name="Account">The account's key.</param>
/// <param name="Reason">Why this account.</param>
/// <param name="Failure">What went wrong, or null.</param>
/// <param name="Decision">What was done about the failure.</param>
internal sealed record AttemptRecord(string Account, string Reason, string? Failure, string? Decision, TimeSpan Duration);

/// <summary>What happened in one turn: for the log, the statistics and the dashboard. Never holds a prompt, an answer or a token.</summary>
internal sealed class TurnRecord
{
    public required string RequestId { get; init; }

    public required DateTimeOffset Received { get; init; }

    public required string Path { get; init; }

    public string? UserAgent { get; init; }

    public string RequestedModel { get; set; } = "";

    public string UpstreamModel { get; set; } = "";

    public string Lane { get; set; } = "";

    public bool Streamed { get; set; }

    public string ConversationId { get; set; } = "";

    public List<AttemptRecord> Attempts { get; } = [];

    /// <summary>The key of the account that served, or was tried last.</summary>
    public string? Account { get; set; }

    public TimeSpan? FirstOutput { get; set; }

    public TimeSpan Total { get; set; }

    public int Status { get; set; } = 200;

    public TurnEnd? End { get; set; }

    public ApiError? Error { get; set; }

    /// <summary>The client went away before the end.</summary>
    public bool ClientLeft { get; set; }
}
