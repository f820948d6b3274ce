using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Tokens;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>
/// The body for the backend's <c>/responses</c>, made from one Anthropic request: a pure function, so that the same request
/// always gives the same bytes and a longer conversation begins with the bytes of the shorter one.
/// </summary>
public static class ResponsesRequest
{
    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <param name="request">Stays in use until the turn is over: <paramref name="context"/> refers to its tools.</param>
    /// <param name="profile">The model to send it to.</param>
    /// <param name="options">Switches, and what only this attempt knows.</param>
    /// <param name="body">Receives the body; after a failure it may hold a part of one.</param>
    /// <param name="context">What the answer side needs.</param>
    /// <param name="error">Why the request cannot be carried.</param>
    public static bool TryConvert(
        MessagesRequest request,
        ModelProfile profile,
        ConversionOptions options,
        IBufferWriter<byte> body,
        out TurnContext? context,
        out ApiError? error)
    {
        try
        {
            context = options.ClearToolUses && ToolClearing.Of(request.Root) is { } edit
                ? ConvertClearing(request, profile, options, edit, body)
                : Convert(request, profile, options, null, body);
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

    /// <summary>
    /// Whether results are cleared may depend on the size of the request with all of them: then it is made and counted first, and
    /// goes out as it is when it is not long enough.
    /// </summary>
    private static TurnContext ConvertClearing(
        MessagesRequest request, ModelProfile profile, ConversionOptions options, ToolClearing edit, IBufferWriter<byte> body)
    {
        using var conversion = Conversion.Of(request, profile, options);
        var candidates = ClearedTools.Candidates(edit, conversion.Index, out var uses);
        if (candidates.Count == 0 || uses < edit.TriggerUses) return Convert(request, profile, options, null, body);

        using var weights = new ToolWeights(conversion);
        if (edit.TriggerTokens == 0) return Convert(request, profile, options, ClearedTools.Choose(edit, candidates, weights), body);

        using var whole = new PooledBuffer();
        var context = Convert(request, profile, options, null, whole);
        context.InputEstimate = InputEstimate.Count(whole.Written, profile.ImageTokenFactor, options.Counts);
        if (context.InputEstimate >= edit.TriggerTokens && ClearedTools.Choose(edit, candidates, weights) is { } cleared)
            return Convert(request, profile, options, cleared, body);

        body.Write(whole.Written);
        return context;
    }

    /// <param name="cleared">Tool uses to show without their results.</param>
    private static TurnContext Convert(
        MessagesRequest request, ModelProfile profile, ConversionOptions options, ClearedTools? cleared, IBufferWriter<byte> body)
    {
        // 1. Look the whole conversation over once, and decide everything that does not depend on the text.
        using var conversion = Conversion.Of(request, profile, options, cleared);
        var tools = Tools.Resolve(conversion);
        var choice = ToolChoice.Resolve(conversion.Root, tools);
        using var format = OutputFormat.Resolve(conversion.Root, conversion.Options);
        var search = tools.WebSearch.Exists() ? WebSearch.Facts(tools.WebSearch, tools.WebSearchIndex, choice.ForcedSearch) : null;
        conversion.Lite = ChooseLane(conversion, choice, format, search);
        var lacksSearch = conversion.Lite && search is not null;

        // 2. The instructions come first on the wire, with what tools and format add to them.
        using var instructions = new PooledBuffer();
        SystemText.Write(conversion.Root.Member("system"u8), instructions);
        if (!lacksSearch && search?.MaxUses is { } uses) SystemText.Append(System.Text.Encoding.ASCII.GetBytes($"Perform at most {uses} web searches."), instructions);
        if (format is { Strict: false }) SystemText.Append("Respond only with JSON that matches the provided schema."u8, instructions);
        var conversationId = conversion.ConversationId = CacheKey.ConversationId(request.Root, request.Hints, instructions.Written);
        var cacheKey = CacheKey.Create(conversationId, request.Hints.AgentId, profile.Slug);

        // 3. Write it all in one go.
        using var writer = new Utf8JsonWriter(body, WriterOptions);
        using var envelope = new Envelope(conversion, tools, choice, format, search, writer);
        var input = envelope.Write(instructions.Written, cacheKey);

        // 4. Keep what the answer needs.
        return new TurnContext
        {
            RequestedModel = request.Model,
            Profile = profile,
            Effort = profile.Efforts.Count > 0 ? conversion.Effort : null,
            AccountMark = options.AccountMark,
            ToolNames = conversion.Names.Differing,
            Tools = envelope.ToolFacts,
            SchemaBytes = envelope.SchemaBytes,
            StopSequences = StopSequences(conversion.Root),
            MaxTokens = request.MaxTokens,
            Thinking = envelope.Display,
            LosesReasoning = envelope.Display == ThinkingDisplay.Hidden,
            EstimatedThinkingTokens = WantsEstimates(request),
            Serial = choice.Serial,
            // A request that is nothing but a search can still be asked of the search endpoint.
            WebSearch = envelope.SendsSearch || search is { Forced: true } ? search : null,
            LacksSearch = lacksSearch,
            Advisor = tools.Advisor,
            Prefill = input.Prefill,
            ContextManagement = conversion.Root.Member("context_management"u8).Exists(),
            Cleared = cleared?.Sum,
            Safeguards = conversion.Root.Member("safeguards"u8).Exists(),
            JudgeCalls = options.JudgeCalls && conversion.Root.Member("safeguards"u8).Exists(),
            Fast = envelope.Fast,
            AnsweredLocally = request.MaxTokens == 0,
            Lite = conversion.Lite,
            PromptCacheKey = cacheKey,
            ConversationId = conversationId,
            EndsWithUserMessage = input.EndsWithUserMessage,
            DroppedTools = lacksSearch ? [.. tools.Dropped, "web_search"] : tools.Dropped,
            RemoteImages = conversion.RemoteImages.Urls,
            Unknown = conversion.Unknown,
            ReasoningHashes = conversion.ReasoningHashes,
        };
    }

    /// <summary>The lite lane knows no hosted tools, no forced choice and no format; a request that needs one starts in the full lane.</summary>
    private static bool ChooseLane(Conversion conversion, ToolChoice choice, OutputFormat? format, WebSearchFacts? search) =>
        conversion.Options.Lite ?? (conversion.Profile.Lite && search is null && format is null && choice.How == ToolChoice.Mode.Auto);

    private static List<string> StopSequences(JsonElement root) =>
        root.Member("stop_sequences"u8) is { ValueKind: JsonValueKind.Array } sequences
            ? [.. sequences.EnumerateArray().Select(static sequence => sequence.GetString()!)]
            : [];

    private static bool WantsEstimates(MessagesRequest request) =>
        request.Betas.Any(static beta => beta.StartsWith("thinking-token-count", StringComparison.OrdinalIgnoreCase));
}
