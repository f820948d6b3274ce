using System.Buffers;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
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
        out ApiError? error)
    {
        try
        {
            context = Convert(request, profile, options, body);
            error = null;
            return true;
        }
        catch (InvalidRequestException e)
        {
            context = null;
            error = e.Error;
            return false;
        }
    }

    private static TurnContext Convert(ChatRequest request, ModelProfile profile, ConversionOptions options, IBufferWriter<byte> body)
    {
        // 1. Look the whole conversation over once, and decide everything that does not depend on the text.
        var root = request.Root;
        using var conversion = new Conversion(root, profile, options) { Effort = ChatReasoning.Resolve(root, profile, options) };
        foreach (var name in ChatRules.UnknownMembers(root)) conversion.NoteUnknown(name);
        var index = ChatIndex.Build(root.GetProperty("messages"u8));
        using var tools = ChatTools.Resolve(conversion);
        foreach (var name in index.CalledNames) conversion.Names.Add(name);
        using var format = ChatFormat.Resolve(root, options);
        conversion.Lite = options.Lite ?? (profile.Lite && !tools.Search.Exists() && format is null && tools.Choice.Mode == "auto");

        var lacksSearch = conversion.Lite && tools.Search.Exists();

        // 2. The instructions come first on the wire.
        using var instructions = new PooledBuffer();
        ChatInput.WriteInstructions(index, instructions);
        if (format is { IsObject: true } && !ChatFormat.SaysJson(index.Messages)) SystemText.Append("Respond with JSON."u8, instructions);
        var given = root.Text("prompt_cache_key"u8) is { Length: > 0 } key ? key : null;
        var conversationId = conversion.ConversationId = given ?? CacheKey.ConversationId(root, session: null, instructions.Written);
        var cacheKey = given is null ? CacheKey.Create(conversationId, null, profile.Slug) : CacheKey.OfClient(given);

        // 3. Write it all in one go.
        using var writer = new Utf8JsonWriter(body, WireJson.Options);
        var display = ChatReasoning.Display(root, request.Form);
        var tier = conversion.Refuses("service_tier") ? null : TierOf(root, profile, options);
        var serial = request.Form.LegacyFunctions || root.Member("parallel_tool_calls"u8).ValueKind == JsonValueKind.False;

        writer.WriteStartObject();
        writer.WriteString("model"u8, profile.Slug);
        var input = WriteInput(conversion, index, tools, instructions.Written, writer);
        WriteTools(conversion, tools, serial, writer);
        EffortChoice.Write(conversion, display, writer);
        writer.WriteBoolean("store"u8, false);
        writer.WriteBoolean("stream"u8, true);
        WriteInclude(conversion, tools, writer);
        if (!conversion.Refuses("prompt_cache_key")) writer.WriteString("prompt_cache_key"u8, cacheKey);
        Envelope.WriteTextOptions(conversion, Verbosity(root, profile), format is null ? null : format.Write, writer);
        if (tier is not null) writer.WriteString("service_tier"u8, tier);
        writer.WriteEndObject();

        // 4. Keep what the answer needs.
        return new TurnContext
        {
            RequestedModel = request.Model,
            Profile = profile,
            Effort = profile.Efforts.Count > 0 ? conversion.Effort : null,
            AccountMark = options.AccountMark,
            ToolNames = conversion.Names.Differing,
            Tools = tools.Facts,
            StopSequences = StopSequences(root.Member("stop"u8)),
            MaxTokens = request.MaxTokens,
            Thinking = display,
            LosesReasoning = !request.GivesReasoningBack,
            Serial = serial,
            Fast = tier == "priority",
            Lite = conversion.Lite,
            WebSearch = tools.Search.Exists() ? new WebSearchFacts() : null,
            LacksSearch = lacksSearch,
            DroppedTools = lacksSearch ? ["web_search"] : [],
            PromptCacheKey = cacheKey,
            ConversationId = conversationId,
            EndsWithUserMessage = input.EndsWithUserMessage,
            RemoteImages = conversion.RemoteImages.Urls,
            Unknown = conversion.Unknown,
            ReasoningHashes = conversion.ReasoningHashes,
        };
    }

    private static ChatInput WriteInput(Conversion conversion, ChatIndex index, ChatTools tools, ReadOnlySpan<byte> instructions, Utf8JsonWriter writer)
    {
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
        var input = new ChatInput(conversion, index, writer);
        input.Write();
        writer.WriteEndArray();
        return input;
    }

    private static void WriteTools(Conversion conversion, ChatTools tools, bool serial, Utf8JsonWriter writer)
    {
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
        writer.WriteBoolean("parallel_tool_calls"u8, parallel && !serial && !conversion.Lite);
    }

    private static void WriteInclude(Conversion conversion, ChatTools tools, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("include"u8);
        writer.WriteStringValue("reasoning.encrypted_content"u8);
        if (tools.Search.Exists() && !conversion.Lite && !conversion.Refuses("include")) writer.WriteStringValue("web_search_call.action.sources"u8);
        writer.WriteEndArray();
    }

    /// <summary>The wanted tier where the model has it; other words are nothing the backend would take.</summary>
    private static string? TierOf(JsonElement root, ModelProfile profile, ConversionOptions options) => options.FixedFast ? Priority(profile) : root.Text("service_tier"u8) switch
    {
        "priority" or "fast" => Priority(profile),
        "flex" when profile.FlexTier => "flex",
        _ => null,
    };

    private static string? Priority(ModelProfile profile) => profile.PriorityTier ? "priority" : null;

    private static string? Verbosity(JsonElement root, ModelProfile profile)
    {
        if (!profile.Verbosity) return null;
        var wanted = root.Text("verbosity"u8);
        return wanted is "low" or "medium" or "high" ? wanted : profile.DefaultVerbosity;
    }

    private static IReadOnlyList<string> StopSequences(JsonElement stop)
    {
        IEnumerable<string> sequences = stop.IsString() ? [stop.GetString()!] : stop.IsArray() ? stop.EnumerateArray().Select(static one => one.GetString()!) : [];
        return [.. sequences.Where(static one => one.Length > 0)];
    }
}
