using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns;

/// <summary>What of a finished turn goes into the request log.</summary>
internal static class TurnSummary
{
    private const int LongestText = 300;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
            Detail = DetailOf(record),
            Explanations = [.. record.Checks.Select(static check => check.Judgement.Explanation)],
        };
    }

    private static byte[] DetailOf(TurnRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteStartArray("attempts"u8);
            foreach (AttemptRecord attempt in record.Attempts) Write(json, attempt);
            json.WriteEndArray();
            json.WriteStartArray("selections"u8);
            foreach (SelectionRecord selection in record.Selections) Write(json, selection);
            json.WriteEndArray();
            json.WriteStartArray("timeline"u8);
            WritePoint(json, "received"u8, TimeSpan.Zero);
            WritePoint(json, "converted"u8, record.Converted);
            WritePoint(json, "sent"u8, record.Sent);
            WritePoint(json, "headers"u8, record.Headers);
            WritePoint(json, "firstEvent"u8, record.FirstEvent);
            WritePoint(json, "firstToken"u8, record.FirstOutput);
            WritePoint(json, "lastByte"u8, record.Total);
            json.WriteEndArray();
            json.WriteStartObject("route"u8);
            json.WriteString("lane"u8, Text(record.Lane));
            json.WriteString("reason"u8, Text(record.RouteReason));
            json.WriteEndObject();
            if (record.Checks.Count > 0)
            {
                json.WriteStartArray("checks"u8);
                foreach (JudgedCall check in record.Checks) Write(json, check);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, AttemptRecord attempt)
    {
        json.WriteStartObject();
        json.WriteString("account"u8, attempt.Account);
        json.WriteString("reason"u8, attempt.Reason);
        json.WriteNumber("startMs"u8, Milliseconds(attempt.Start));
        json.WriteNumber("durationMs"u8, Milliseconds(attempt.Duration));
        json.WriteString("failure"u8, attempt.Failure);
        json.WriteString("decision"u8, attempt.Decision);
        if (attempt.Change is not null) json.WriteString("change"u8, Text(attempt.Change));
        json.WriteEndObject();
    }

    /// <summary>Never what the call or its explanation says: this goes into a file.</summary>
    private static void Write(Utf8JsonWriter json, JudgedCall check)
    {
        json.WriteStartObject();
        json.WriteString("tool"u8, Text(check.Call.Tool));
        json.WriteString("outcome"u8, CheckWords.Outcome(check.Judgement.Outcome));
        json.WriteString("step"u8, CheckWords.Step(check.Step));
        json.WriteString("rule"u8, check.Judgement.Rule);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SelectionRecord selection)
    {
        json.WriteStartObject();
        json.WriteString("account"u8, selection.Account);
        json.WriteString("reason"u8, selection.Reason);
        json.WriteStartArray("candidates"u8);
        foreach (CandidateRecord candidate in selection.Candidates)
        {
            json.WriteStartObject();
            json.WriteString("account"u8, candidate.Account);
            json.WriteString("state"u8, candidate.State);
            Times.Write(json, "until", candidate.Until);
            json.WriteString("detail"u8, candidate.Detail);
            json.WriteNumber("priority"u8, candidate.Priority);
            if (candidate.Left is { } left) json.WriteNumber("leftPercent"u8, Math.Round(left, 2));
            else json.WriteNull("leftPercent"u8);
            Times.Write(json, "renewsAt", candidate.RenewsAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePoint(Utf8JsonWriter json, ReadOnlySpan<byte> name, TimeSpan? at)
    {
        if (at is not { } time) return;
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteNumber("atMs"u8, Milliseconds(time));
        json.WriteEndObject();
    }

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
