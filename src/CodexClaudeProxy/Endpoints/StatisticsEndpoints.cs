using System.ComponentModel;
using System.Text.Json;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What the requests of a time add up to, what the file of them weighs, and how to get or lose it all.</summary>
internal sealed class StatisticsEndpoints(ActivityStore activity, RequestLog requests, Func<string, string?> labelOf, TimeProvider time)
{
    private static readonly (string Word, TimeSpan? Length)[] Ranges =
    [
        ("1h", TimeSpan.FromHours(1)), ("6h", TimeSpan.FromHours(6)), ("24h", TimeSpan.FromDays(1)), ("7d", TimeSpan.FromDays(7)),
        ("30d", TimeSpan.FromDays(30)), ("90d", TimeSpan.FromDays(90)), ("all", null),
    ];

    /// <summary>What requests can be told apart by.</summary>
    internal static readonly (string Word, Dimension Dimension)[] Dimensions =
    [
        ("none", Dimension.None), ("account", Dimension.Account), ("model", Dimension.Model), ("requestedModel", Dimension.RequestedModel),
        ("client", Dimension.Client), ("project", Dimension.Project), ("session", Dimension.Session), ("errorType", Dimension.ErrorType),
        ("sideCall", Dimension.SideCall), ("key", Dimension.Key),
    ];

    private static readonly (string Word, Func<Tally, double> Of)[] Orders =
    [
        ("requests", static tally => tally.Requests), ("tokens", static tally => tally.Input + tally.Output), ("cost", static tally => tally.Cost.Usd ?? -1), ("failed", static tally => tally.Failed),
    ];

    private const int MostStacked = 12;

    /// <summary>No place on earth is further from UTC.</summary>
    private const int MostMinutes = 14 * 60;

    /// <summary>What the estimates of the cost are made with.</summary>
    public Func<PriceList> Prices { get; init; } = static () => PriceList.Default;

    /// <summary>A name for people, of what requests keep of a client's key.</summary>
    public Func<string, string?> KeyLabel { get; init; } = KeyName.NameIn;

    public void MapTo(Routes routes)
    {
        routes.Get("/api/stats", WriteAsync).Delete("/api/stats", ForgetAsync).Get("/api/stats/hours", WriteHoursAsync).Get("/api/stats/storage", WriteStorageAsync);
        routes.Get("/api/stats/export", new StatisticsExport(activity, requests, labelOf, RangeOf, Prices).WriteAsync);
        routes.Get("/api/prices", http => JsonReply.WriteAsync(http, PriceListAnswer.Of(Prices()), EndpointsContext.Default.PriceListAnswer));
    }

    private async Task WriteAsync(HttpContext http)
    {
        StatisticsRange range = RangeOf(http);
        IQueryCollection query = http.Request.Query;
        Dimension by = QueryText.Word(query, "by", Dimensions, otherwise: "none");
        Func<Tally, double> order = QueryText.Word(query, "order", Orders, otherwise: "requests");
        // Without a file nothing has happened yet.
        int stacked = QueryText.Number(query, "stacked", 0, MostStacked);
        PriceList prices = Prices();
        StatisticsReport report = await activity.ReadAsync(database => Statistics.Of(database, range, by, prices, stacked, order), http.RequestAborted)
            ?? new StatisticsReport(range.From ?? range.To, range.To, Rollups.Hour, new Tally(), [], [], null, null, []);
        await JsonReply.WriteAsync(http, StatisticsAnswer.Of(report, NamesOf(by)), EndpointsContext.Default.StatisticsAnswer);
    }

    private Func<string, (string Key, string? Label)> NamesOf(Dimension by) => by switch
    {
        Dimension.Account => key => (key, labelOf(key)),
        Dimension.Key => key => (KeyName.IdIn(key)!, KeyLabel(key)),
        _ => static key => (key, null),
    };

    private async Task WriteHoursAsync(HttpContext http)
    {
        StatisticsRange range = RangeOf(http);
        int offset = QueryText.Number(http.Request.Query, "offset", -MostMinutes, MostMinutes);
        PriceList prices = Prices();
        HoursReport report = await activity.ReadAsync(database => Statistics.Hours(database, range, offset, prices), http.RequestAborted)
            ?? new HoursReport(range.From ?? range.To, range.To, offset, Statistics.NoHours());
        await JsonReply.WriteAsync(http, HoursOfWeek.Of(report), EndpointsContext.Default.HoursOfWeek);
    }

    private async Task WriteStorageAsync(HttpContext http)
    {
        StorageReport report = await activity.ReportAsync(http.RequestAborted);
        var state = new StorageState(activity.IsOn, report.Path, report.Bytes, report.LimitBytes, report.Rows, report.Oldest, activity.Lost);
        await JsonReply.WriteAsync(http, state, EndpointsContext.Default.StorageState);
    }

    private async Task ForgetAsync(HttpContext http)
    {
        ForgetRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.ForgetRequest);
        if (request.Confirm.ValueKind != JsonValueKind.True)
            throw new InvalidRequestException(ApiError.Invalid("This deletes all statistics. Send {\"confirm\":true} to do so", "confirm"));

        try
        {
            await activity.ClearAsync(http.RequestAborted);
        }
        catch (SqliteException e)
        {
            throw new InvalidRequestException(new ApiError(ApiErrorType.Api, StatusCodes.Status503ServiceUnavailable, $"The statistics cannot be changed now: {e.Message}"));
        }

        requests.Clear();
        await JsonReply.WriteAsync(http, new Done(), EndpointsContext.Default.Done);
    }

    private StatisticsRange RangeOf(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset? from = QueryText.Time(query, "from");
        DateTimeOffset? to = QueryText.Time(query, "to");
        // Nothing is known of the future, and a series has a point for each day.
        if (from is not null || to is not null) return new StatisticsRange(from, to < now ? to.Value : now);

        return new StatisticsRange(now - QueryText.Word(query, "range", Ranges, otherwise: "24h"), now);
    }
}

/// <summary>How the file of the statistics stands.</summary>
/// <param name="On">Requests are kept.</param>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size; 0 while there is none.</param>
/// <param name="LimitBytes">What it may grow to.</param>
/// <param name="Rows">How many requests are kept one by one.</param>
/// <param name="Oldest">The end of the oldest of them; null when there is none.</param>
/// <param name="Lost">How many were not kept because the file could not be written to for too long.</param>
internal sealed record StorageState(bool On, string Path, long Bytes, long LimitBytes, long Rows, DateTimeOffset? Oldest, long Lost);

/// <summary>The order to forget all statistics.</summary>
/// <param name="Confirm">Only <c>true</c> counts.</param>
internal sealed record ForgetRequest([property: Description("true")] JsonElement Confirm);

/// <summary>What was asked for was done.</summary>
/// <param name="Success">Always true.</param>
internal sealed record Done(bool Success = true);
