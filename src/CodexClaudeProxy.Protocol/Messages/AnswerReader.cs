using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Sse;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>
/// Looks at an answer of Anthropic's on its way to the client, for the request log: the tokens it took, why it ended, and whether it is
/// an error. It keeps no text of the answer.
/// </summary>
public sealed class AnswerReader : IDisposable
{
    /// <summary>A document has its usage at its end.</summary>
    private const int MostKept = 8 * 1024;

    private readonly SseReader? _events;
    private readonly PooledBuffer _tail = new();
    private TurnUsage _usage;
    private bool _hasUsage;

    /// <param name="isStream">The answer is an event stream, and not one document.</param>
    public AnswerReader(bool isStream) => _events = isStream ? new SseReader() : null;

    /// <summary>A part of the answer itself has come, and not only its beginning.</summary>
    public bool HasOutput { get; private set; }

    /// <summary>The stream holds an error.</summary>
    public bool HasFailed { get; private set; }

    private StopReason? Reason { get; set; }

    /// <summary>How the answer ended; null when it did not say so.</summary>
    public TurnEnd? End => Reason is { } reason && _hasUsage ? new TurnEnd(reason, _usage) : null;

    /// <summary>The next bytes, cut anywhere.</summary>
    /// <exception cref="InvalidDataException">This is no answer that can be looked at.</exception>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (_events is null)
        {
            HasOutput |= bytes.Length > 0;
            Keep(bytes);
            return;
        }

        while (_events.TryRead(ref bytes, out ReadOnlySpan<byte> data)) ReadEvent(data);
    }

    /// <summary>The answer is over.</summary>
    public void Complete()
    {
        if (_events is not null || _tail.Length == 0) return;
        ReadOnlySpan<byte> tail = _tail.Written;
        if (ValueOf(tail, "\"usage\""u8) is { } usage) ReadUsage(usage);
        if (ValueOf(tail, "\"stop_reason\""u8) is { ValueKind: JsonValueKind.String } reason) Reason = ReasonOf(reason);
    }

    public void Dispose()
    {
        _events?.Dispose();
        _tail.Dispose();
    }

    private void ReadEvent(ReadOnlySpan<byte> data)
    {
        // The type comes first; an event of a few letters of text is not worth being parsed.
        ReadOnlySpan<byte> beginning = data[..Math.Min(data.Length, 64)];
        if (beginning.IndexOf("\"content_block_delta\""u8) >= 0) HasOutput = true;
        else if (beginning.IndexOf("\"message_start\""u8) >= 0 || beginning.IndexOf("\"message_delta\""u8) >= 0) ReadMessage(data);
        else if (beginning.IndexOf("\"error\""u8) >= 0) HasFailed = true;
    }

    private void ReadMessage(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, JsonDepth.Reader);
        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var message = root.Member("message"u8);
            ReadUsage((message.ValueKind == JsonValueKind.Object ? message : root).Member("usage"u8));
            if (root.Member("delta"u8).Member("stop_reason"u8) is { ValueKind: JsonValueKind.String } reason) Reason = ReasonOf(reason);
        }
        catch (JsonException)
        {
            // The client gets it all the same.
        }
    }

    /// <summary>What a later event tells anew replaces what an earlier one said.</summary>
    private void ReadUsage(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object) return;
        _hasUsage = true;
        _usage = _usage with
        {
            FreshInput = Number(usage, "input_tokens"u8) ?? _usage.FreshInput,
            CacheRead = Number(usage, "cache_read_input_tokens"u8) ?? _usage.CacheRead,
            CacheWritten = Number(usage, "cache_creation_input_tokens"u8) ?? _usage.CacheWritten,
            Output = Number(usage, "output_tokens"u8) ?? _usage.Output,
            Reasoning = Number(usage.Member("output_tokens_details"u8), "thinking_tokens"u8) ?? _usage.Reasoning,
            WebSearches = (int)Math.Min(int.MaxValue, Number(usage.Member("server_tool_use"u8), "web_search_requests"u8) ?? _usage.WebSearches),
        };
    }

    private static long? Number(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) && number >= 0 ? number : null;

    /// <summary>The value of the last member of that name. Inside a text its quotes would be escaped.</summary>
    private static JsonElement? ValueOf(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName)
    {
        int at = json.LastIndexOf(quotedName);
        if (at < 0) return null;
        ReadOnlySpan<byte> rest = json[(at + quotedName.Length)..].TrimStart(" \t\r\n"u8);
        if (rest is not [(byte)':', ..]) return null;
        var reader = new Utf8JsonReader(rest[1..], JsonDepth.Reader);
        try
        {
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_tail.Length + bytes.Length > 2 * MostKept)
        {
            byte[] kept = [.. _tail.Written[Math.Max(0, _tail.Length - MostKept)..]];
            _tail.Clear();
            _tail.Append(kept);
        }

        _tail.Append(bytes[Math.Max(0, bytes.Length - MostKept)..]);
    }

    private static StopReason ReasonOf(JsonElement reason) => reason.GetString() switch
    {
        "tool_use" => StopReason.ToolUse,
        "max_tokens" => StopReason.MaxTokens,
        "stop_sequence" => StopReason.StopSequence,
        "refusal" => StopReason.Refusal,
        "model_context_window_exceeded" => StopReason.ContextWindowExceeded,
        _ => StopReason.EndTurn,
    };
}
