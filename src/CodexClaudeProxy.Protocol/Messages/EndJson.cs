using System.Buffers;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>How an answer ended and what it took, as the event stream and the single message both tell it.</summary>
internal static class EndJson
{
    /// <summary><c>"stop_reason":…,"stop_sequence":…,"stop_details":…</c></summary>
    public static void WriteStop(IBufferWriter<byte> output, in TurnEnd end)
    {
        output.Write("\"stop_reason\":\""u8);
        output.Write(Word(end.Reason));
        output.Write("\",\"stop_sequence\":"u8);
        output.WriteNullable(end.StopSequence);
        output.Write(",\"stop_details\":"u8);
        if (end.Reason == StopReason.Refusal)
        {
            output.Write("{\"type\":\"refusal\",\"category\":"u8);
            output.WriteNullable(end.RefusalCategory);
            output.Write(",\"explanation\":"u8);
            output.WriteNullable(end.RefusalText);
            output.Write("}"u8);
        }
        else
        {
            output.Write("null"u8);
        }
    }

    /// <summary>
    /// The verdicts on the answer's tool calls. A call that nobody judged is left out: the client then decides by itself or asks its
    /// user. Any word for such a call would refuse it, and no word at all would turn the client's check off.
    /// </summary>
    public static void WriteSafeguards(IBufferWriter<byte> output, IReadOnlyList<CallVerdict> verdicts)
    {
        output.Write(",\"safeguard_results\":[{\"type\":\"dangerous_tool_use\",\"status\":{\"type\":\"available\",\"tool_uses\":{"u8);
        for (var i = 0; i < verdicts.Count; i++)
        {
            output.Write(i > 0 ? ",\""u8 : "\""u8);
            output.Write(verdicts[i].CallId);
            output.Write("\":"u8);
            WriteVerdict(output, verdicts[i]);
        }

        output.Write("}}}]"u8);
    }

    private static void WriteVerdict(IBufferWriter<byte> output, CallVerdict verdict)
    {
        if (verdict.Outcome == CallOutcome.Truncated)
        {
            output.Write("{\"type\":\"unavailable\",\"reason\":\"truncated\"}"u8);
            return;
        }

        output.Write("{\"type\":\"evaluated\",\"outcome\":"u8);
        output.Write(verdict.Outcome == CallOutcome.Flagged ? "\"flagged\""u8 : "\"not_flagged\""u8);
        if (verdict.Explanation is { } explanation)
        {
            output.Write(",\"explanation\":"u8);
            output.WriteNullable(explanation);
        }

        if (verdict.CitedRule is { } rule)
        {
            output.Write(",\"cited_rule\":{\"type\":\"classifier_context\",\"path\":"u8);
            output.WriteNullable(rule);
            output.Write("}"u8);
        }

        output.Write("}"u8);
    }

    public static void WriteAppliedEdits(IBufferWriter<byte> output, ClearedToolUses? cleared)
    {
        output.Write(",\"context_management\":{\"applied_edits\":["u8);
        if (cleared is { } edit)
        {
            output.Write("{\"type\":\"clear_tool_uses_20250919\",\"cleared_tool_uses\":"u8);
            output.WriteNumber(edit.Uses);
            output.Write(",\"cleared_input_tokens\":"u8);
            output.WriteNumber(edit.InputTokens);
            output.Write("}"u8);
        }

        output.Write("]}"u8);
    }

    /// <param name="whole">With the members only a complete message has.</param>
    public static void WriteUsage(IBufferWriter<byte> output, in TurnUsage usage, bool whole)
    {
        output.Write("{\"input_tokens\":"u8);
        output.WriteNumber(usage.FreshInput);
        output.Write(",\"cache_creation_input_tokens\":"u8);
        output.WriteNumber(usage.CacheWritten);
        output.Write(",\"cache_read_input_tokens\":"u8);
        output.WriteNumber(usage.CacheRead);
        if (whole)
        {
            output.Write(",\"cache_creation\":{\"ephemeral_5m_input_tokens\":"u8);
            output.WriteNumber(usage.CacheWritten);
            output.Write(",\"ephemeral_1h_input_tokens\":0}"u8);
        }

        output.Write(",\"output_tokens\":"u8);
        output.WriteNumber(usage.Output);
        output.Write(",\"output_tokens_details\":{\"thinking_tokens\":"u8);
        output.WriteNumber(usage.Reasoning);
        output.Write("},\"server_tool_use\":"u8);
        if (usage.WebSearches > 0)
        {
            output.Write("{\"web_search_requests\":"u8);
            output.WriteNumber(usage.WebSearches);
            output.Write(",\"web_fetch_requests\":0}"u8);
        }
        else
        {
            output.Write("null"u8);
        }

        if (whole)
        {
            output.Write(",\"service_tier\":"u8);
            output.Write(usage.Fast ? "\"priority\""u8 : "\"standard\""u8);
            output.Write(",\"inference_geo\":null"u8);
        }

        if (usage.Iterations is { } iterations) WriteIterations(output, iterations);
        if (usage.Fast) output.Write(",\"speed\":\"fast\""u8);
        output.Write("}"u8);
    }

    private static void WriteIterations(IBufferWriter<byte> output, IReadOnlyList<TurnIteration> iterations)
    {
        output.Write(",\"iterations\":["u8);
        for (var i = 0; i < iterations.Count; i++)
        {
            var (model, usage, isAdvisor) = iterations[i];
            if (i > 0) output.Write(","u8);
            output.Write(isAdvisor ? "{\"type\":\"advisor_message\",\"model\":"u8 : "{\"type\":\"message\",\"model\":"u8);
            output.WriteNullable(model);
            output.Write(",\"input_tokens\":"u8);
            output.WriteNumber(usage.FreshInput);
            output.Write(",\"cache_creation_input_tokens\":"u8);
            output.WriteNumber(usage.CacheWritten);
            output.Write(",\"cache_read_input_tokens\":"u8);
            output.WriteNumber(usage.CacheRead);
            output.Write(",\"cache_creation\":{\"ephemeral_5m_input_tokens\":"u8);
            output.WriteNumber(usage.CacheWritten);
            output.Write(",\"ephemeral_1h_input_tokens\":0},\"output_tokens\":"u8);
            output.WriteNumber(usage.Output);
            output.Write("}"u8);
        }

        output.Write("]"u8);
    }

    private static ReadOnlySpan<byte> Word(StopReason reason) => reason switch
    {
        StopReason.ToolUse => "tool_use"u8,
        StopReason.MaxTokens => "max_tokens"u8,
        StopReason.StopSequence => "stop_sequence"u8,
        StopReason.Refusal => "refusal"u8,
        StopReason.ContextWindowExceeded => "model_context_window_exceeded"u8,
        _ => "end_turn"u8,
    };
}
