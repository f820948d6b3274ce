using System.Globalization;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The latest log entries, and a feed of new ones, in the original's shape with a time that says its zone.</summary>
internal sealed class LogEndpoints(HostParts host)
{
    /// <summary>From the least to the gravest.</summary>
    private static readonly string[] Levels = ["DEBUG", "INFO", "SUCCESS", "WARN", "ERROR"];

    private static readonly string[] Icons = ["•", "ℹ", "✓", "⚠", "✗"];

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
        return JsonReply.WriteAsync(http, new LogList("ok", found.Select(Line)), EndpointsContext.Default.LogList);
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

        Task SendAsync(LogEntry entry) => LevelOf(entry) < lowest
            ? Task.CompletedTask
            : stream.SendAsync(entry.Id, null, line => JsonLine.Write(line, Line(entry), EndpointsContext.Default.ShownLogLine), end.Token);
    }

    /// <summary>The entry to go on after; 0 is before all of them.</summary>
    private static long? After(HttpRequest request) =>
        long.TryParse(request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id
        : request.Query["history"] == "true" ? 0 : null;

    private static ShownLogLine Line(LogEntry entry)
    {
        int level = LevelOf(entry);
        return new ShownLogLine(entry.Time, Levels[level], entry.Message, Icons[level], entry.Time, entry.Id, entry.Category, entry.Event.Id, entry.Exception);
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

/// <summary>The latest log lines, the oldest first.</summary>
/// <param name="Status">Always <c>ok</c>.</param>
/// <param name="Logs">Those that were asked for, as far as they are still in memory.</param>
internal sealed record LogList(string Status, IEnumerable<ShownLogLine> Logs);

/// <summary>One log line, free of secrets.</summary>
/// <param name="Timestamp">When it was logged.</param>
/// <param name="Level"><c>DEBUG</c>, <c>INFO</c>, <c>SUCCESS</c>, <c>WARN</c> or <c>ERROR</c>.</param>
/// <param name="Message">What it says.</param>
/// <param name="Icon">A sign for the level.</param>
/// <param name="Time">The timestamp once more, under the name that the other tool's page reads.</param>
/// <param name="Id">Grows from line to line, over restarts too.</param>
/// <param name="Category">The part of the program it comes from.</param>
/// <param name="Event">What kind of line it is; the same in every version.</param>
/// <param name="Exception">The exception with its stack; absent for none.</param>
internal sealed record ShownLogLine(
    DateTimeOffset Timestamp, string Level, string Message, string Icon, DateTimeOffset Time, long Id, string Category, int Event,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Exception);
