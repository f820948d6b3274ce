using System.Text.Json.Serialization;
using CodexClaudeProxy.Protocol.Codex;
using Level = CodexClaudeProxy.Protocol.Codex.Effort;

namespace CodexClaudeProxy.Endpoints;

/// <summary>One page of Anthropic's list of models.</summary>
/// <param name="Data">The models of the page.</param>
/// <param name="HasMore">There are more in the direction that was asked for.</param>
/// <param name="FirstId">The id of the first one; null on an empty page.</param>
/// <param name="LastId">The id of the last one; null on an empty page.</param>
internal sealed record AnthropicModelPage(IEnumerable<AnthropicModel> Data, bool HasMore, string? FirstId, string? LastId)
{
    public static AnthropicModelPage Of(ModelPage page) =>
        new(page.Items.Select(AnthropicModel.Of), page.HasMore, page.Items.Count > 0 ? page.Items[0].Id : null, page.Items.Count > 0 ? page.Items[^1].Id : null);
}

/// <summary>A model as Anthropic's protocol describes it.</summary>
/// <param name="Type">Always <c>model</c>.</param>
/// <param name="Id">The name to ask for.</param>
/// <param name="DisplayName">The name for people.</param>
/// <param name="Description">What it is good for; absent when upstream does not tell.</param>
/// <param name="CreatedAt">When it appeared: a date for all, since upstream does not tell.</param>
/// <param name="Lifecycle">Always <c>active</c>.</param>
/// <param name="Line">Always null: that is Anthropic's own.</param>
/// <param name="DeprecatedAt">Always null.</param>
/// <param name="RetiresAt">Always null.</param>
/// <param name="MaxInputTokens">The context window in tokens.</param>
/// <param name="MaxTokens">The most tokens of an answer.</param>
/// <param name="Capabilities">What it can do here.</param>
internal sealed record AnthropicModel(
    string Type, string Id, string DisplayName, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Description,
    DateTime CreatedAt, string Lifecycle, string? Line, DateTime? DeprecatedAt, DateTime? RetiresAt, int MaxInputTokens, int MaxTokens, AnthropicCapabilities Capabilities)
{
    public static AnthropicModel Of(ModelListing listing) => new(
        "model", listing.Id, listing.DisplayName, listing.Description, ModelListing.Created.UtcDateTime, "active", null, null, null,
        listing.Profile.ContextWindow, listing.Profile.MaxOutput, AnthropicCapabilities.Of(listing.Profile));
}

/// <summary>Whether a model can do a thing.</summary>
/// <param name="Supported">It can.</param>
internal sealed record Support(bool Supported)
{
    public static readonly Support Yes = new(true);
    public static readonly Support No = new(false);

    public static Support If(bool supported) => supported ? Yes : No;
}

/// <summary>What a model can do here, in the order and under the names of Anthropic's list.</summary>
/// <param name="Batch">Requests in batches: no.</param>
/// <param name="Citations">Citations from documents: no.</param>
/// <param name="CodeExecution">Running code on the server: no.</param>
/// <param name="ContextManagement">Clearing the context.</param>
/// <param name="Effort">Reasoning efforts.</param>
/// <param name="ImageInput">Images in requests.</param>
/// <param name="PdfInput">PDF documents in requests: yes.</param>
/// <param name="ServerTools">Tools that run on the server.</param>
/// <param name="StructuredOutputs">Answers that follow a schema: yes.</param>
/// <param name="Thinking">Thinking.</param>
internal sealed record AnthropicCapabilities(
    Support Batch, Support Citations, Support CodeExecution, ContextManagementSupport ContextManagement, EffortSupport Effort,
    Support ImageInput, Support PdfInput, ServerToolSupport ServerTools, Support StructuredOutputs, ThinkingSupport Thinking)
{
    public static AnthropicCapabilities Of(ModelProfile profile)
    {
        bool thinks = profile.Efforts.Count > 0;
        return new AnthropicCapabilities(
            Batch: Support.No,
            Citations: Support.No,
            CodeExecution: Support.No,
            ContextManagement: new ContextManagementSupport(false, null, null, null),
            Effort: new EffortSupport(thinks, Takes(Level.Low), Takes(Level.Medium), Takes(Level.High), Takes(Level.XHigh), Takes(Level.Max)),
            ImageInput: Support.If(profile.Images),
            PdfInput: Support.Yes,
            ServerTools: new ServerToolSupport(true, WebSearch: Support.Yes, CodeExecution: Support.No),
            StructuredOutputs: Support.Yes,
            Thinking: new ThinkingSupport(thinks, new ThinkingTypes(Support.If(thinks), Support.If(thinks), Disabled: Support.Yes, Support.If(thinks))));

        Support Takes(Level effort) => Support.If(profile.Efforts.Contains(effort));
    }
}

/// <summary>The ways of clearing a context, none of which the model itself has.</summary>
/// <param name="Supported">Always false.</param>
/// <param name="ClearThinking">Always null.</param>
/// <param name="ClearToolUses">Always null.</param>
/// <param name="Compact">Always null.</param>
internal sealed record ContextManagementSupport(
    bool Supported,
    [property: JsonPropertyName("clear_thinking_20251015")] Support? ClearThinking,
    [property: JsonPropertyName("clear_tool_uses_20250919")] Support? ClearToolUses,
    [property: JsonPropertyName("compact_20260112")] Support? Compact);

/// <summary>Whether the model reasons, and which efforts it takes.</summary>
/// <param name="Supported">It reasons.</param>
/// <param name="Low">Effort <c>low</c>.</param>
/// <param name="Medium">Effort <c>medium</c>.</param>
/// <param name="High">Effort <c>high</c>.</param>
/// <param name="Xhigh">Effort <c>xhigh</c>.</param>
/// <param name="Max">Effort <c>max</c>.</param>
internal sealed record EffortSupport(bool Supported, Support Low, Support Medium, Support High, Support Xhigh, Support Max);

/// <summary>The tools that run on the server's side.</summary>
/// <param name="Supported">Always true.</param>
/// <param name="WebSearch">Web search: yes.</param>
/// <param name="CodeExecution">Running code: no.</param>
internal sealed record ServerToolSupport(bool Supported, Support WebSearch, Support CodeExecution);

/// <summary>Whether the model reasons, and in which ways that can be asked for.</summary>
/// <param name="Supported">It reasons.</param>
/// <param name="Types">The ways.</param>
internal sealed record ThinkingSupport(bool Supported, ThinkingTypes Types);

/// <summary>The values of <c>thinking.type</c>.</summary>
/// <param name="Adaptive">The model decides how much to think.</param>
/// <param name="BetweenTools">Thinking between tool calls.</param>
/// <param name="Disabled">No thinking: yes.</param>
/// <param name="Enabled">Thinking within a budget.</param>
internal sealed record ThinkingTypes(Support Adaptive, Support BetweenTools, Support Disabled, Support Enabled);
