namespace CodexClaudeProxy.Endpoints;

/// <summary>The turns of one conversation, in their order.</summary>
/// <param name="Session">What the client calls its session; null when the conversation was asked for and its newest turn tells none.</param>
/// <param name="Conversation">What stays on one account; null when the session was asked for.</param>
/// <param name="Project">The last segment of the client's working directory; null when it is not known.</param>
/// <param name="Client">The client's name and version for people; null when it is not known.</param>
/// <param name="Totals">What the turns below add up to.</param>
/// <param name="Turns">The oldest first; of a very long conversation the newest 2000.</param>
/// <param name="Truncated">There are older turns.</param>
internal sealed record ConversationAnswer(
    string? Session, string? Conversation, string? Project, string? Client, Sums Totals, IReadOnlyList<ConversationTurn> Turns, bool Truncated);

/// <summary>One turn of a conversation. Unless a member says otherwise, null means that it is not known.</summary>
/// <param name="Id">What the client was told as <c>request-id</c>.</param>
/// <param name="Received">When the request came in.</param>
/// <param name="Agent">The subagent in the session; null for none.</param>
/// <param name="SideCall">What kind of request beside the conversation it is, see <see cref="RequestRow"/>; null for a turn of the conversation itself.</param>
/// <param name="RequestedModel">The model as the client named it.</param>
/// <param name="UpstreamModel">The model that was asked.</param>
/// <param name="ContextWindow">How many tokens the model takes, as it is known today.</param>
/// <param name="InputTokens">All input tokens: how much of the context window was used.</param>
/// <param name="CachedTokens">Those that came from the prompt cache.</param>
/// <param name="OutputTokens">Output tokens, reasoning included.</param>
/// <param name="Usd">An estimate of what the API would cost, in US dollars; null also when the model has no price.</param>
/// <param name="Account">The key of the account that served, or was tried last.</param>
/// <param name="AccountLabel">The account's label or mail address; null also when the account is gone.</param>
/// <param name="Failover">An earlier attempt of this turn was made with another account.</param>
/// <param name="Moved">The turn before was served by another account: the prompt cache starts anew. Only turns of the same agent are compared, and side calls with none.</param>
/// <param name="Attempts">How often upstream was asked.</param>
/// <param name="Outcome"><c>ok</c>, <c>failed</c>, or <c>left</c> when the client disconnected before the end.</param>
/// <param name="ErrorType">The error's type in Anthropic's words; null without an error.</param>
/// <param name="TotalMs">Milliseconds from the beginning to the end.</param>
internal sealed record ConversationTurn(
    string Id, DateTimeOffset Received, string? Agent, string? SideCall, string? RequestedModel, string? UpstreamModel, int? ContextWindow,
    long? InputTokens, long? CachedTokens, long? OutputTokens, double? Usd, string? Account, string? AccountLabel, bool Failover, bool Moved, int Attempts,
    string Outcome, string? ErrorType, int TotalMs);
