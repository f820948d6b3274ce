using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>Token counts of one answer. Cached and cache-write tokens are part of the input, reasoning tokens part of the output.</summary>
public sealed record TokenUsage(int Input, int Output, int Cached = 0, int Reasoning = 0, int? CacheWrite = null)
{
    public static TokenUsage Default { get; } = new(Input: 100, Output: 7, Cached: 40, Reasoning: 3);

    internal JsonObject ToJson()
    {
        JsonObject inputDetails = new() { ["cached_tokens"] = Cached };
        if (CacheWrite is { } write) inputDetails["cache_write_tokens"] = write;
        return new JsonObject
        {
            ["input_tokens"] = Input,
            ["input_tokens_details"] = inputDetails,
            ["output_tokens"] = Output,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = Reasoning },
            ["total_tokens"] = Input + Output,
        };
    }

    /// <summary>The same counts in the words of Chat Completions.</summary>
    internal JsonObject ToChatJson() =>
        new() { ["prompt_tokens"] = Input, ["completion_tokens"] = Output, ["total_tokens"] = Input + Output };
}
