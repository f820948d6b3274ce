using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The request log: the list, one request, and what happens now.</summary>
internal sealed class RequestEndpoints(RequestLog requests, Func<string, string?> labelOf, TimeProvider time, CancellationToken stopping)
{
    private const int MostRows = 500;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly RequestJson _json = new(labelOf);

    public void MapTo(Routes routes) => routes
        .Get("/api/requests", ListAsync)
        .Get("/api/requests/stream", FollowAsync)
        .Get("/api/requests/{id}", WriteAsync);

    private Task ListAsync(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        int limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) ? Math.Clamp(wanted, 1, MostRows) : 50;
        RequestPage page = requests.List(FilterOf(query), limit, Text(query, "before"));
        return JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("requests"u8);
            foreach (RequestEntry entry in page.Requests) _json.Write(json, entry);
            json.WriteEndArray();
            json.WriteString("next"u8, page.Next);
            json.WriteEndObject();
        });
    }

    private Task WriteAsync(HttpContext http)
    {
        RequestEntry entry = requests.Find((string)http.Request.RouteValues["id"]!) ?? throw new InvalidRequestException(LocalErrors.NotFound);
        return JsonReply.WriteAsync(http, json => _json.WriteDetail(json, entry, captured: false));
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
        using var json = new Utf8JsonWriter(buffer, Relaxed);
        if (happened.Started is { } started) RequestJson.Write(json, started);
        else _json.Write(json, happened.Finished!);
    }

    private static RequestFilter FilterOf(IQueryCollection query) => new()
    {
        Account = Text(query, "account"),
        Model = Text(query, "model"),
        Outcome = Text(query, "outcome") switch
        {
            null => null,
            "ok" => RequestOutcome.Ok,
            "failed" => RequestOutcome.Failed,
            "left" => RequestOutcome.Left,
            _ => throw new InvalidRequestException(ApiError.Invalid("outcome must be one of: ok, failed, left", "outcome")),
        },
        Path = Text(query, "path"),
        Conversation = Text(query, "conversation"),
        Session = Text(query, "session"),
        Text = Text(query, "q"),
        From = Time(query, "from"),
        To = Time(query, "to"),
    };

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    private static DateTimeOffset? Time(IQueryCollection query, string name) => Text(query, name) is not { } text ? null
        : Times.TryParse(text) ?? throw new InvalidRequestException(ApiError.Invalid($"{name} must be a time such as 2026-11-25T08:00:00Z", name));
}
