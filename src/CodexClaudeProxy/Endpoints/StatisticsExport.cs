using System.Buffers;
using System.Globalization;
using System.Text;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The requests of a time that pass the list's filters, as a download, written part by part as they are read.</summary>
internal sealed class StatisticsExport(ActivityStore activity, RequestLog requests, Func<string, string?> labelOf, Func<HttpContext, StatisticsRange> rangeOf)
{
    private const int PartSize = 2_000;

    private static readonly (string Name, Func<RequestEntry, object?> Value)[] Columns =
    [
        ("id", entry => entry.Id), ("received", entry => Times.Iso(entry.Received)), ("path", entry => entry.Path), ("client", entry => ClientName.Of(entry.UserAgent)),
        ("requestedModel", entry => entry.RequestedModel), ("upstreamModel", entry => entry.UpstreamModel), ("lane", entry => entry.Lane),
        ("effort", entry => entry.Effort), ("streamed", entry => entry.Streamed ? "true" : "false"), ("account", entry => entry.Account),
        ("conversation", entry => entry.Conversation), ("session", entry => entry.Session), ("agent", entry => entry.Agent), ("project", entry => entry.Project),
        ("status", entry => entry.Status), ("outcome", entry => entry.Outcome.Word()), ("stopReason", entry => entry.StopReason),
        ("errorType", entry => entry.ErrorType), ("errorCode", entry => entry.ErrorCode), ("errorMessage", entry => entry.ErrorMessage),
        ("attempts", entry => entry.Attempts), ("heldMs", entry => entry.HeldMs), ("connectMs", entry => entry.ConnectMs), ("firstEventMs", entry => entry.FirstEventMs),
        ("firstTokenMs", entry => entry.FirstTokenMs), ("totalMs", entry => entry.TotalMs), ("fresh", entry => entry.Tokens?.Fresh), ("cached", entry => entry.Tokens?.Cached),
        ("written", entry => entry.Tokens?.Written), ("output", entry => entry.Tokens?.Output), ("reasoning", entry => entry.Tokens?.Reasoning),
        ("estimated", entry => entry.Tokens is { } tokens ? tokens.Estimated ? "true" : "false" : null), ("webSearches", entry => entry.WebSearches),
        ("sideCall", entry => entry.SideCall),
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

        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        if (csv) WriteLine(buffer, Columns.Select(column => (object)column.Name));
        else buffer.Write("["u8);
        bool isFirst = true;
        for (long? after = 0; after is not null;)
        {
            (IReadOnlyList<RequestEntry> part, after) = await PartAsync(filter, after.Value, http.RequestAborted);
            foreach (RequestEntry entry in part)
            {
                if (csv) WriteLine(buffer, Columns.Select(column => column.Value(entry)));
                else WriteJson(buffer, entry, isFirst);
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

    private void WriteJson(ArrayBufferWriter<byte> buffer, RequestEntry entry, bool isFirst)
    {
        buffer.Write(isFirst ? "\n"u8 : ",\n"u8);
        JsonLine.Write(buffer, new RequestRow(entry, labelOf), EndpointsContext.Default.RequestRow);
    }

    private static void WriteLine(ArrayBufferWriter<byte> buffer, IEnumerable<object?> cells) =>
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Cell)) + "\r\n", buffer);
}
