using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The turns of one session or conversation, in their order.</summary>
internal sealed class ConversationEndpoint(ActivityStore activity, RequestLog requests, Catalogue catalogue, Func<string, string?> labelOf, Func<PriceList> pricesNow)
{
    private const int MostTurns = 2_000;

    public void MapTo(Routes routes) => routes.Get("/api/conversation", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        (string? session, string? conversation) = (QueryText.Of(http.Request.Query, "session"), QueryText.Of(http.Request.Query, "conversation"));
        if (session is null == conversation is null) throw new InvalidRequestException(ApiError.Invalid("Send either session or conversation", "session"));

        var filter = new RequestFilter { Session = session, Conversation = conversation };
        IReadOnlyList<RequestEntry> found = (activity.IsOn ? await activity.ReadAsync(database => RequestSearch.Turns(database, filter, MostTurns + 1), http.RequestAborted) : null)
            ?? [.. requests.List(filter, RequestLog.Kept, before: null).Requests.Reverse()];
        RequestEntry[] turns = [.. found.TakeLast(MostTurns).OrderBy(static entry => entry.Received)];
        RequestEntry? newest = turns.LastOrDefault();
        ModelCatalogue models = await catalogue.GetAsync(http.RequestAborted);
        PriceList prices = pricesNow();
        await JsonReply.WriteAsync(http, new ConversationAnswer(
            session ?? newest?.Session, conversation, turns.LastOrDefault(static entry => entry.Project is not null)?.Project, ClientName.Of(newest?.UserAgent),
            new Sums(TallyOf(turns, prices)), TurnsOf(turns, models, prices), found.Count > MostTurns), EndpointsContext.Default.ConversationAnswer);
    }

    private static Tally TallyOf(IEnumerable<RequestEntry> turns, PriceList prices)
    {
        var tally = new Tally();
        foreach (RequestEntry entry in turns)
        {
            tally.Add(entry);
            if (RequestRow.CostOf(entry, prices) is { } cost) tally.Charge(cost);
        }

        return tally;
    }

    private List<ConversationTurn> TurnsOf(IEnumerable<RequestEntry> entries, ModelCatalogue models, PriceList prices)
    {
        var turns = new List<ConversationTurn>();
        Dictionary<string, string> servedBy = [];
        foreach (RequestEntry entry in entries)
        {
            bool moved = false;
            if (entry is { SideCall: null, Account: { } account })
            {
                string agent = entry.Agent ?? "";
                moved = servedBy.TryGetValue(agent, out string? before) && before != account;
                servedBy[agent] = account;
            }

            turns.Add(Turn(entry, models, prices, moved));
        }

        return turns;
    }

    private ConversationTurn Turn(RequestEntry entry, ModelCatalogue models, PriceList prices, bool moved)
    {
        RequestTokens? tokens = entry.Tokens;
        bool failover = entry.Attempts > 1 && TurnDetail.Read(entry.Detail)?.Attempts?.Any(attempt => attempt.Account is { } tried && tried != entry.Account) == true;
        return new ConversationTurn(
            entry.Id, entry.Received, entry.Agent, entry.SideCall, entry.RequestedModel, entry.UpstreamModel,
            entry.UpstreamModel is { } model ? models.Find(model)?.Profile.ContextWindow : null,
            tokens?.ToPriced().Input, tokens?.Cached, tokens?.Output,
            CostReport.Rounded(RequestRow.CostOf(entry, prices)?.Usd), entry.Account, entry.Account is { } key ? labelOf(key) : null,
            failover, moved, entry.Attempts, entry.Outcome.Word(), entry.ErrorType, entry.TotalMs);
    }
}
