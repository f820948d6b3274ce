using System.Buffers;
using System.Globalization;
using System.Text;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The requests of a time that pass the list's filters, as a download, written part by part as they are read.</summary>
/// <param name="pricesNow">What the estimates of the cost are made with.</param>
internal sealed class StatisticsExport(
    ActivityStore activity, RequestLog requests, Func<string, string?> labelOf, Func<HttpContext, StatisticsRange> rangeOf, Func<PriceList> pricesNow)
{
    private const int PartSize = 2_000;

    private static readonly (string Name, Func<RequestEntry, PriceList, object?> Value)[] Columns =
    [
        ("id", (entry, _) => entry.Id), ("received", (entry, _) => Times.Iso(entry.Received)), ("path", (entry, _) => entry.Path), ("client", (entry, _) => ClientName.Of(entry.UserAgent)),
        ("requestedModel", (entry, _) => entry.RequestedModel), ("upstreamModel", (entry, _) => entry.UpstreamModel), ("lane", (entry, _) => entry.Lane),
        ("effort", (entry, _) => entry.Effort), ("streamed", (entry, _) => entry.Streamed ? "true" : "false"), ("account", (entry, _) => entry.Account),
        ("conversation", (entry, _) => entry.Conversation), ("session", (entry, _) => entry.Session), ("agent", (entry, _) => entry.Agent), ("project", (entry, _) => entry.Project),
        ("status", (entry, _) => entry.Status), ("outcome", (entry, _) => entry.Outcome.Word()), ("stopReason", (entry, _) => entry.StopReason),
        ("errorType", (entry, _) => entry.ErrorType), ("errorCode", (entry, _) => entry.ErrorCode), ("errorMessage", (entry, _) => entry.ErrorMessage),
        ("attempts", (entry, _) => entry.Attempts), ("heldMs", (entry, _) => entry.HeldMs), ("connectMs", (entry, _) => entry.ConnectMs), ("firstEventMs", (entry, _) => entry.FirstEventMs),
        ("firstTokenMs", (entry, _) => entry.FirstTokenMs), ("totalMs", (entry, _) => entry.TotalMs), ("fresh", (entry, _) => entry.Tokens?.Fresh), ("cached", (entry, _) => entry.Tokens?.Cached),
        ("written", (entry, _) => entry.Tokens?.Written), ("output", (entry, _) => entry.Tokens?.Output), ("reasoning", (entry, _) => entry.Tokens?.Reasoning),
        ("estimated", (entry, _) => entry.Tokens is { } tokens ? tokens.Estimated ? "true" : "false" : null), ("webSearches", (entry, _) => entry.WebSearches),
        ("sideCall", (entry, _) => entry.SideCall), ("usd", (entry, prices) => CostReport.Rounded(RequestRow.CostOf(entry, prices)?.Usd)),
        ("key", (entry, _) => KeyName.IdIn(entry.Key)), ("keyName", (entry, _) => KeyName.NameIn(entry.Key)),
    ];

    public async Task WriteAsync(HttpContext http)
    {
        string format = QueryText.Of(http.Request.Query, "format") ?? "csv";
        if (format is not ("csv" or "json")) throw new InvalidRequestException(ApiError.Invalid("format must be one of: csv, json", "format"));

        StatisticsRange range = rangeOf(http);
        RequestFilter filter = RequestQuery.Of(http.Request.Query) with { From = range.From, To = range.To };
        bool csv = format == "csv";
        http.Response.ContentType = csv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"codex-claude-proxy-requests.{format}\"";

        PriceList prices = pricesNow();
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        if (csv) WriteLine(buffer, Columns.Select(column => (object)column.Name));
        else buffer.Write("["u8);
        bool isFirst = true;
        for (long? after = 0; after is not null;)
        {
            (IReadOnlyList<RequestEntry> part, after) = await PartAsync(filter, after.Value, http.RequestAborted);
            foreach (RequestEntry entry in part)
            {
                if (csv) WriteLine(buffer, Columns.Select(column => column.Value(entry, prices)));
                else WriteJson(buffer, entry, prices, isFirst);
                isFirst = false;
            }

            if (after is null && !csv) buffer.Write("\n]\n"u8);
            await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
            buffer.ResetWrittenCount();
        }
    }

    /// <summary>One cell, so that a spreadsheet takes it for text: what begins like a formula gets an apostrophe in front.</summary>
    public static string Cell(object? value)
    {
        if (value is not string text) return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r') text = "'" + text;
        return text.AsSpan().IndexOfAny("\",\r\n;") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>Where no file can be read, what is in memory, as in the list.</summary>
    private async Task<RequestPart> PartAsync(RequestFilter filter, long after, CancellationToken cancellation) =>
        (activity.IsOn ? await activity.ReadAsync(database => RequestSearch.Part(database, filter, after, PartSize), cancellation) : null)
        ?? new RequestPart(after > 0 ? [] : [.. requests.List(filter, RequestLog.Kept, before: null).Requests.Reverse()], null);

    private void WriteJson(ArrayBufferWriter<byte> buffer, RequestEntry entry, PriceList prices, bool isFirst)
    {
        buffer.Write(isFirst ? "\n"u8 : ",\n"u8);
        JsonLine.Write(buffer, new RequestRow(entry, labelOf, prices), EndpointsContext.Default.RequestRow);
    }

    private static void WriteLine(ArrayBufferWriter<byte> buffer, IEnumerable<object?> cells) =>
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Cell)) + "\r\n", buffer);
}
