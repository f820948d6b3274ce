using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Turns.Record;

/// <summary>What the request log keeps of a turn beside its row, in memory and in a file: never a word of what was said.</summary>
/// <param name="Attempts">Every try, in their order.</param>
/// <param name="Selections">Every choice of an account, in their order.</param>
/// <param name="Timeline">When what happened, in its order.</param>
/// <param name="Route">Where the model's name led.</param>
/// <param name="Checks">What was found out about the answer's tool calls; absent when none was to be judged.</param>
internal sealed record TurnDetail(
    IReadOnlyList<AttemptDetail>? Attempts, IReadOnlyList<SelectionDetail>? Selections, IReadOnlyList<TimelinePoint>? Timeline, RouteDetail? Route,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CheckDetail>? Checks)
{
    public byte[] ToBytes() => JsonLine.ToBytes(this, RecordContext.Default.TurnDetail);

    /// <summary>Null for what is not there, and for what another version may have written that this one does not understand.</summary>
    public static TurnDetail? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return json.IsEmpty ? null : JsonSerializer.Deserialize(json.Span, RecordContext.Default.TurnDetail);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One try of a turn on one account.</summary>
/// <param name="Account">The account's key.</param>
/// <param name="Reason">Why this account.</param>
/// <param name="StartMs">Milliseconds since the request was received.</param>
/// <param name="DurationMs">How many milliseconds it took.</param>
/// <param name="Failure">What went wrong; null for nothing.</param>
/// <param name="Decision">What was done about the failure; null for nothing.</param>
/// <param name="Change">What the next attempt omitted or changed; absent for nothing.</param>
internal sealed record AttemptDetail(
    string? Account, string? Reason, int StartMs, int DurationMs, string? Failure, string? Decision,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Change);

/// <summary>One choice of an account.</summary>
/// <param name="Account">The key of the one that was chosen; null when none could be.</param>
/// <param name="Reason">Why.</param>
/// <param name="Candidates">Every account as it stood then.</param>
internal sealed record SelectionDetail(string? Account, string? Reason, IReadOnlyList<CandidateDetail>? Candidates);

/// <summary>One account as it stood when an account was chosen.</summary>
/// <param name="Account">The account's key.</param>
/// <param name="State">Whether it could serve, and if not, why.</param>
/// <param name="Until">When that state ends; null when it does not, or when that is not known.</param>
/// <param name="Detail">More about the state; null for nothing.</param>
/// <param name="Priority">The account's priority; the lowest is served first.</param>
/// <param name="LeftPercent">What remained of the window that decided, the tightest one as a rule, 0 to 100; null when that is not known.</param>
/// <param name="RenewsAt">When that window resets; null when that is not known.</param>
internal sealed record CandidateDetail(string? Account, string? State, DateTimeOffset? Until, string? Detail, int Priority, double? LeftPercent, DateTimeOffset? RenewsAt);

/// <summary>A moment of a turn.</summary>
/// <param name="Name"><c>received</c>, <c>converted</c>, <c>sent</c>, <c>headers</c>, <c>firstEvent</c>, <c>firstToken</c> or <c>lastByte</c>.</param>
/// <param name="AtMs">Milliseconds since the request was received.</param>
internal sealed record TimelinePoint(string? Name, int AtMs);

/// <summary>Where the model's name led.</summary>
/// <param name="Lane">Which of the rules for model names was used, such as <c>opus</c> or <c>exact</c>; null when the request did not get so far.</param>
/// <param name="Reason">Why; null when the request did not get so far.</param>
internal sealed record RouteDetail(string? Lane, string? Reason);

/// <summary>A judged tool call: never what the call or its explanation says, since this goes into a file.</summary>
/// <param name="Tool">The tool's name; null for none.</param>
/// <param name="Outcome"><c>flagged</c> or <c>not_flagged</c>; null when the client was told nothing.</param>
/// <param name="Step">How it came about, such as <c>judged</c> or <c>remembered</c>.</param>
/// <param name="Rule">The rule that decided; null for none.</param>
internal sealed record CheckDetail(string? Tool, string? Outcome, string? Step, string? Rule);
