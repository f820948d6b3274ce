using System.Text.Json.Serialization;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Turns.Record;

namespace CodexClaudeProxy.Endpoints;

/// <summary>
/// One request with all that is known of it: the members of its <see cref="RequestRow"/>, with the attempts themselves in place of their
/// number. Attempts, selections, timeline and route are null when the log does not have them any more.
/// </summary>
/// <param name="row">The request's row.</param>
/// <param name="detail">Null when the log does not have it any more.</param>
/// <param name="explanations">What belongs to the checks, as long as the request is in memory.</param>
/// <param name="captured">The bodies are in memory.</param>
/// <param name="cost">Null when the request told no usage.</param>
internal sealed class RequestDetail(RequestRow row, TurnDetail? detail, IReadOnlyList<string?> explanations, bool captured, CostLine? cost)
{
    public string Id => row.Id;

    public DateTimeOffset Received => row.Received;

    public string Path => row.Path;

    public string? Client => row.Client;

    public string? UserAgent => row.UserAgent;

    public string? RequestedModel => row.RequestedModel;

    public string? UpstreamModel => row.UpstreamModel;

    public string? Lane => row.Lane;

    public string? Effort => row.Effort;

    public bool Streamed => row.Streamed;

    public string? Account => row.Account;

    public string? AccountLabel => row.AccountLabel;

    public string? Conversation => row.Conversation;

    public string? Session => row.Session;

    public string? Agent => row.Agent;

    public string? Project => row.Project;

    public string? SideCall => row.SideCall;

    public string? Key => row.Key;

    public string? KeyName => row.KeyName;

    public int? Status => row.Status;

    public string Outcome => row.Outcome;

    public string? StopReason => row.StopReason;

    public string? ErrorType => row.ErrorType;

    public string? ErrorCode => row.ErrorCode;

    public string? ErrorMessage => row.ErrorMessage;

    public int HeldMs => row.HeldMs;

    public int? ConnectMs => row.ConnectMs;

    public int? FirstEventMs => row.FirstEventMs;

    public int? FirstTokenMs => row.FirstTokenMs;

    public int TotalMs => row.TotalMs;

    public RequestTokens? Tokens => row.Tokens;

    public double? Usd => row.Usd;

    /// <summary>The equation behind <c>usd</c>; null when the request told no usage.</summary>
    public CostLine? Cost => cost;

    public int WebSearches => row.WebSearches;

    /// <summary>Every try, in their order.</summary>
    public IReadOnlyList<AttemptDetail>? Attempts => detail?.Attempts;

    /// <summary>Every choice of an account, in their order.</summary>
    public IReadOnlyList<SelectionDetail>? Selections => detail?.Selections;

    /// <summary>When what happened, in its order.</summary>
    public IReadOnlyList<TimelinePoint>? Timeline => detail?.Timeline;

    /// <summary>Where the model's name led.</summary>
    public RouteDetail? Route => detail?.Route;

    /// <summary>What was found out about the answer's tool calls; absent when none was to be judged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IEnumerable<ShownCheck>? Checks => detail?.Checks?.Select((check, i) =>
        new ShownCheck(check.Tool, check.Outcome, check.Step, check.Rule, i < explanations.Count ? explanations[i] : null));

    /// <summary>The bodies can be had from <c>/api/requests/{id}/bodies</c>.</summary>
    public bool Capture => captured;
}

/// <summary>A judged tool call.</summary>
/// <param name="Tool">The tool's name; null for none.</param>
/// <param name="Outcome"><c>flagged</c> or <c>not_flagged</c>; null when the client was told nothing.</param>
/// <param name="Step">How it came about, such as <c>judged</c> or <c>remembered</c>.</param>
/// <param name="Rule">The rule that decided; null for none.</param>
/// <param name="Explanation">The judge's own words; null for none, and once the request is not in memory any more.</param>
internal sealed record ShownCheck(string? Tool, string? Outcome, string? Step, string? Rule, string? Explanation);
