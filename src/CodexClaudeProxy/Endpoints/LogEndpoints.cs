using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The latest log entries, and a feed of new ones, in the original's shape with a time that says its zone.</summary>
internal sealed class LogEndpoints(HostParts host)
{
    /// <summary>From the least to the gravest.</summary>
    private static readonly string[] Levels = ["DEBUG", "INFO", "SUCCESS", "WARN", "ERROR"];

    private static readonly string[] Icons = ["•", "ℹ", "✓", "⚠", "✗"];

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly LogRing _ring = host.Journal.Ring;

    public void MapTo(Routes routes) => routes
        .Get("/api/logs", AnswerAsync)
        .Get("/api/logs/stream", StreamAsync);

    private Task AnswerAsync(HttpContext http)
    {
        int lowest = LowestLevel(http.Request);
        string wanted = http.Request.Query["q"].ToString();
        int limit = Limit(http.Request);
        IEnumerable<LogEntry> found = _ring.Entries.Where(entry => LevelOf(entry) >= lowest && entry.Message.Contains(wanted, StringComparison.OrdinalIgnoreCase)).TakeLast(limit);
        return JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, "ok"u8);
            json.WriteStartArray("logs"u8);
            foreach (LogEntry entry in found) Write(json, entry);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task StreamAsync(HttpContext http)
    {
        int lowest = LowestLevel(http.Request);
        var stream = new EventStream(http, host.Time);
        using LogViewer viewer = _ring.Watch(stream.LastEventId ?? After(http.Request));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.Stopping, viewer.FellBehind);
        try
        {
            await stream.BeginAsync(end.Token);
            foreach (LogEntry entry in viewer.Backlog) await SendAsync(entry);
            while (await stream.WaitAsync(viewer.Live.WaitToReadAsync(end.Token), end.Token))
            {
                while (viewer.Live.TryRead(out LogEntry? entry)) await SendAsync(entry);
            }
        }
        catch (OperationCanceledException)
        {
            // The viewer has gone, or the program goes. One who does not read would hold up even the end of the answer.
            if (viewer.FellBehind.IsCancellationRequested) http.Abort();
        }

        Task SendAsync(LogEntry entry) => LevelOf(entry) < lowest ? Task.CompletedTask : stream.SendAsync(entry.Id, null, line =>
        {
            using var json = new Utf8JsonWriter(line, Relaxed);
            Write(json, entry);
        }, end.Token);
    }

    /// <summary>The entry to go on after; 0 is before all of them.</summary>
    private static long? After(HttpRequest request) =>
        long.TryParse(request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id
        : request.Query["history"] == "true" ? 0 : null;

    private static void Write(Utf8JsonWriter json, LogEntry entry)
    {
        int level = LevelOf(entry);
        string time = entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        json.WriteStartObject();
        json.WriteString("timestamp"u8, time);
        json.WriteString("level"u8, Levels[level]);
        json.WriteString("message"u8, entry.Message);
        json.WriteString("icon"u8, Icons[level]);
        json.WriteString("time"u8, time);
        json.WriteNumber("id"u8, entry.Id);
        json.WriteString("category"u8, entry.Category);
        json.WriteNumber("event"u8, entry.Event.Id);
        if (entry.Exception is not null) json.WriteString("exception"u8, entry.Exception);
        json.WriteEndObject();
    }

    private static int LevelOf(LogEntry entry) => entry.IsSuccess ? 2 : entry.Level switch
    {
        <= LogLevel.Debug => 0,
        LogLevel.Information => 1,
        LogLevel.Warning => 3,
        _ => 4,
    };

    private static int LowestLevel(HttpRequest request)
    {
        string word = request.Query["level"].ToString();
        if (word.Length == 0) return 0;
        int level = Array.FindIndex(Levels, name => name.Equals(word, StringComparison.OrdinalIgnoreCase));
        return level >= 0 ? level : throw new InvalidRequestException(ApiError.Invalid($"level: must be one of: {string.Join(", ", Levels)}", "level"));
    }

    private static int Limit(HttpRequest request)
    {
        string text = request.Query["limit"].ToString();
        if (text.Length == 0) return int.MaxValue;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit > 0
            ? limit
            : throw new InvalidRequestException(ApiError.Invalid("limit: must be a whole number above 0", "limit"));
    }
}
