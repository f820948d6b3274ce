using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Prices;

namespace CodexClaudeProxy.Endpoints;

/// <summary>A page of the request log, the newest first.</summary>
/// <param name="Requests">As many as were asked for, or as there are.</param>
/// <param name="Next">What to send as <c>before</c> for the page after this one; null at the end.</param>
internal sealed record RequestList(IEnumerable<RequestRow> Requests, string? Next);

/// <summary>
/// A finished request as a row of the log, read from its entry while it is written: a page may have 500 of them. Unless a member says
/// otherwise, null means that it is not known.
/// </summary>
internal sealed class RequestRow(RequestEntry entry, Func<string, string?> labelOf, PriceList prices)
{
    /// <summary>What the client was told as <c>request-id</c>.</summary>
    public string Id => entry.Id;

    /// <summary>When the request came in.</summary>
    public DateTimeOffset Received => entry.Received;

    /// <summary>The route, or what a request of our own is for.</summary>
    public string Path => entry.Path;

    /// <summary>The client's name and version for people.</summary>
    public string? Client => ClientName.Of(entry.UserAgent);

    /// <summary>The client's <c>User-Agent</c>.</summary>
    public string? UserAgent => entry.UserAgent;

    /// <summary>The model as the client named it.</summary>
    public string? RequestedModel => entry.RequestedModel;

    /// <summary>The model that was asked.</summary>
    public string? UpstreamModel => entry.UpstreamModel;

    /// <summary>Which of the rules for model names was used, such as <c>opus</c> or <c>exact</c>.</summary>
    public string? Lane => entry.Lane;

    /// <summary>The reasoning effort that was asked for, from <c>none</c> to <c>max</c>.</summary>
    public string? Effort => entry.Effort;

    /// <summary>The client wanted a stream.</summary>
    public bool Streamed => entry.Streamed;

    /// <summary>The key of the account that served, or was tried last; <c>anthropic</c> where Anthropic served with the client's own credential.</summary>
    public string? Account => entry.Account;

    /// <summary>The account's label or mail address; null also when the account is gone.</summary>
    public string? AccountLabel => entry.Account is { } key ? labelOf(key) : null;

    /// <summary>The conversation the request belongs to.</summary>
    public string? Conversation => entry.Conversation;

    /// <summary>What the client calls its session.</summary>
    public string? Session => entry.Session;

    /// <summary>The subagent in the session; null for none.</summary>
    public string? Agent => entry.Agent;

    /// <summary>The last segment of the client's working directory.</summary>
    public string? Project => entry.Project;

    /// <summary>What kind of request beside a conversation it is: <c>title</c>, <c>classifier</c>, <c>check</c> or <c>advisor</c>; null for any other.</summary>
    public string? SideCall => entry.SideCall;

    /// <summary>The id of the key of its own that the client presented; null for none.</summary>
    public string? Key => Activity.KeyName.IdIn(entry.Key);

    /// <summary>The name the key had then; null for none.</summary>
    public string? KeyName => Activity.KeyName.NameIn(entry.Key);

    /// <summary>The HTTP status; null when the client disconnected before one was sent.</summary>
    public int? Status => entry.Status;

    /// <summary><c>ok</c>, <c>failed</c>, or <c>left</c> when the client disconnected before the end.</summary>
    public string Outcome => entry.Outcome.Word();

    /// <summary>Why the answer ended, in Anthropic's words.</summary>
    public string? StopReason => entry.StopReason;

    /// <summary>The error's type in Anthropic's words; null without an error.</summary>
    public string? ErrorType => entry.ErrorType;

    /// <summary>The error's code; null without one.</summary>
    public string? ErrorCode => entry.ErrorCode;

    /// <summary>What the error says, as far as it cannot quote a prompt; null without an error.</summary>
    public string? ErrorMessage => entry.ErrorMessage;

    /// <summary>Milliseconds it waited for a quota's reset.</summary>
    public int HeldMs => entry.HeldMs;

    /// <summary>Milliseconds from sending the last attempt to upstream's headers.</summary>
    public int? ConnectMs => entry.ConnectMs;

    /// <summary>Milliseconds until upstream's first event.</summary>
    public int? FirstEventMs => entry.FirstEventMs;

    /// <summary>Milliseconds until the client was sent the first part of the answer itself.</summary>
    public int? FirstTokenMs => entry.FirstTokenMs;

    /// <summary>Milliseconds from the beginning to the end.</summary>
    public int TotalMs => entry.TotalMs;

    /// <summary>What the request used.</summary>
    public RequestTokens? Tokens => entry.Tokens;

    /// <summary>An estimate of what the API would cost, in US dollars; null also when the model has no price.</summary>
    public double? Usd => CostReport.Rounded(CostOf(entry, prices)?.Usd);

    /// <summary>How many web searches the model made.</summary>
    public int WebSearches => entry.WebSearches;

    /// <summary>How often upstream was asked.</summary>
    public int Attempts => entry.Attempts;

    public static Cost? CostOf(RequestEntry entry, PriceList prices) => prices.Of(entry.UpstreamModel, entry.Ended, entry.Tokens?.ToPriced());
}

/// <summary>A request that has just been read, in the stream.</summary>
/// <param name="Id">What the client is told as <c>request-id</c>.</param>
/// <param name="Received">When the request came in.</param>
/// <param name="Path">The route, or what a request of our own is for.</param>
/// <param name="RequestedModel">The model as the client named it; null when it named none.</param>
/// <param name="Client">The client's name and version for people; null when it did not tell.</param>
/// <param name="Streamed">The client wants a stream.</param>
internal sealed record RequestStart(string Id, DateTimeOffset Received, string Path, string? RequestedModel, string? Client, bool Streamed)
{
    public static RequestStart Of(StartedRequest request) =>
        new(request.Id, request.Received, request.Path, request.RequestedModel, ClientName.Of(request.UserAgent), request.Streamed);
}
