using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Which requests a query string means; the list and the export take the same members.</summary>
internal static class RequestQuery
{
    private static readonly (string Word, string Side)[] Sides =
        [.. Enum.GetValues<SideCall>().Select(static call => call.Word()).Prepend(RequestFilter.NoSide).Prepend(RequestFilter.AnySide).Select(static word => (word, word))];

    /// <summary>Every request has an outcome, few have an error, a key or are side calls: these are never unknown.</summary>
    private static readonly (string Word, Dimension Dimension)[] Unknowable =
        [.. StatisticsEndpoints.Dimensions.Where(static known => known.Dimension != Dimension.None && !Rollups.IsOfSome(known.Dimension))];

    private static readonly (string Word, RequestOutcome Outcome)[] Outcomes = [("ok", RequestOutcome.Ok), ("failed", RequestOutcome.Failed), ("left", RequestOutcome.Left)];

    public static RequestFilter Of(IQueryCollection query) => new()
    {
        Account = QueryText.Of(query, "account"),
        Model = QueryText.Of(query, "model"),
        UpstreamModel = QueryText.Of(query, "upstreamModel"),
        RequestedModel = QueryText.Of(query, "requestedModel"),
        Client = QueryText.Of(query, "client"),
        Project = QueryText.Of(query, "project"),
        ErrorType = QueryText.Of(query, "errorType"),
        Key = QueryText.Of(query, "key"),
        Unknown = QueryText.Of(query, "unknown") is null ? Dimension.None : QueryText.Word(query, "unknown", Unknowable),
        Outcome = QueryText.Of(query, "outcome") is null ? null : QueryText.Word(query, "outcome", Outcomes),
        Path = QueryText.Of(query, "path"),
        Conversation = QueryText.Of(query, "conversation"),
        Session = QueryText.Of(query, "session"),
        Side = QueryText.Of(query, "side") is null ? null : QueryText.Word(query, "side", Sides),
        Text = QueryText.Of(query, "q"),
        From = QueryText.Time(query, "from"),
        To = QueryText.Time(query, "to"),
    };
}
