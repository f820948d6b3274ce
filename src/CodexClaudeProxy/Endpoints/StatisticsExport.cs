using System.Buffers;
using System.Globalization;
using System.Text;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The requests of a time as a download, written part by part as they are read.</summary>
internal sealed class StatisticsExport(ActivityStore activity, Func<string, string?> labelOf, Func<HttpContext, StatisticsRange> rangeOf)
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
        bool csv = format == "csv";
        http.Response.ContentType = csv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"codex-claude-proxy-requests.{format}\"";

        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        if (csv) WriteLine(buffer, Columns.Select(column => (object)column.Name));
        else buffer.Write("["u8);
        long last = 0;
        for (bool more = true, first = true; more; first = false)
        {
            (IReadOnlyList<RequestEntry> part, last) = await PartAsync(range, last, http.RequestAborted);
            more = part.Count == PartSize;
            foreach (RequestEntry entry in part)
            {
                if (csv) WriteLine(buffer, Columns.Select(column => column.Value(entry)));
                else WriteJson(buffer, entry, isFirst: first && entry == part[0]);
            }

            if (!more && !csv) buffer.Write("\n]\n"u8);
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

    private async Task<(IReadOnlyList<RequestEntry> Entries, long Last)> PartAsync(StatisticsRange range, long after, CancellationToken cancellation)
    {
        Tuple<IReadOnlyList<RequestEntry>, long>? part = await activity.ReadAsync(
            database => RequestSearch.Part(database, range.From, range.To, after, PartSize).ToTuple(), cancellation);
        return part is null ? ([], after) : (part.Item1, part.Item2);
    }

    private void WriteJson(ArrayBufferWriter<byte> buffer, RequestEntry entry, bool isFirst)
    {
        buffer.Write(isFirst ? "\n"u8 : ",\n"u8);
        JsonLine.Write(buffer, new RequestRow(entry, labelOf), EndpointsContext.Default.RequestRow);
    }

    private static void WriteLine(ArrayBufferWriter<byte> buffer, IEnumerable<object?> cells) =>
        Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Cell)) + "\r\n", buffer);
}
