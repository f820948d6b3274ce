using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;
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
        out ApiError? error)
    {
        try
        {
            context = request.IsCodex ? CodexRequest.Copy(request, profile, options, body) : Convert(request, profile, options, body);
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
        using var conversion = new Conversion(root, profile, options) { Effort = EffortOf(root, profile, options) };
        foreach (var member in root.EnumerateObject())
        {
            if (!Written.Contains(member.Name) && !Dropped.Contains(member.Name)) conversion.NoteUnknown(member.Name);
        }

        using var tools = PassThroughTools.Resolve(conversion);
        var choice = root.Member("tool_choice"u8);
        var isFree = !choice.Exists() || (choice.IsString() && choice.ValueEquals("auto"u8));
        conversion.Lite = options.Lite ?? (profile.Lite && isFree && !tools.NeedFullLane && !root.Member("text"u8).Member("format"u8).Exists());
        var dropped = conversion.Lite ? tools.DropHosted() : [];
        var input = new PassThroughInput(conversion);
        var conversationId = conversion.ConversationId = ConversationId(request, input.FirstOfUser);
        var cacheKey = root.Text("prompt_cache_key"u8) is { Length: > 0 } given ? CacheKey.OfClient(given) : CacheKey.Create(conversationId, null, profile.Slug);
        var fast = (options.FixedFast || root.Text("service_tier"u8) == "priority") && profile.PriorityTier && !conversion.Refuses("service_tier");

        // 2. Write it all in one go.
        using var writer = new Utf8JsonWriter(body, WireJson.Options);
        writer.WriteStartObject();
        writer.WriteString("model"u8, profile.Slug);
        WriteInput(conversion, tools, input, writer);
        if (!conversion.Lite)
        {
            writer.WritePropertyName("tools"u8);
            tools.Write(writer);
        }

        tools.WriteChoice(choice, writer);
        WriteParallel(conversion, writer);
        WriteReasoning(conversion, writer);
        writer.WriteBoolean("store"u8, false);
        writer.WriteBoolean("stream"u8, true);
        WriteInclude(conversion, writer);
        if (!conversion.Refuses("prompt_cache_key")) writer.WriteString("prompt_cache_key"u8, cacheKey);
        WriteText(conversion, writer);
        foreach (var name in Kept) Copy(conversion, name, writer);
        if (fast) writer.WriteString("service_tier"u8, "priority"u8);
        writer.WriteEndObject();

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
            RecallsReasoning = input.RecallsReasoning,
            LosesReasoning = !input.GivesReasoningBack,
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

    private static void WriteParallel(Conversion conversion, Utf8JsonWriter writer)
    {
        var given = conversion.Root.Member("parallel_tool_calls"u8);
        if (conversion.Refuses("parallel_tool_calls")) return;
        if (conversion.Lite) writer.WriteBoolean("parallel_tool_calls"u8, false);
        else if (given.ValueKind is JsonValueKind.True or JsonValueKind.False) writer.WriteBoolean("parallel_tool_calls"u8, given.GetBoolean());
    }

    private static Effort EffortOf(JsonElement root, ModelProfile profile, ConversionOptions options)
    {
        if (profile.Efforts.Count == 0) return Effort.None;
        var given = root.Member("reasoning"u8).Text("effort"u8);
        if (given is not null && (!Efforts.TryParse(given, out var parsed) || parsed > Effort.Max))
            throw PassThroughRequest.Refused($"Invalid value: '{given}'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.", "reasoning.effort", "invalid_value");
        var wanted = options.FixedEffort ?? (Efforts.TryParse(given, out var effort) ? effort : profile.DefaultEffort);
        return Efforts.Clamp(wanted, profile.Efforts);
    }

    private static void WriteReasoning(Conversion conversion, Utf8JsonWriter writer)
    {
        var given = conversion.Root.Member("reasoning"u8);
        if (conversion.Profile.Efforts.Count == 0 || conversion.Refuses("reasoning")) return;
        var effort = (given.Member("effort"u8).Exists() || conversion.Options.FixedEffort is not null) && !conversion.Refuses("reasoning.effort");
        if (!given.IsObject() && !effort && !conversion.Lite) return;

        writer.WriteStartObject("reasoning"u8);
        if (effort) writer.WriteString("effort"u8, conversion.Effort.Word());
        if (given.IsObject())
        {
            foreach (var member in given.EnumerateObject())
            {
                if (member.NameEquals("effort"u8) || (member.NameEquals("context"u8) && conversion.Lite) || conversion.Refuses("reasoning." + member.Name)) continue;
                // The older name of the summary, which the backend does not know.
                var isSummary = member.NameEquals("summary"u8) || member.NameEquals("generate_summary"u8);
                if (isSummary && (!conversion.Profile.Summaries || member.Value.ValueKind == JsonValueKind.Null)) continue;
                writer.WritePropertyName(isSummary ? "summary" : member.Name);
                SchemaSanitizer.WriteRaw(member.Value, writer);
            }
        }

        if (conversion.Lite && !conversion.Refuses("reasoning.context")) writer.WriteString("context"u8, "all_turns"u8);
        writer.WriteEndObject();
    }

    private static void WriteInclude(Conversion conversion, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("include"u8);
        writer.WriteStringValue("reasoning.encrypted_content"u8);
        if (conversion.Root.Member("include"u8) is { ValueKind: JsonValueKind.Array } given && !conversion.Refuses("include"))
        {
            foreach (var value in given.EnumerateArray())
            {
                if (value.IsString() && value.GetString() is "web_search_call.action.sources" or "web_search_call.results" && value.GetString() is { } name) writer.WriteStringValue(name);
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>As it is, but for the schema of the answer, which has to be one the backend takes.</summary>
    private static void WriteText(Conversion conversion, Utf8JsonWriter writer)
    {
        var format = conversion.Root.Member("text"u8).Member("format"u8);
        if (format.Text("type"u8) != "json_schema" || !format.Member("schema"u8).IsObject())
        {
            Copy(conversion, "text", writer);
            return;
        }

        if (conversion.Refuses("text")) return;
        writer.WriteStartObject("text"u8);
        foreach (var member in conversion.Root.GetProperty("text"u8).EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.NameEquals("format"u8)) WriteFormat(conversion, format, writer);
            else SchemaSanitizer.WriteRaw(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteFormat(Conversion conversion, JsonElement format, Utf8JsonWriter writer)
    {
        using var schema = new WrittenSchema();
        schema.Write(format.GetProperty("schema"u8), conversion.Options);
        writer.WriteStartObject();
        foreach (var member in format.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.NameEquals("schema"u8)) writer.WriteRawValue(schema.Written, skipInputValidation: true);
            else if (member.NameEquals("strict"u8) && schema.IsReduced) writer.WriteBooleanValue(member.Value.ValueKind == JsonValueKind.True && schema.FitsStrictMode);
            else SchemaSanitizer.WriteRaw(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    private static void Copy(Conversion conversion, string name, Utf8JsonWriter writer)
    {
        if (conversion.Refuses(name) || !conversion.Root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return;
        writer.WritePropertyName(name);
        SchemaSanitizer.WriteRaw(value, writer);
    }
}
