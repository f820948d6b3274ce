using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Which requests a query string means; the list and the export take the same members.</summary>
internal static class RequestQuery
{
    private static readonly string[] Sides = [RequestFilter.AnySide, RequestFilter.NoSide, .. Enum.GetValues<SideCall>().Select(static call => call.Word())];

    public static RequestFilter Of(IQueryCollection query) => new()
    {
        Account = QueryText.Of(query, "account"),
        Model = QueryText.Of(query, "model"),
        Outcome = QueryText.Of(query, "outcome") switch
        {
            null => null,
            "ok" => RequestOutcome.Ok,
            "failed" => RequestOutcome.Failed,
            "left" => RequestOutcome.Left,
            _ => throw new InvalidRequestException(ApiError.Invalid("outcome must be one of: ok, failed, left", "outcome")),
        },
        Path = QueryText.Of(query, "path"),
        Conversation = QueryText.Of(query, "conversation"),
        Session = QueryText.Of(query, "session"),
        Side = QueryText.Of(query, "side") is not { } side || Array.IndexOf(Sides, side) >= 0
            ? QueryText.Of(query, "side")
            : throw new InvalidRequestException(ApiError.Invalid($"side must be one of: {string.Join(", ", Sides)}", "side")),
        Text = QueryText.Of(query, "q"),
        From = QueryText.Time(query, "from"),
        To = QueryText.Time(query, "to"),
    };
}
