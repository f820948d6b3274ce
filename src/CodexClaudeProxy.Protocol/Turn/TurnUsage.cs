using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>Token numbers of one turn. The three kinds of input are disjoint and add up to what the backend counted.</summary>
public readonly record struct TurnUsage
{
    /// <summary>Input that was neither read from nor written to the backend's cache.</summary>
    public long FreshInput { get; init; }

    public long CacheRead { get; init; }

    public long CacheWritten { get; init; }

    /// <summary>Output, reasoning included.</summary>
    public long Output { get; init; }

    public long Reasoning { get; init; }

    public int WebSearches { get; init; }

    /// <summary>Our own numbers, because the backend gave none.</summary>
    public bool IsEstimate { get; init; }

    public bool Fast { get; init; }

    /// <summary>What each response took, in their order, where the turn took several and these numbers are a sum; else null.</summary>
    public IReadOnlyList<TurnIteration>? Iterations { get; init; }

    /// <summary>The tokens of both.</summary>
    public TurnUsage Plus(in TurnUsage other) => this with
    {
        FreshInput = FreshInput + other.FreshInput,
        CacheRead = CacheRead + other.CacheRead,
        CacheWritten = CacheWritten + other.CacheWritten,
        Output = Output + other.Output,
        Reasoning = Reasoning + other.Reasoning,
        IsEstimate = IsEstimate || other.IsEstimate,
    };

    /// <summary>Reads the backend's <c>usage</c> object; false when it is empty or says nothing. Chat Completions names are understood too.</summary>
    public static bool TryParse(ReadOnlySpan<byte> usageJson, out TurnUsage usage)
    {
        usage = default;
        if (usageJson.IsEmpty) return false;

        var reader = new Utf8JsonReader(usageJson, JsonDepth.Reader);
        using var document = JsonDocument.ParseValue(ref reader);
        var json = document.RootElement;
        var input = Number(json, "input_tokens") ?? Number(json, "prompt_tokens");
        var output = Number(json, "output_tokens") ?? Number(json, "completion_tokens");
        if (input is null && output is null) return false;

        var inputDetails = Details(json, "input_tokens_details", "prompt_tokens_details");
        var outputDetails = Details(json, "output_tokens_details", "completion_tokens_details");
        var read = Number(inputDetails, "cached_tokens") ?? 0;
        var written = Number(inputDetails, "cache_write_tokens") ?? 0;
        usage = new TurnUsage
        {
            FreshInput = Math.Max(0, (input ?? 0) - read - written),
            CacheRead = read,
            CacheWritten = written,
            Output = output ?? 0,
            Reasoning = Number(outputDetails, "reasoning_tokens") ?? 0,
        };
        return true;
    }

    private static JsonElement Details(JsonElement usage, string name, string otherName) =>
        usage.TryGetProperty(name, out var details) || usage.TryGetProperty(otherName, out details) ? details : default;

    private static long? Number(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0
            ? number
            : null;
}
