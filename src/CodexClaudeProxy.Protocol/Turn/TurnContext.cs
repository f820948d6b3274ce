using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>How much of the model's thinking the client asked to see.</summary>
public enum ThinkingDisplay
{
    /// <summary>No thinking blocks at all.</summary>
    Hidden,

    /// <summary>Thinking blocks with a signature and no text.</summary>
    Omitted,

    /// <summary>Thinking blocks with the summary text and a signature.</summary>
    Shown,
}

/// <summary>The name a client knows a tool by. <see cref="Toolset"/> is set for members of an Anthropic toolset.</summary>
public readonly record struct ClientToolName(string Name, string? Toolset = null);

/// <summary>What the answer side must know of one tool of the request. The schema is the client's own, unsanitised.</summary>
public sealed record ToolFacts
{
    private JsonElement _schema;

    /// <summary>The client's input schema; <see cref="JsonValueKind.Undefined"/> when it sent none. After <see cref="TurnContext.LeaveRequest"/> an outline of it.</summary>
    public JsonElement Schema { get => _schema; init => _schema = value; }

    /// <summary>The schema was not an object and travels wrapped; the client gets <c>.value</c>.</summary>
    public bool Wrapped { get; init; }

    /// <summary>The client asked for argument deltas as they come.</summary>
    public bool EagerStreaming { get; init; }

    internal void Outline(JsonElement outline) => _schema = outline;
}

/// <summary>The hosted web search of one request.</summary>
public sealed record WebSearchFacts
{
    public int? MaxUses { get; init; }

    /// <summary>Normalised host names whose results are removed.</summary>
    public IReadOnlyList<string> BlockedDomains { get; init; } = [];

    /// <summary>The request is nothing but a search: results are worth waiting for the citations.</summary>
    public bool Forced { get; init; }

    /// <summary>The client's definition of the tool.</summary>
    internal JsonElement Tool { get; set; }

    /// <summary>False for a page on a blocked domain or below it.</summary>
    public bool Allows(string url) =>
        BlockedDomains.Count == 0 || !Uri.TryCreate(url, UriKind.Absolute, out var page) || !BlockedDomains.Any(domain =>
            page.Host.Equals(domain, StringComparison.OrdinalIgnoreCase) || page.Host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Tool uses whose results were cleared, and by how many tokens that makes the input shorter.</summary>
public readonly record struct ClearedToolUses(int Uses, int InputTokens);

/// <summary>Everything the answer side needs from the request: made by the conversion, read by the turn converter and the writers.</summary>
public sealed class TurnContext
{
    /// <summary>The model string as the client sent it; echoed in every answer.</summary>
    public required string RequestedModel { get; init; }

    public required ModelProfile Profile { get; init; }

    /// <summary>First 8 hex digits of SHA-256 of the account id: marks whose encrypted reasoning this is.</summary>
    public required string AccountMark { get; set; }

    /// <summary>Upstream tool name → client's tool name, for the names that differ.</summary>
    public IReadOnlyDictionary<string, ClientToolName> ToolNames { get; init; } = new Dictionary<string, ClientToolName>();

    /// <summary>Client's tool name (toolset members: the upstream name) → what is known of the tool.</summary>
    public IReadOnlyDictionary<string, ToolFacts> Tools { get; init; } = new Dictionary<string, ToolFacts>();

    /// <summary>How long the schemas of all tools are together.</summary>
    public int SchemaBytes { get; init; }

    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>The effort that was sent; null for a model that does not reason.</summary>
    public Effort? Effort { get; init; }

    /// <summary>Limit of visible output tokens, or null for none.</summary>
    public int? MaxTokens { get; init; }

    public ThinkingDisplay Thinking { get; init; }

    /// <summary>As far as the request shows the client gives no reasoning back, so that what leads to a call is lost unless it is remembered.</summary>
    public bool LosesReasoning { get; init; }

    /// <summary>
    /// Takes the reasoning in front of a call, with the call's id, just before the client can know that the answer is whole.
    /// Null when nothing shall be remembered.
    /// </summary>
    public Action<string, IReadOnlyList<KeptReasoning>>? KeepReasoning { get; set; }

    /// <summary>
    /// Takes the whole response object of the Responses API, as the client sees it, just before the client can have it. Null when
    /// it shall not be remembered.
    /// </summary>
    public Action<JsonElement>? KeepResponse { get; set; }

    /// <summary>The request uses remembered reasoning, which counts for one account only.</summary>
    public bool RecallsReasoning { get; init; }

    /// <summary>The client understands <c>estimated_tokens</c> in thinking deltas.</summary>
    public bool EstimatedThinkingTokens { get; init; }

    /// <summary>Only the first tool call of the answer counts (<c>disable_parallel_tool_use</c>).</summary>
    public bool Serial { get; init; }

    public WebSearchFacts? WebSearch { get; init; }

    /// <summary>The model may ask an advisor, and the turn pauses while it does; null when it cannot.</summary>
    public AdvisorFacts? Advisor { get; init; }

    /// <summary>The request wants a hosted web search, and its shape cannot carry one.</summary>
    public bool LacksSearch { get; init; }

    /// <summary>The assistant text the answer continues; repeated at its start it is stripped.</summary>
    public string? Prefill { get; init; }

    /// <summary>The client sent <c>context_management</c>, so the answer carries <c>applied_edits</c>.</summary>
    public bool ContextManagement { get; init; }

    /// <summary>What was left out of the request because the client asked for that; null for nothing.</summary>
    public ClearedToolUses? Cleared { get; init; }

    /// <summary>The client sent <c>safeguards</c>, so the answer tells of verdicts.</summary>
    public bool Safeguards { get; init; }

    /// <summary>The answer's tool calls are to be judged before it ends.</summary>
    public bool JudgeCalls { get; init; }

    /// <summary>The priority tier was asked for and sent.</summary>
    public bool Fast { get; init; }

    /// <summary>The turn needs no upstream call (<c>max_tokens: 0</c>).</summary>
    public bool AnsweredLocally { get; init; }

    /// <summary>The body has the lite shape and needs the header that says so.</summary>
    public bool Lite { get; init; }

    /// <summary>The key of the backend's prompt cache, as sent; also what its session header should say.</summary>
    public required string PromptCacheKey { get; init; }

    /// <summary>What keeps a conversation on one account, and the id the caches are named after.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The last input item is a user message: an empty answer is worth one silent retry.</summary>
    public bool EndsWithUserMessage { get; init; }

    /// <summary>Client tools that could not be carried, announced in <c>x-proxy-dropped-tools</c>.</summary>
    public IReadOnlyList<string> DroppedTools { get; init; } = [];

    /// <summary>Addresses of the images that shall travel inside the request, fetched or not, each once; empty where none shall.</summary>
    public IReadOnlyList<string> RemoteImages { get; init; } = [];

    /// <summary>Unknown request members and block types met on the way, each once, for the drift counters.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>First 16 hex digits of SHA-256 of every encrypted reasoning sent: what to reject when the backend cannot decrypt it.</summary>
    public IReadOnlyList<string> ReasoningHashes { get; init; } = [];

    /// <summary>
    /// Our own count of the input tokens; set once the count is done, before the first event is written. The conversion sets it
    /// only where it had to count itself.
    /// </summary>
    public int InputEstimate { get; set; }

    /// <summary>
    /// Nothing is converted any more: from now on this does not refer to the request, whose memory can be given back. Of the tools'
    /// schemas remains what the answer may ask about.
    /// </summary>
    public void LeaveRequest()
    {
        SchemaOutline.Replace(Tools.Values);
        if (WebSearch is { } search) search.Tool = default;
    }
}
