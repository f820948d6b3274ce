using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Which requests a query string means; the list and the export take the same members.</summary>
internal static class RequestQuery
{
    private static readonly string[] Sides = [RequestFilter.AnySide, RequestFilter.NoSide, .. Enum.GetValues<SideCall>().Select(static call => call.Word())];

    private static readonly (string Word, Dimension Dimension)[] Unknowable =
    [
        ("account", Dimension.Account), ("model", Dimension.Model), ("requestedModel", Dimension.RequestedModel), ("client", Dimension.Client),
        ("project", Dimension.Project), ("session", Dimension.Session),
    ];

    public static RequestFilter Of(IQueryCollection query) => new()
    {
        Account = QueryText.Of(query, "account"),
        Model = QueryText.Of(query, "model"),
        UpstreamModel = QueryText.Of(query, "upstreamModel"),
        RequestedModel = QueryText.Of(query, "requestedModel"),
        Client = QueryText.Of(query, "client"),
        Project = QueryText.Of(query, "project"),
        ErrorType = QueryText.Of(query, "errorType"),
        Unknown = UnknownOf(query),
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

    private static Dimension UnknownOf(IQueryCollection query)
    {
        if (QueryText.Of(query, "unknown") is not { } word) return Dimension.None;
        int at = Array.FindIndex(Unknowable, known => known.Word == word);
        if (at < 0) throw new InvalidRequestException(ApiError.Invalid($"unknown must be one of: {string.Join(", ", Unknowable.Select(static known => known.Word))}", "unknown"));
        return Unknowable[at].Dimension;
    }
}
