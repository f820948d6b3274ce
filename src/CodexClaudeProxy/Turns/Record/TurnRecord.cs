using System.Globalization;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns.Record;

/// <summary>One try of a turn on one account.</summary>
/// <param name="Account">The account's key.</param>
/// <param name="Reason">Why this account.</param>
/// <param name="Failure">What went wrong, or null.</param>
/// <param name="Decision">What was done about the failure.</param>
/// <param name="Start">Since the request was received.</param>
internal sealed record AttemptRecord(string Account, string Reason, string? Failure, string? Decision, TimeSpan Start, TimeSpan Duration)
{
    /// <summary>What the next attempt omitted or changed; null for nothing.</summary>
    public string? Change { get; init; }
}

/// <summary>One account as it stood when an account was chosen.</summary>
/// <param name="State">In the word of <see cref="Candidate.State"/>.</param>
/// <param name="Left">Percent remaining of its most used window.</param>
internal sealed record CandidateRecord(string Account, string State, DateTimeOffset? Until, string? Detail, int Priority, double? Left, DateTimeOffset? RenewsAt)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Account} {State}{(Until is { } until ? $" until {Times.Iso(until)}" : "")}{(Detail is null ? "" : $" ({Detail})")}{(Left is { } left ? $" {left:0.#} % remaining" : "")}");
}

/// <summary>One choice of an account, with what spoke for and against each.</summary>
/// <param name="Account">Null when none could be chosen.</param>
internal sealed record SelectionRecord(string? Account, string Reason, IReadOnlyList<CandidateRecord> Candidates)
{
    public override string ToString() => $"{Account ?? "no account"}: {Reason}; {string.Join(", ", Candidates)}";
}

/// <summary>What happened in one turn: for the log, the statistics and the dashboard. Never holds a prompt, an answer or a token.</summary>
internal sealed class TurnRecord(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public required string RequestId { get; init; }

    public DateTimeOffset Received { get; } = time.GetUtcNow();

    public required string Path { get; init; }

    public string? UserAgent { get; init; }

    public string RequestedModel { get; set; } = "";

    public string UpstreamModel { get; set; } = "";

    public string Lane { get; set; } = "";

    public bool Streamed { get; set; }

    /// <summary>Why the model's name led where it did.</summary>
    public string RouteReason { get; set; } = "";

    public Effort? Effort { get; set; }

    public string ConversationId { get; set; } = "";

    /// <summary>What the client calls its session, and the subagent in it.</summary>
    public string? Session { get; set; }

    public string? Agent { get; set; }

    public string? Project { get; set; }

    /// <summary>The key of its own that the client presented, as <see cref="KeyName"/> tells it; null for none.</summary>
    public string? Key { get; set; }

    /// <summary>The turn stands beside a conversation.</summary>
    public SideCall? Side { get; set; }

    /// <summary>What was found out about the answer's tool calls; empty when they were not to be judged.</summary>
    public IReadOnlyList<JudgedCall> Checks { get; set; } = [];

    /// <summary>Every choice of an account.</summary>
    public List<SelectionRecord> Selections { get; } = [];

    public List<AttemptRecord> Attempts { get; } = [];

    /// <summary>The key of the account that served, or was tried last.</summary>
    public string? Account { get; set; }

    /// <summary>How long the turn waited for a quota's reset.</summary>
    public TimeSpan Held { get; set; }

    /// <summary>When the request for the backend was ready. This and all that follow: since it was received.</summary>
    public TimeSpan? Converted { get; set; }

    /// <summary>When the last attempt was sent.</summary>
    public TimeSpan? Sent { get; private set; }

    /// <summary>When the backend's headers came.</summary>
    public TimeSpan? Headers { get; set; }

    public TimeSpan? FirstEvent { get; set; }

    /// <summary>When the client was sent the first part of the answer itself.</summary>
    public TimeSpan? FirstOutput { get; set; }

    public TimeSpan Total { get; set; }

    /// <summary>Null when none was sent.</summary>
    public int? Status { get; set; }

    public TurnEnd? End { get; set; }

    public ApiError? Error { get; set; }

    /// <summary>The client went away before the end.</summary>
    public bool ClientLeft { get; set; }

    /// <summary>Since the request was received.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public TimeSpan At(long timestamp) => time.GetElapsedTime(_start, timestamp);

    /// <summary>Another attempt begins: what was seen of the one before no longer counts.</summary>
    public void NoteSent()
    {
        Sent = Elapsed;
        Headers = FirstEvent = null;
    }

    /// <summary>The request for the backend is ready.</summary>
    public void NoteConverted(TurnContext context)
    {
        Converted = Elapsed;
        Effort = context.Effort;
        UpstreamModel = context.Profile.Slug;
        ConversationId = context.ConversationId;
    }

    /// <summary>What is said in the turn, only while the owner wants to see it. Goes nowhere else.</summary>
    public Capture? Capture { get; set; }

    public void Note(Selection selection) => Selections.Add(new SelectionRecord(selection.Account?.Key, selection.Reason,
    [
        .. selection.Candidates.Select(static candidate => new CandidateRecord(
            candidate.Account.Key, candidate.State, candidate.Until, candidate.Detail, candidate.Account.Priority, candidate.Left, candidate.RenewsAt)),
    ]));
}
