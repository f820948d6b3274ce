using System.Buffers;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>The body for the backend's <c>/responses</c>, made from one Chat Completions request: a pure function.</summary>
public static class ChatConversion
{
    /// <param name="request">Stays in use until the turn is over: <paramref name="context"/> refers to its tools.</param>
    /// <param name="profile">The model to send it to.</param>
    /// <param name="options">Switches, and what only this attempt knows.</param>
    /// <param name="body">Receives the body; after a failure it may hold a part of one.</param>
    /// <param name="context">What the answer side needs.</param>
    /// <param name="error">Why the request cannot be carried.</param>
    public static bool TryConvert(
        ChatRequest request,
        ModelProfile profile,
        ConversionOptions options,
        IBufferWriter<byte> body,
        out TurnContext? context,
        out ApiError? error) =>
        InvalidRequestException.Try(() => Convert(request, profile, options, body), out context, out error);

    private static TurnContext Convert(ChatRequest request, ModelProfile profile, ConversionOptions options, IBufferWriter<byte> body)
    {
        // 1. Look the whole conversation over once, and decide everything that does not depend on the text.
        using var plan = new ChatPlan(request, profile, options);

        // 2. The instructions come first on the wire; they name the conversation where the client does not.
        using var instructions = new PooledBuffer();
        plan.WriteInstructions(instructions);
        var given = request.Root.Text("prompt_cache_key"u8) is { Length: > 0 } key ? key : null;
        var conversationId = plan.Conversion.ConversationId = given ?? CacheKey.ConversationId(request.Root, session: null, instructions.Written);
        var cacheKey = given is null ? CacheKey.Create(conversationId, null, profile.Slug) : CacheKey.OfClient(given);

        // 3. Write it all in one go.
        using var writer = new Utf8JsonWriter(body, WireJson.Options);
        var input = new ChatInput(plan.Conversion, plan.Index, writer);
        WriteBody(plan, input, instructions.Written, cacheKey, writer);

        // 4. Keep what the answer needs.
        return ContextOf(request, plan, input, cacheKey);
    }

    private static void WriteBody(ChatPlan plan, ChatInput input, ReadOnlySpan<byte> instructions, string cacheKey, Utf8JsonWriter writer)
    {
        var conversion = plan.Conversion;
        writer.WriteStartObject();
        writer.WriteString("model"u8, conversion.Profile.Slug);
        WriteInput(plan, input, instructions, writer);
        WriteTools(plan, writer);
        EffortChoice.Write(conversion, plan.Display, writer);
        writer.WriteBoolean("store"u8, false);
        writer.WriteBoolean("stream"u8, true);
        WriteInclude(plan, writer);
        if (!conversion.Refuses("prompt_cache_key")) writer.WriteString("prompt_cache_key"u8, cacheKey);
        Envelope.WriteTextOptions(conversion, plan.Verbosity, plan.Format is null ? null : plan.Format.Write, writer);
        if (plan.Tier is { } tier) writer.WriteString("service_tier"u8, tier);
        writer.WriteEndObject();
    }

    private static TurnContext ContextOf(ChatRequest request, ChatPlan plan, ChatInput input, string cacheKey) => new()
    {
        RequestedModel = request.Model,
        Profile = plan.Conversion.Profile,
        Effort = plan.Conversion.Profile.Efforts.Count > 0 ? plan.Conversion.Effort : null,
        AccountMark = plan.Conversion.Options.AccountMark,
        ToolNames = plan.Conversion.Names.Differing,
        Tools = plan.Tools.Facts,
        StopSequences = StopSequences(request.Root.Member("stop"u8)),
        MaxTokens = request.MaxTokens,
        Thinking = plan.Display,
        LosesReasoning = !request.GivesReasoningBack,
        Serial = plan.Serial,
        Fast = plan.Tier == "priority",
        Lite = plan.Conversion.Lite,
        WebSearch = plan.Tools.Search.Exists() ? new WebSearchFacts() : null,
        LacksSearch = plan.LacksSearch,
        DroppedTools = plan.LacksSearch ? ["web_search"] : [],
        PromptCacheKey = cacheKey,
        ConversationId = plan.Conversion.ConversationId,
        EndsWithUserMessage = input.EndsWithUserMessage,
        RemoteImages = plan.Conversion.RemoteImages.Urls,
        Unknown = plan.Conversion.Unknown,
        ReasoningHashes = plan.Conversion.ReasoningHashes,
    };

    private static void WriteInput(ChatPlan plan, ChatInput input, ReadOnlySpan<byte> instructions, Utf8JsonWriter writer)
    {
        var (conversion, tools) = (plan.Conversion, plan.Tools);
        var moves = conversion.Lite || conversion.Refuses("instructions");
        if (!conversion.Lite) Envelope.WriteInstructions(conversion, moves ? default : instructions, writer);
        writer.WriteStartArray("input"u8);
        if (conversion.Lite && tools.Any && tools.Choice.Mode != "none")
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "additional_tools"u8);
            writer.WriteString("role"u8, "developer"u8);
            writer.WritePropertyName("tools"u8);
            tools.Write(writer, withSearch: false);
            writer.WriteEndObject();
        }

        if (moves && !instructions.IsEmpty) Envelope.WriteDeveloper(conversion, instructions, writer);
        input.Write();
        writer.WriteEndArray();
    }

    private static void WriteTools(ChatPlan plan, Utf8JsonWriter writer)
    {
        var (conversion, tools) = (plan.Conversion, plan.Tools);
        if (conversion.Lite)
        {
            writer.WriteString("tool_choice"u8, "auto"u8);
        }
        else
        {
            writer.WritePropertyName("tools"u8);
            tools.Write(writer, withSearch: tools.Search.Exists());
            tools.Choice.Write(conversion, writer);
        }

        if (conversion.Refuses("parallel_tool_calls")) return;
        var parallel = conversion.Profile.Parallel || conversion.Root.IsTrue("parallel_tool_calls"u8);
        writer.WriteBoolean("parallel_tool_calls"u8, parallel && !plan.Serial && !conversion.Lite);
    }

    private static void WriteInclude(ChatPlan plan, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("include"u8);
        writer.WriteStringValue("reasoning.encrypted_content"u8);
        if (plan.Tools.Search.Exists() && !plan.Conversion.Lite && !plan.Conversion.Refuses("include")) writer.WriteStringValue("web_search_call.action.sources"u8);
        writer.WriteEndArray();
    }

    private static IReadOnlyList<string> StopSequences(JsonElement stop)
    {
        IEnumerable<string> sequences = stop.IsString() ? [stop.GetString()!] : stop.IsArray() ? stop.EnumerateArray().Select(static one => one.GetString()!) : [];
        return [.. sequences.Where(static one => one.Length > 0)];
    }
}
