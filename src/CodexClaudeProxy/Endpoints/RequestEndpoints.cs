using System.Buffers;
using System.Globalization;
using System.Threading.Channels;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Sqlite;
using CodexClaudeProxy.Turns.Record;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The request log: the list, one request, and what happens now.</summary>
internal sealed class RequestEndpoints(RequestLog requests, ActivityStore activity, Func<string, string?> labelOf, TimeProvider time, CancellationToken stopping)
{
    private const int MostRows = 500;

    /// <summary>Whether a request's bodies are in memory.</summary>
    public Func<string, bool> IsCaptured { get; init; } = static _ => false;

    public Func<PriceList> Prices { get; init; } = static () => PriceList.Default;

    public void MapTo(Routes routes) => routes
        .Get("/api/requests", ListAsync)
        .Get("/api/requests/stream", FollowAsync)
        .Get("/api/requests/{id}", WriteAsync);

    private async Task ListAsync(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        int limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) ? Math.Clamp(wanted, 1, MostRows) : 50;
        RequestFilter filter = RequestQuery.Of(query);
        string? before = QueryText.Of(query, "before");
        RequestPage page = await KeptAsync(database => RequestSearch.List(database, filter, limit, before), http) ?? requests.List(filter, limit, before);
        await JsonReply.WriteAsync(http, new RequestList(page.Requests.Select(RowsOf(Prices())), page.Next), EndpointsContext.Default.RequestList);
    }

    /// <summary>Null when nothing is kept, or cannot be read: then there is what is in memory.</summary>
    private async Task<T?> KeptAsync<T>(Func<Database, T?> query, HttpContext http) where T : class =>
        activity.IsOn ? await activity.ReadAsync(query, http.RequestAborted) : null;

    private async Task WriteAsync(HttpContext http)
    {
        string id = (string)http.Request.RouteValues["id"]!;
        RequestEntry entry = requests.Find(id) ?? await KeptAsync(database => RequestSearch.Find(database, id), http) ?? throw new InvalidRequestException(LocalErrors.NotFound);
        PriceList prices = Prices();
        CostLine? cost = entry.Tokens?.ToPriced() is { } tokens ? CostLine.Of(entry.UpstreamModel, tokens.IsLong, prices.Of(entry.UpstreamModel, entry.Ended, tokens.IsLong), tokens) : null;
        var detail = new RequestDetail(new RequestRow(entry, labelOf, prices), TurnDetail.Read(entry.Detail), entry.Explanations, IsCaptured(id), cost);
        await JsonReply.WriteAsync(http, detail, EndpointsContext.Default.RequestDetail);
    }

    private async Task FollowAsync(HttpContext http)
    {
        var stream = new EventStream(http, time);
        using RequestLog.Watch watch = requests.Follow(stream.LastEventId);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping, watch.TooSlow);
        ChannelReader<RequestEvent> events = watch.Queue.Reader;
        try
        {
            await stream.BeginAsync(end.Token);
            while (await stream.WaitAsync(events.WaitToReadAsync(end.Token), end.Token))
            {
                while (events.TryRead(out RequestEvent? happened))
                    await stream.SendAsync(happened.Id, happened.Started is not null ? "started" : "finished", buffer => Write(buffer, happened), end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The watcher has gone, or the program goes. One who does not read would hold up even the end of the answer.
            if (watch.TooSlow.IsCancellationRequested) http.Abort();
        }
    }

    private void Write(IBufferWriter<byte> buffer, RequestEvent happened)
    {
        if (happened.Started is { } started) JsonLine.Write(buffer, RequestStart.Of(started), EndpointsContext.Default.RequestStart);
        else JsonLine.Write(buffer, new RequestRow(happened.Finished!, labelOf, Prices()), EndpointsContext.Default.RequestRow);
    }

    private Func<RequestEntry, RequestRow> RowsOf(PriceList prices) => entry => new RequestRow(entry, labelOf, prices);
}
