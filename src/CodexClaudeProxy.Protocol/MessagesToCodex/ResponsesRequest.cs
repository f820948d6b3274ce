using System.Buffers;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Clearing;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>
/// The body for the backend's <c>/responses</c>, made from one Anthropic request: a pure function, so that the same request
/// always gives the same bytes and a longer conversation begins with the bytes of the shorter one.
/// </summary>
public static class ResponsesRequest
{
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
        out ApiError? error) =>
        InvalidRequestException.Try(
            () => options.ClearToolUses && ToolClearing.Of(request.Root) is { } edit
                ? ConvertClearing(request, profile, options, edit, body)
                : Convert(request, profile, options, null, body),
            out context, out error);

    /// <summary>
    /// Whether results are cleared may depend on the size of the request with all of them: then it is made and counted first, and
    /// goes out as it is when it is not long enough.
    /// </summary>
    private static TurnContext ConvertClearing(
        MessagesRequest request, ModelProfile profile, ConversionOptions options, ToolClearing edit, IBufferWriter<byte> body)
    {
        var index = IndexOf(request);
        using var conversion = Begin(request, index, profile, options);
        var candidates = ClearedTools.Candidates(edit, index, out var uses);
        if (candidates.Count == 0 || uses < edit.TriggerUses) return Convert(request, profile, options, null, body);

        using var weights = new ToolWeights(conversion, index);
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
        var index = IndexOf(request);
        using var conversion = Begin(request, index, profile, options);
        using var plan = RequestPlan.Of(conversion, index);

        // 2. The instructions come first on the wire, with what tools and format add to them; they name the conversation.
        using var instructions = new PooledBuffer();
        plan.WriteInstructions(conversion, instructions);
        conversion.ConversationId = CacheKey.ConversationId(request.Root, request.Hints.SessionId, instructions.Written);
        var cacheKey = CacheKey.Create(conversion.ConversationId, request.Hints.AgentId, profile.Slug);

        // 3. Write it all in one go.
        using var writer = new Utf8JsonWriter(body, WireJson.Options);
        using var envelope = new Envelope(conversion, plan, writer);
        var input = new InputItems(conversion, index, cleared, writer);
        envelope.Write(instructions.Written, cacheKey, input);

        // 4. Keep what the answer needs.
        return ContextOf(request, conversion, plan, envelope, input, cleared, cacheKey);
    }

    private static ConversationIndex IndexOf(MessagesRequest request) => ConversationIndex.Build(request.Root.GetProperty("messages"u8));

    private static Conversion Begin(MessagesRequest request, ConversationIndex index, ModelProfile profile, ConversionOptions options)
    {
        var conversion = new Conversion(request.Root, profile, options) { Effort = EffortChoice.Resolve(request.Root, index.SystemEffort, profile, options) };
        foreach (var name in RequestRules.UnknownMembers(request.Root)) conversion.NoteUnknown(name);
        return conversion;
    }

    private static TurnContext ContextOf(
        MessagesRequest request, Conversion conversion, RequestPlan plan, Envelope envelope, InputItems input, ClearedTools? cleared, string cacheKey) => new()
    {
        RequestedModel = request.Model,
        Profile = conversion.Profile,
        Effort = conversion.Profile.Efforts.Count > 0 ? conversion.Effort : null,
        AccountMark = conversion.Options.AccountMark,
        ToolNames = conversion.Names.Differing,
        Tools = envelope.ToolFacts,
        SchemaBytes = envelope.SchemaBytes,
        StopSequences = StopSequences(request.Root),
        MaxTokens = request.MaxTokens,
        Thinking = envelope.Display,
        LosesReasoning = envelope.Display == ThinkingDisplay.Hidden,
        EstimatedThinkingTokens = WantsEstimates(request),
        Serial = plan.Choice.Serial,
        // A request that is nothing but a search can still be asked of the search endpoint.
        WebSearch = envelope.SendsSearch || plan.Search is { Forced: true } ? plan.Search : null,
        LacksSearch = plan.LacksSearch,
        Advisor = plan.Tools.Advisor,
        Prefill = input.Prefill,
        ContextManagement = request.Root.Member("context_management"u8).Exists(),
        Cleared = cleared?.Sum,
        Safeguards = request.Root.Member("safeguards"u8).Exists(),
        JudgeCalls = conversion.Options.JudgeCalls && request.Root.Member("safeguards"u8).Exists(),
        Fast = envelope.Fast,
        AnsweredLocally = request.MaxTokens == 0,
        Lite = conversion.Lite,
        PromptCacheKey = cacheKey,
        ConversationId = conversion.ConversationId,
        EndsWithUserMessage = input.EndsWithUserMessage,
        DroppedTools = plan.LacksSearch ? [.. plan.Tools.Dropped, "web_search"] : plan.Tools.Dropped,
        RemoteImages = conversion.RemoteImages.Urls,
        Unknown = conversion.Unknown,
        ReasoningHashes = conversion.ReasoningHashes,
    };

    private static List<string> StopSequences(JsonElement root) =>
        root.Member("stop_sequences"u8) is { ValueKind: JsonValueKind.Array } sequences
            ? [.. sequences.EnumerateArray().Select(static sequence => sequence.GetString()!)]
            : [];

    private static bool WantsEstimates(MessagesRequest request) =>
        request.Betas.Any(static beta => beta.StartsWith("thinking-token-count", StringComparison.OrdinalIgnoreCase));
}
