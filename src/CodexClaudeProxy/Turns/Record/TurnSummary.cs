using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns.Record;

/// <summary>What of a finished turn goes into the request log.</summary>
internal static class TurnSummary
{
    private const int LongestText = 300;

    public static RequestEntry Of(TurnRecord record, DateTimeOffset ended)
    {
        bool failed = record.Error is not null || record.Status >= StatusCodes.Status400BadRequest;
        RequestOutcome outcome = record.ClientLeft ? RequestOutcome.Left : failed ? RequestOutcome.Failed : RequestOutcome.Ok;
        ApiError? error = outcome == RequestOutcome.Failed ? record.Error : null;
        return new RequestEntry
        {
            Id = record.RequestId,
            Received = record.Received,
            Ended = ended,
            Path = record.Path,
            UserAgent = Text(record.UserAgent),
            RequestedModel = Text(record.RequestedModel),
            UpstreamModel = Text(record.UpstreamModel),
            Lane = Text(record.Lane),
            Effort = record.Effort?.Word(),
            Streamed = record.Streamed,
            Account = record.Account,
            Conversation = Text(record.ConversationId),
            Session = Text(record.Session),
            Agent = Text(record.Agent),
            Project = Text(record.Project),
            SideCall = record.Side?.Word(),
            Key = record.Key,
            Status = record.Status,
            Outcome = outcome,
            StopReason = record.End is { } end ? Word(end.Reason) : null,
            // Only a forwarded answer fails without an error of ours.
            ErrorType = error is not null ? AnthropicError.Word(error.Type) : outcome == RequestOutcome.Failed ? "upstream_error" : null,
            ErrorCode = CodexFailure.AsWord(error?.Code),
            // The backend's own words may quote the prompt: they are for the client alone.
            ErrorMessage = error is null ? null : Text(ErrorText.Clean(error.ForRecord ?? error.Message)),
            Attempts = record.Attempts.Count,
            HeldMs = Milliseconds(record.Held),
            ConnectMs = record.Headers is { } headers && record.Sent is { } sent ? Milliseconds(headers - sent) : null,
            FirstEventMs = Milliseconds(record.FirstEvent),
            FirstTokenMs = Milliseconds(record.FirstOutput),
            TotalMs = Milliseconds(record.Total),
            Tokens = record.End?.Usage is { } usage
                ? new RequestTokens(usage.FreshInput, usage.CacheRead, usage.CacheWritten, usage.Output, usage.Reasoning, usage.IsEstimate)
                : null,
            WebSearches = record.End?.Usage.WebSearches ?? 0,
            Detail = DetailOf(record).ToBytes(),
            Explanations = [.. record.Checks.Select(static check => check.Judgement.Explanation)],
        };
    }

    private static TurnDetail DetailOf(TurnRecord record) => new(
        [.. record.Attempts.Select(Detail)],
        [.. record.Selections.Select(Detail)],
        [
            new TimelinePoint("received", 0), .. Point("converted", record.Converted), .. Point("sent", record.Sent), .. Point("headers", record.Headers),
            .. Point("firstEvent", record.FirstEvent), .. Point("firstToken", record.FirstOutput), .. Point("lastByte", record.Total),
        ],
        new RouteDetail(Text(record.Lane), Text(record.RouteReason)),
        record.Checks.Count > 0 ? [.. record.Checks.Select(Detail)] : null);

    private static AttemptDetail Detail(AttemptRecord attempt) => new(
        attempt.Account, attempt.Reason, Milliseconds(attempt.Start), Milliseconds(attempt.Duration), attempt.Failure, attempt.Decision, Text(attempt.Change));

    private static SelectionDetail Detail(SelectionRecord selection) => new(selection.Account, selection.Reason,
    [
        .. selection.Candidates.Select(static candidate => new CandidateDetail(candidate.Account, candidate.State, candidate.Until, candidate.Detail,
            candidate.Priority, candidate.Left is { } left ? Math.Round(left, 2) : null, candidate.RenewsAt)),
    ]);

    private static CheckDetail Detail(JudgedCall check) =>
        new(Text(check.Call.Tool), CheckWords.Outcome(check.Judgement.Outcome), CheckWords.Step(check.Step), check.Judgement.Rule);

    private static TimelinePoint[] Point(string name, TimeSpan? at) => at is { } time ? [new TimelinePoint(name, Milliseconds(time))] : [];

    private static string Word(StopReason reason) => reason switch
    {
        StopReason.EndTurn => "end_turn",
        StopReason.ToolUse => "tool_use",
        StopReason.MaxTokens => "max_tokens",
        StopReason.StopSequence => "stop_sequence",
        StopReason.Refusal => "refusal",
        _ => "model_context_window_exceeded",
    };

    private static int? Milliseconds(TimeSpan? time) => time is { } known ? Milliseconds(known) : null;

    private static int Milliseconds(TimeSpan time) => (int)Math.Clamp(Math.Round(time.TotalMilliseconds), 0, int.MaxValue);

    /// <summary>Null for what is unknown, and an end for what a client made too long.</summary>
    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text.Length <= LongestText ? text : text[..LongestText] + "…";
}
