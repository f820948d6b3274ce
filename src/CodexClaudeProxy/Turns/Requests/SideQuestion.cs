using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns.Requests;

/// <summary>Asks a model something in a turn of our own.</summary>
/// <param name="request">A Messages request; the model it names counts for an advisor only.</param>
internal delegate Task<SideReply> SideQuestion(SideCall side, ReadOnlyMemory<byte> request, SideOrigin origin, CancellationToken cancellation);

/// <summary>For whom we ask something ourselves.</summary>
/// <param name="ConversationId">Keeps the question on the conversation's account.</param>
internal sealed record SideOrigin(string ConversationId)
{
    public string? Session { get; init; }

    public string? Agent { get; init; }

    public string? Project { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>The client's key, which the question counts for too.</summary>
    public string? Key { get; init; }
}

/// <summary>What a model answered, or why there is no answer.</summary>
internal sealed record SideReply(ApiError? Error)
{
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>In Anthropic's words; empty without an answer.</summary>
    public string StopReason { get; init; } = "";

    public TurnUsage Usage { get; init; }

    /// <summary>Null unless the answer ended by itself and is one text.</summary>
    public string? Whole => StopReason == "end_turn" && Texts.Count == 1 ? Texts[0] : null;
}
