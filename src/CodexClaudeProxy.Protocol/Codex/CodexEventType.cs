namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>The upstream events that mean something to us; everything else is <see cref="Other"/>.</summary>
public enum CodexEventType
{
    Other,

    // The handshake: none of these commits us to an answer.
    Created,
    Queued,
    InProgress,
    RateLimits,
    Metadata,
    KeepAlive,

    ItemAdded,
    ItemDone,
    PartAdded,
    PartDone,
    TextDelta,
    TextDone,
    AnnotationAdded,
    RefusalDelta,
    RefusalDone,
    SummaryPartAdded,
    SummaryPartDone,
    SummaryTextDelta,
    SummaryTextDone,
    ReasoningTextDelta,
    ReasoningTextDone,
    ArgumentsDelta,
    ArgumentsDone,
    CustomInputDelta,
    CustomInputDone,
    WebSearchProgress,

    Completed,
    Incomplete,
    Failed,
    Cancelled,
    Done,
    Error,
}

/// <summary>The wire names of <see cref="CodexEventType"/>.</summary>
public static class CodexEventTypes
{
    /// <summary>Until another event comes, a failure can still be answered with an HTTP status.</summary>
    public static bool IsHandshake(this CodexEventType type) =>
        type is >= CodexEventType.Created and <= CodexEventType.KeepAlive;

    public static bool IsDelta(this CodexEventType type) => type is CodexEventType.TextDelta or CodexEventType.RefusalDelta
        or CodexEventType.SummaryTextDelta or CodexEventType.ReasoningTextDelta or CodexEventType.ArgumentsDelta or CodexEventType.CustomInputDelta;

    /// <summary>Other events that are known all the same: progress of hosted tools, none of which carries anything of the answer.</summary>
    public static bool IsForeseen(ReadOnlySpan<byte> name)
    {
        if (!name.StartsWith("response."u8)) return false;
        var rest = name["response.".Length..];
        return rest.StartsWith("image_generation_call."u8) || rest.StartsWith("code_interpreter_call"u8) || rest.StartsWith("file_search_call."u8) ||
            rest.StartsWith("mcp_"u8) || rest.StartsWith("audio."u8);
    }

    /// <summary>Compared by length first: a delta costs one comparison.</summary>
    public static CodexEventType Parse(ReadOnlySpan<byte> name) => name.Length switch
    {
        5 when name.SequenceEqual("error"u8) => CodexEventType.Error,
        9 when name.SequenceEqual("keepalive"u8) => CodexEventType.KeepAlive,
        13 when name.SequenceEqual("response.done"u8) => CodexEventType.Done,
        14 when name.SequenceEqual("response.error"u8) => CodexEventType.Error,
        15 when name.SequenceEqual("response.queued"u8) => CodexEventType.Queued,
        15 when name.SequenceEqual("response.failed"u8) => CodexEventType.Failed,
        16 when name.SequenceEqual("response.created"u8) => CodexEventType.Created,
        17 when name.SequenceEqual("codex.rate_limits"u8) => CodexEventType.RateLimits,
        17 when name.SequenceEqual("response.metadata"u8) => CodexEventType.Metadata,
        18 when name.SequenceEqual("response.completed"u8) => CodexEventType.Completed,
        18 when name.SequenceEqual("response.cancelled"u8) => CodexEventType.Cancelled,
        19 when name.SequenceEqual("response.incomplete"u8) => CodexEventType.Incomplete,
        20 when name.SequenceEqual("response.in_progress"u8) => CodexEventType.InProgress,
        21 when name.SequenceEqual("response.refusal.done"u8) => CodexEventType.RefusalDone,
        22 when name.SequenceEqual("response.refusal.delta"u8) => CodexEventType.RefusalDelta,
        23 when name.SequenceEqual("codex.response.metadata"u8) => CodexEventType.Metadata,
        25 when name.SequenceEqual("response.output_item.done"u8) => CodexEventType.ItemDone,
        25 when name.SequenceEqual("response.output_text.done"u8) => CodexEventType.TextDone,
        26 when name.SequenceEqual("response.output_text.delta"u8) => CodexEventType.TextDelta,
        26 when name.SequenceEqual("response.output_item.added"u8) => CodexEventType.ItemAdded,
        26 when name.SequenceEqual("response.content_part.done"u8) => CodexEventType.PartDone,
        27 when name.SequenceEqual("response.content_part.added"u8) => CodexEventType.PartAdded,
        28 when name.SequenceEqual("response.reasoning_text.done"u8) => CodexEventType.ReasoningTextDone,
        29 when name.SequenceEqual("response.reasoning_text.delta"u8) => CodexEventType.ReasoningTextDelta,
        _ => ParseLong(name),
    };

    private static CodexEventType ParseLong(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("response.function_call_arguments.delta"u8)) return CodexEventType.ArgumentsDelta;
        if (name.SequenceEqual("response.function_call_arguments.done"u8)) return CodexEventType.ArgumentsDone;
        if (name.SequenceEqual("response.reasoning_summary_text.delta"u8)) return CodexEventType.SummaryTextDelta;
        if (name.SequenceEqual("response.reasoning_summary_text.done"u8)) return CodexEventType.SummaryTextDone;
        if (name.SequenceEqual("response.reasoning_summary_part.added"u8)) return CodexEventType.SummaryPartAdded;
        if (name.SequenceEqual("response.reasoning_summary_part.done"u8)) return CodexEventType.SummaryPartDone;
        if (name.SequenceEqual("response.output_text.annotation.added"u8)) return CodexEventType.AnnotationAdded;
        if (name.SequenceEqual("response.custom_tool_call_input.delta"u8)) return CodexEventType.CustomInputDelta;
        if (name.SequenceEqual("response.custom_tool_call_input.done"u8)) return CodexEventType.CustomInputDone;
        if (name.StartsWith("response.web_search_call."u8)) return CodexEventType.WebSearchProgress;
        return name.SequenceEqual("responsesapi.websocket_timing"u8) ? CodexEventType.Metadata : CodexEventType.Other;
    }
}
