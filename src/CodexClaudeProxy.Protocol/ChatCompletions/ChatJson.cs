using System.Buffers;
using System.Security.Cryptography;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>The pieces of JSON that chunks and the single completion have in common.</summary>
internal static class ChatJson
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string CompletionId(string responseId) =>
        responseId.StartsWith("resp_", StringComparison.Ordinal) && responseId.Length > 5
            ? string.Concat("chatcmpl-", responseId.AsSpan(5))
            : "chatcmpl-" + RandomNumberGenerator.GetString(Base62, 24);

    /// <summary><c>"id":…,"object":…,"created":…,"model":…</c></summary>
    public static void WriteHead(IBufferWriter<byte> output, in TurnStart start, ReadOnlySpan<byte> kind)
    {
        output.Write("\"id\":\""u8);
        JsonText.Escape(CompletionId(start.ResponseId), output);
        output.Write("\",\"object\":\""u8);
        output.Write(kind);
        output.Write("\",\"created\":"u8);
        output.WriteNumber(start.Created);
        output.Write(",\"model\":\""u8);
        JsonText.Escape(start.Model, output);
        output.Write("\""u8);
    }

    public static ReadOnlySpan<byte> FinishReason(in TurnEnd end, bool legacyFunctions) => end.Reason switch
    {
        StopReason.MaxTokens or StopReason.ContextWindowExceeded => "length"u8,
        StopReason.Refusal when end.Filtered => "content_filter"u8,
        StopReason.ToolUse => legacyFunctions ? "function_call"u8 : "tool_calls"u8,
        _ => "stop"u8,
    };

    /// <summary>Unlike Anthropic's, this input includes what came from the cache.</summary>
    public static void WriteUsage(IBufferWriter<byte> output, in TurnUsage usage)
    {
        var prompt = usage.FreshInput + usage.CacheRead + usage.CacheWritten;
        output.Write("{\"prompt_tokens\":"u8);
        output.WriteNumber(prompt);
        output.Write(",\"completion_tokens\":"u8);
        output.WriteNumber(usage.Output);
        output.Write(",\"total_tokens\":"u8);
        output.WriteNumber(prompt + usage.Output);
        output.Write(",\"prompt_tokens_details\":{\"cached_tokens\":"u8);
        output.WriteNumber(usage.CacheRead);
        output.Write(",\"audio_tokens\":0"u8);
        if (usage.CacheWritten > 0)
        {
            output.Write(",\"cache_write_tokens\":"u8);
            output.WriteNumber(usage.CacheWritten);
        }

        output.Write("},\"completion_tokens_details\":{\"reasoning_tokens\":"u8);
        output.WriteNumber(usage.Reasoning);
        output.Write(",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}"u8);
    }

    /// <summary>The member <c>images</c> with one image.</summary>
    public static void WriteImage(IBufferWriter<byte> output, ReadOnlySpan<byte> base64)
    {
        output.Write("{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"u8);
        output.Write(base64);
        output.Write("\"}}"u8);
    }
}
