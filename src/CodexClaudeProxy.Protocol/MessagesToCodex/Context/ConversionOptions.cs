using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Context;

public enum SearchRoute { Auto, Standalone, Hosted }

/// <summary>What becomes of an image that is given by its address.</summary>
public enum ImageUrlRoute
{
    /// <summary>The backend gets the address, where it may.</summary>
    Pass,

    /// <summary>The image itself travels in the request.</summary>
    Fetch,

    /// <summary>The address is mentioned in words.</summary>
    Text,
}

/// <summary>The switches of the request conversion, and what only the attempt knows.</summary>
public sealed record ConversionOptions
{
    public static readonly ConversionOptions Default = new();

    /// <summary>First 8 hex digits of SHA-256 of the account id the attempt uses.</summary>
    public string AccountMark { get; init; } = "";

    /// <summary>An effort fixed by the model alias or by configuration; wins over everything the client sends.</summary>
    public Effort? FixedEffort { get; init; }

    /// <summary>The alias asked for the priority tier.</summary>
    public bool FixedFast { get; init; }

    /// <summary>Overrides the profile's lane after the backend refused the other shape.</summary>
    public bool? Lite { get; init; }

    public SearchRoute Search { get; init; } = SearchRoute.Auto;

    /// <summary>Searches in the history go out as text, also our own.</summary>
    public bool SearchHistoryAsText { get; init; }

    public ImageUrlRoute ImageUrls { get; init; } = ImageUrlRoute.Pass;

    /// <summary>How many images one request may have fetched; Anthropic takes no more than that either.</summary>
    public const int MostFetchedImages = 100;

    /// <summary>What they may weigh together: in base64 as much as a client could have sent itself.</summary>
    public const int MostFetchedBytes = 24 * 1024 * 1024;

    /// <summary>The bytes of the image at an address, for <see cref="ImageUrlRoute.Fetch"/>; empty when they are not there.</summary>
    public Func<string, ReadOnlyMemory<byte>> FetchedImage { get; init; } = static _ => default;

    /// <summary>Continue a trailing assistant text; false refuses it as the newest models do.</summary>
    public bool EmulatePrefill { get; init; } = true;

    /// <summary>Refuse server tools that cannot be carried instead of dropping them.</summary>
    public bool StrictServerTools { get; init; }

    /// <summary>Tool calls are judged where the client asks for that (<c>safeguards</c>).</summary>
    public bool JudgeCalls { get; init; }

    /// <summary>Offer the model the client's advisor tool: there is somebody to ask.</summary>
    public bool Advisor { get; init; }

    /// <summary>Carry out the edit <c>clear_tool_uses_20250919</c>.</summary>
    public bool ClearToolUses { get; init; }

    /// <summary>Saves that edit from counting again what an earlier turn contained.</summary>
    public TextCounts? Counts { get; init; }

    /// <summary>Leave every reasoning item out: the one retry after the backend could not decrypt them.</summary>
    public bool WithoutReasoning { get; init; }

    /// <summary>
    /// Members the backend refused for this model, never sent again: top-level ones, those inside by their path
    /// (<c>reasoning.summary</c>). Four have a way around: <c>instructions</c> stay empty and become a developer message,
    /// <c>tool_choice</c> loses its object form, <c>include</c> the search sources, <c>file_url</c> becomes text.
    /// </summary>
    public IReadOnlySet<string> Refused { get; init; } = new HashSet<string>();

    /// <summary>Hashes of the schemas that the backend refused as they are, so that they go out in their plainest form.</summary>
    public IReadOnlySet<string> ReducedSchemas { get; init; } = new HashSet<string>();

    /// <summary>Tells whether the encrypted reasoning with this hash is known to be unreadable.</summary>
    public Func<string, bool> IsRejectedReasoning { get; init; } = static _ => false;

    /// <summary>
    /// What is remembered of the attempt's account in front of a call, given the conversation's id and the call's. The same answer
    /// in every turn, or the prompt cache is lost. Null when nothing is remembered at all.
    /// </summary>
    public Func<string, string, IReadOnlyList<KeptReasoning>>? RecallReasoning { get; init; }

    /// <summary>The item of an earlier answer with this id, or null.</summary>
    public Func<string, RememberedItem?> RecallItem { get; init; } = static _ => null;

    /// <summary>All items, in their order, of the conversation that ended with the response of this id; null when it is not known whole.</summary>
    public Func<string, IReadOnlyList<RememberedItem>?> RecallConversation { get; init; } = static _ => null;
}
