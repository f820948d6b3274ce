using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>The rules on top-level members that need no knowledge of the model. Throws <see cref="InvalidRequestException"/>.</summary>
internal static class ChatRules
{
    private const int MostMessages = 100_000;

    /// <summary>Every member this server understands or ignores on purpose; others are counted as drift.</summary>
    private static readonly HashSet<string> Known =
    [
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "presence_penalty",
        "frequency_penalty", "seed", "logit_bias", "prediction", "user", "safety_identifier", "metadata", "store", "moderation", "prompt_cache_options",
        "prompt_cache_retention", "n", "logprobs", "top_logprobs", "modalities", "audio", "reasoning_effort", "reasoning", "include_reasoning",
        "verbosity", "response_format", "tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "web_search_options",
        "service_tier", "prompt_cache_key",
    ];

    public static void Check(JsonElement root)
    {
        if (!root.IsObject()) throw new InvalidRequestException("The request body must be a JSON object");
        Messages(root);
        if (root.Member("n"u8) is { ValueKind: JsonValueKind.Number } n && n.TryGetDouble(out var count) && count > 1)
            throw Refused("n: only 1 is supported", "n");
        if (root.IsTrue("logprobs"u8)) throw Refused("logprobs are not supported", "logprobs");
        if (root.Member("top_logprobs"u8) is { ValueKind: JsonValueKind.Number } top && top.TryGetDouble(out var most) && most > 0)
            throw Refused("logprobs are not supported", "top_logprobs");
        if (root.Member("audio"u8).Exists()) throw Refused("audio output is not supported", "audio");
        if (root.Member("modalities"u8) is { ValueKind: JsonValueKind.Array } kinds && kinds.EnumerateArray().Any(static kind => kind.IsString() && kind.ValueEquals("audio"u8)))
            throw Refused("audio output is not supported", "modalities");
        Stop(root.Member("stop"u8));
    }

    public static string Model(JsonElement root) => root.Text("model"u8) is { Length: > 0 } model
        ? model
        : throw Refused("you must provide a model parameter", "model", "missing_required_parameter");

    public static int? MaxTokens(JsonElement root) => Limit(root, "max_completion_tokens") ?? Limit(root, "max_tokens");

    /// <summary>Members nobody here has heard of.</summary>
    public static IEnumerable<string> UnknownMembers(JsonElement root) =>
        root.EnumerateObject().Where(static member => !Known.Contains(member.Name)).Select(static member => member.Name);

    internal static InvalidRequestException Refused(string message, string? param = null, string? code = null) =>
        new(ApiError.Invalid(message, param) with { Code = code });

    private static int? Limit(JsonElement root, string name)
    {
        var value = root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : default;
        if (!value.Exists()) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var tokens))
            throw Refused($"Invalid type for '{name}': expected an integer.", name, "invalid_type");
        return tokens >= 1
            ? (int)Math.Min(tokens, int.MaxValue)
            : throw Refused($"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got {tokens} instead.", name, "integer_below_min_value");
    }

    private static void Messages(JsonElement root)
    {
        var messages = root.Member("messages"u8);
        if (!messages.Exists()) throw Refused("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
        if (!messages.IsArray()) throw Refused("Invalid type for 'messages': expected an array of objects.", "messages", "invalid_type");
        var count = messages.GetArrayLength();
        if (count == 0) throw Refused("Invalid 'messages': empty array. Expected an array with minimum length 1.", "messages", "empty_array");
        if (count > MostMessages)
            throw Refused($"Invalid 'messages': array too long. Expected an array with maximum length {MostMessages}.", "messages", "array_above_max_length");
    }

    private static void Stop(JsonElement stop)
    {
        if (!stop.Exists() || stop.IsString()) return;
        if (!stop.IsArray() || stop.EnumerateArray().Any(static one => !one.IsString()))
            throw Refused("Invalid type for 'stop': expected a string or an array of strings.", "stop", "invalid_type");
    }
}
