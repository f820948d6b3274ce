using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Turns;

/// <summary>Anthropic's answer to <c>count_tokens</c>.</summary>
/// <param name="InputTokens">What the request weighs, in tokens.</param>
internal sealed record TokenCount([property: JsonPropertyName("input_tokens")] int InputTokens);

/// <summary>The same for a client that knows of context management.</summary>
/// <param name="InputTokens">What the request weighs, in tokens, after old tool results were cleared.</param>
/// <param name="ContextManagement">Null when the request asks for none.</param>
internal sealed record ManagedTokenCount(
    [property: JsonPropertyName("input_tokens")] int InputTokens,
    [property: JsonPropertyName("context_management")] OriginalTokenCount? ContextManagement);

/// <summary>What a request weighs before anything is cleared.</summary>
/// <param name="OriginalInputTokens">In tokens.</param>
internal sealed record OriginalTokenCount([property: JsonPropertyName("original_input_tokens")] int OriginalInputTokens);

/// <summary>OpenAI's answer to <c>input_tokens</c>.</summary>
/// <param name="Object">Always <c>response.input_tokens</c>.</param>
/// <param name="InputTokens">What the request weighs, in tokens.</param>
internal sealed record ResponseTokenCount(string Object, [property: JsonPropertyName("input_tokens")] int InputTokens);
