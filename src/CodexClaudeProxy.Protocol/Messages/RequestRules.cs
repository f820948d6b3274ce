using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>The rules on top-level members that need no knowledge of the model. Throws <see cref="InvalidRequestException"/>.</summary>
internal static class RequestRules
{
    private const int MostMessages = 100_000;

    /// <summary>Every member this server understands or ignores on purpose; others are counted as drift.</summary>
    private static readonly HashSet<string> Known =
    [
        "model", "max_tokens", "messages", "system", "stream", "tools", "tool_choice", "thinking", "output_config", "output_format",
        "temperature", "top_p", "top_k", "stop_sequences", "metadata", "service_tier", "speed", "inference_geo", "container",
        "context_management", "compaction", "mcp_servers", "cache_control", "diagnostics", "thread", "fallbacks",
        "fallback_credit_token", "billing_policy", "betas", "safeguards",
    ];

    public static void Check(JsonElement root)
    {
        if (!root.IsObject()) throw new InvalidRequestException("The request body must be a JSON object");
        Thread(root);
        Messages(root);
        StopSequences(root);
        if (root.Member("mcp_servers"u8) is { ValueKind: JsonValueKind.Array } servers && servers.GetArrayLength() > 0)
            throw new InvalidRequestException("mcp_servers: remote MCP servers are not supported by this server");
        if (root.Member("container"u8).Member("skills"u8).Exists())
            throw new InvalidRequestException("container.skills: not supported by this server");
        if (root.Member("compaction"u8).Exists())
            throw new InvalidRequestException("compaction: not supported by this server");
    }

    public static string Model(JsonElement root)
    {
        var model = root.Member("model"u8);
        if (!model.Exists()) throw new InvalidRequestException("model: Field required");
        if (!model.IsString()) throw new InvalidRequestException("model: Input should be a valid string");
        var name = model.GetString()!;
        return name.Length > 0 ? name : throw new InvalidRequestException("model: String should have at least 1 character");
    }

    public static int MaxTokens(JsonElement root)
    {
        var value = root.Member("max_tokens"u8);
        if (!value.Exists()) throw new InvalidRequestException("max_tokens: Field required");
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var tokens))
            throw new InvalidRequestException("max_tokens: Input should be a valid integer");
        if (tokens < 0) throw new InvalidRequestException("max_tokens: Input should be greater than or equal to 0");
        return (int)Math.Min(tokens, int.MaxValue);
    }

    /// <summary>Members nobody here has heard of.</summary>
    public static IEnumerable<string> UnknownMembers(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (!Known.Contains(member.Name)) yield return member.Name;
        }
    }

    // The tool runner of the SDK repeats without threads and with the whole history only when it reads exactly this code.
    private static void Thread(JsonElement root)
    {
        if (!root.Member("thread"u8).Exists()) return;
        throw new InvalidRequestException(ApiError.Invalid("thread: not supported by this server") with
        {
            DetailsCode = "thread_unsupported_request",
            Unsupported = ["thread"],
        });
    }

    private static void Messages(JsonElement root)
    {
        var messages = root.Member("messages"u8);
        if (!messages.Exists()) throw new InvalidRequestException("messages: Field required");
        if (!messages.IsArray()) throw new InvalidRequestException("messages: Input should be a valid list");
        var count = messages.GetArrayLength();
        if (count == 0) throw new InvalidRequestException("messages: at least one message is required");
        if (count > MostMessages) throw new InvalidRequestException($"messages: at most {MostMessages} messages are allowed");
    }

    private static void StopSequences(JsonElement root)
    {
        var sequences = root.Member("stop_sequences"u8);
        if (!sequences.Exists()) return;
        if (!sequences.IsArray()) throw new InvalidRequestException("stop_sequences: Input should be a valid list");
        foreach (var sequence in sequences.EnumerateArray())
        {
            if (!sequence.IsString()) throw new InvalidRequestException("stop_sequences: Input should be a valid string");
            if (RawText.IsBlank(RawText.Of(sequence)))
                throw new InvalidRequestException("stop_sequences: each stop sequence must contain non-whitespace");
        }
    }
}
