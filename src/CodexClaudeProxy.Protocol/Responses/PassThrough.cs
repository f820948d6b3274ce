using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The body for the backend, made from a request in its own words: only what it would refuse is changed.</summary>
public static class PassThrough
{
    /// <summary>Members that go along as they are.</summary>
    private static readonly string[] Kept = ["client_metadata"];

    /// <summary>Members the public API has and this backend refuses; nothing of the answer depends on them.</summary>
    private static readonly HashSet<string> Dropped =
    [
        "max_output_tokens", "max_tool_calls", "temperature", "top_p", "top_logprobs", "truncation", "metadata", "user", "safety_identifier",
        "stream_options", "prompt_cache_retention", "prompt_cache_options", "context_management", "moderation", "previous_response_id",
        "conversation", "background", "prompt",
    ];

    private static readonly HashSet<string> Written =
    [
        "model", "instructions", "input", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "store", "stream", "include", "service_tier",
        "prompt_cache_key", "text", .. Kept,
    ];

    /// <param name="request">Stays in use until the turn is over.</param>
    /// <param name="profile">The model to send it to.</param>
    /// <param name="options">Switches, and what only this attempt knows.</param>
    /// <param name="body">Receives the body; after a failure it may hold a part of one.</param>
    /// <param name="context">What the answer side needs.</param>
    /// <param name="error">Why the request cannot be carried.</param>
    public static bool TryConvert(
        PassThroughRequest request,
        ModelProfile profile,
        ConversionOptions options,
        IBufferWriter<byte> body,
        out TurnContext? context,
        out ApiError? error) =>
        InvalidRequestException.Try(() => request.IsCodex ? CodexRequest.Copy(request, profile, options, body) : Convert(request, profile, options, body), out context, out error);

    /// <summary>What keeps a conversation on one account: the client's own key, its session, or how the conversation begins.</summary>
    /// <param name="first">The first thing a user said.</param>
    internal static string ConversationId(PassThroughRequest request, JsonElement first)
    {
        if ((request.Root.Text("prompt_cache_key"u8) ?? request.SessionId) is { Length: > 0 } given) return given;
        using var beginning = new PooledBuffer();
        CompactJson.WriteWithoutCacheControl(request.Root.Member("instructions"u8) is { ValueKind: JsonValueKind.String } text ? text : request.Root.Member("model"u8), beginning);
        if (first.Exists()) CompactJson.Write(first, beginning);
        return System.Convert.ToHexStringLower(SHA256.HashData(beginning.Written).AsSpan(0, 16));
    }

    private static TurnContext Convert(PassThroughRequest request, ModelProfile profile, ConversionOptions options, IBufferWriter<byte> body)
    {
        // 1. Decide everything that does not depend on the items.
        var root = request.Root;
        using var conversion = Begin(root, profile, options);
        using var tools = PassThroughTools.Resolve(conversion);
        conversion.Lite = ChooseLane(conversion, tools);
        var dropped = conversion.Lite ? tools.DropHosted() : [];
        var items = new PassThroughItems(conversion);
        var conversationId = conversion.ConversationId = ConversationId(request, items.FirstOfUser);
        var cacheKey = root.Text("prompt_cache_key"u8) is { Length: > 0 } given ? CacheKey.OfClient(given) : CacheKey.Create(conversationId, null, profile.Slug);
        var fast = (options.FixedFast || root.Text("service_tier"u8) == "priority") && profile.PriorityTier && !conversion.Refuses("service_tier");

        // 2. Write it all in one go.
        using var writer = new Utf8JsonWriter(body, WireJson.Options);
        var input = new PassThroughInput(conversion, items);
        WriteBody(conversion, tools, input, cacheKey, fast, writer);

        // 3. Keep what the answer needs.
        return new TurnContext
        {
            RequestedModel = request.Model,
            Profile = profile,
            Effort = profile.Efforts.Count > 0 ? conversion.Effort : null,
            AccountMark = options.AccountMark,
            ToolNames = conversion.Names.Differing,
            Fast = fast,
            Lite = conversion.Lite,
            PromptCacheKey = cacheKey,
            ConversationId = conversationId,
            EndsWithUserMessage = input.EndsWithUserMessage,
            RemoteImages = conversion.RemoteImages.Urls,
            Unknown = conversion.Unknown,
            ReasoningHashes = conversion.ReasoningHashes,
            RecallsReasoning = items.RecallsReasoning,
            LosesReasoning = !items.GivesReasoningBack,
            LacksSearch = dropped.Contains("web_search"),
            DroppedTools = dropped,
        };
    }

    private static void WriteInput(Conversion conversion, PassThroughTools tools, PassThroughInput input, Utf8JsonWriter writer)
    {
        var instructions = RawText.Of(conversion.Root, "instructions"u8);
        var moves = conversion.Lite || conversion.Refuses("instructions");
        if (!conversion.Lite) Envelope.WriteInstructions(conversion, moves ? default : instructions, writer);
        writer.WriteStartArray("input"u8);
        if (conversion.Lite && tools.Any)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "additional_tools"u8);
            writer.WriteString("role"u8, "developer"u8);
            writer.WritePropertyName("tools"u8);
            tools.Write(writer);
            writer.WriteEndObject();
        }

        if (moves && !instructions.IsEmpty) Envelope.WriteDeveloper(conversion, instructions, writer);
        input.Write(writer);
        writer.WriteEndArray();
    }

    private static void WriteBody(
        Conversion conversion, PassThroughTools tools, PassThroughInput input, string cacheKey, bool fast, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, conversion.Profile.Slug);
        WriteInput(conversion, tools, input, writer);
        if (!conversion.Lite)
        {
            writer.WritePropertyName("tools"u8);
            tools.Write(writer);
        }

        tools.WriteChoice(conversion.Root.Member("tool_choice"u8), writer);
        PassThroughMembers.WriteParallel(conversion, writer);
        PassThroughMembers.WriteReasoning(conversion, writer);
        writer.WriteBoolean("store"u8, false);
        writer.WriteBoolean("stream"u8, true);
        PassThroughMembers.WriteInclude(conversion, writer);
        if (!conversion.Refuses("prompt_cache_key")) writer.WriteString("prompt_cache_key"u8, cacheKey);
        PassThroughMembers.WriteText(conversion, writer);
        foreach (var name in Kept) PassThroughMembers.Copy(conversion, name, writer);
        if (fast) writer.WriteString("service_tier"u8, "priority"u8);
        writer.WriteEndObject();
    }

    private static Conversion Begin(JsonElement root, ModelProfile profile, ConversionOptions options)
    {
        var conversion = new Conversion(root, profile, options) { Effort = PassThroughMembers.EffortOf(root, profile, options) };
        foreach (var member in root.EnumerateObject())
        {
            if (!Written.Contains(member.Name) && !Dropped.Contains(member.Name)) conversion.NoteUnknown(member.Name);
        }

        return conversion;
    }

    /// <summary>The lite lane has no format, no tool of the backend's own, and the model alone decides about tools.</summary>
    private static bool ChooseLane(Conversion conversion, PassThroughTools tools)
    {
        var choice = conversion.Root.Member("tool_choice"u8);
        var isFree = !choice.Exists() || (choice.IsString() && choice.ValueEquals("auto"u8));
        return conversion.Options.Lite ??
            (conversion.Profile.Lite && isFree && !tools.NeedFullLane && !conversion.Root.Member("text"u8).Member("format"u8).Exists());
    }
}
