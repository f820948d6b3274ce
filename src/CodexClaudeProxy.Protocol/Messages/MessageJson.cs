using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>The pieces of Anthropic JSON that the event stream and the single message have in common.</summary>
internal static class MessageJson
{
    /// <summary>There is no block for an image in an assistant's message.</summary>
    public static ReadOnlySpan<byte> ImageNote => "[image generated; not representable in this API]"u8;

    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Unique for each response: with a repeated id Claude Code would merge two turns into one.</summary>
    public static string MessageId(string responseId) =>
        responseId.StartsWith("resp_", StringComparison.Ordinal) && responseId.Length > 5
            ? string.Concat("msg_", responseId.AsSpan(5))
            : "msg_" + RandomNumberGenerator.GetString(Base62, 24);

    public static void WriteNumber(this IBufferWriter<byte> output, long number)
    {
        var target = output.GetSpan(20);
        Utf8Formatter.TryFormat(number, target, out var length);
        output.Advance(length);
    }

    public static void WriteToolHead(IBufferWriter<byte> output, in ToolStart tool)
    {
        output.Write("{\"type\":\"tool_use\",\"id\":\""u8);
        output.Write(tool.Id);
        output.Write("\",\"name\":\""u8);
        output.Write(tool.Name);
        if (!tool.Toolset.IsEmpty)
        {
            output.Write("\",\"toolset_name\":\""u8);
            output.Write(tool.Toolset);
        }

        output.Write("\",\"input\":"u8);
    }

    public static void WriteSearchCallHead(IBufferWriter<byte> output, in SearchCall call)
    {
        output.Write("{\"type\":\"server_tool_use\",\"id\":\"srvtoolu_"u8);
        JsonText.Escape(call.Id, output);
        output.Write("\",\"name\":\"web_search\",\"input\":"u8);
    }

    public static void WriteSearchResult(IBufferWriter<byte> output, in SearchCall call)
    {
        output.Write("{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"srvtoolu_"u8);
        JsonText.Escape(call.Id, output);
        output.Write("\",\"caller\":{\"type\":\"direct\"},\"content\":"u8);
        if (call.ErrorCode is { } code)
        {
            output.Write("{\"type\":\"web_search_tool_result_error\",\"error_code\":\""u8);
            JsonText.Escape(code, output);
            output.Write("\"}"u8);
        }
        else
        {
            output.Write("["u8);
            for (var i = 0; i < call.Hits.Count; i++)
            {
                if (i > 0) output.Write(","u8);
                output.Write("{\"type\":\"web_search_result\",\"url\":\""u8);
                output.Write(call.Hits[i].Url);
                output.Write("\",\"title\":\""u8);
                output.Write(call.Hits[i].Title);
                output.Write("\",\"page_age\":null,\"encrypted_content\":\""u8);
                WriteMarker(output, call.Hits[i].Url);
                output.Write("\"}"u8);
            }

            output.Write("]"u8);
        }

        output.Write("}"u8);
    }

    public static void WriteAdvisorCall(IBufferWriter<byte> output, ReadOnlySpan<byte> callId)
    {
        output.Write("{\"type\":\"server_tool_use\",\"id\":\""u8);
        WriteServerId(output, callId);
        output.Write("\",\"name\":\"advisor\",\"input\":{},\"caller\":{\"type\":\"direct\"}}"u8);
    }

    public static void WriteAdvice(IBufferWriter<byte> output, ReadOnlySpan<byte> callId, Advice advice)
    {
        output.Write("{\"type\":\"advisor_tool_result\",\"tool_use_id\":\""u8);
        WriteServerId(output, callId);
        output.Write("\",\"content\":"u8);
        if (advice.ErrorCode is { } code)
        {
            output.Write("{\"type\":\"advisor_tool_result_error\",\"error_code\":"u8);
            WriteNullable(output, code);
        }
        else
        {
            output.Write("{\"type\":\"advisor_result\",\"text\":"u8);
            WriteNullable(output, advice.Text);
            output.Write(",\"stop_reason\":"u8);
            WriteNullable(output, advice.StopReason);
        }

        output.Write("}}"u8);
    }

    public static void WriteCitation(IBufferWriter<byte> output, ReadOnlySpan<byte> url, ReadOnlySpan<byte> title)
    {
        output.Write("{\"type\":\"web_search_result_location\",\"url\":\""u8);
        output.Write(url);
        output.Write("\",\"title\":\""u8);
        output.Write(title);
        output.Write("\",\"cited_text\":\"\",\"encrypted_index\":\""u8);
        WriteMarker(output, url);
        output.Write("\"}"u8);
    }

    /// <summary><c>"stop_reason":…,"stop_sequence":…,"stop_details":…</c></summary>
    public static void WriteStop(IBufferWriter<byte> output, in TurnEnd end)
    {
        output.Write("\"stop_reason\":\""u8);
        output.Write(Word(end.Reason));
        output.Write("\",\"stop_sequence\":"u8);
        WriteNullable(output, end.StopSequence);
        output.Write(",\"stop_details\":"u8);
        if (end.Reason == StopReason.Refusal)
        {
            output.Write("{\"type\":\"refusal\",\"category\":"u8);
            WriteNullable(output, end.RefusalCategory);
            output.Write(",\"explanation\":"u8);
            WriteNullable(output, end.RefusalText);
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
            WriteNullable(output, explanation);
        }

        if (verdict.CitedRule is { } rule)
        {
            output.Write(",\"cited_rule\":{\"type\":\"classifier_context\",\"path\":"u8);
            WriteNullable(output, rule);
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
            WriteNullable(output, model);
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

    private static void WriteServerId(IBufferWriter<byte> output, ReadOnlySpan<byte> callId)
    {
        output.Write("srvtoolu_"u8);
        output.Write(callId.StartsWith("call_"u8) ? callId[5..] : callId);
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

    private static void WriteNullable(IBufferWriter<byte> output, string? text)
    {
        if (text is null)
        {
            output.Write("null"u8);
            return;
        }

        output.Write("\""u8);
        JsonText.Escape(text, output);
        output.Write("\""u8);
    }

    /// <summary>An opaque, never empty mark for a page, recognisable as ours when the client sends it back.</summary>
    private static void WriteMarker(IBufferWriter<byte> output, ReadOnlySpan<byte> escapedUrl)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(JsonText.ToString(escapedUrl)), hash);
        output.Write("cx1."u8);
        var target = output.GetSpan(Base64Url.GetEncodedLength(hash.Length));
        Base64Url.EncodeToUtf8(hash, target);
        output.Advance(22);
    }
}
