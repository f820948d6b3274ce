using CodexClaudeProxy.Endpoints;
using static CodexClaudeProxy.Scripts.Api.Operation;

namespace CodexClaudeProxy.Scripts.Api.Topics;

/// <summary>What happened: requests, their sums, the log.</summary>
internal static class ActivityTopics
{
    private const string From = "Requests that ended at or after this time.";
    private const string To = "Requests that ended before this time.";
    private const string RequestId = "The request's id, as the client was told in `request-id` or `x-request-id`.";
    private const string Resume = "The `id` of the last event that was received: the stream goes on after it.";

    public static readonly Topic Requests = new(
        "Requests",
        "Every request leaves a line in the request log, however it ended, but never what was said. What is kept, where and how long, is in [Statistics](STATISTICS.md).",
        Get("/api/requests", "Lists requests, the newest first.")
            .Number("limit", "How many, from 1 to 500; 50 by default.")
            .Query("before", "The `next` of the page before.")
            .Filters()
            .Time("from", From).Time("to", To)
            .Answers(EndpointsContext.Default.RequestList, "A page of the list.").Refuses(400, "A parameter is not what it must be.").Try("?limit=1").Try("?outcome=lost"),
        Get("/api/requests/{id}", "Shows one request with its attempts, the choice of each account, and when what happened.").Segment("id", RequestId)
            .Answers(EndpointsContext.Default.RequestDetail, "The request.").Refuses(404, "There is no such request.").Try(path: "/api/requests/$REQUEST"),
        Get("/api/conversation", "Shows the turns of one conversation in their order: how the context grew, what the prompt cache held, which account served.")
            .Query("session", "What the client calls its session, with all its subagents.").Query("conversation", "Instead of `session`: the conversation, as `conversation` of a request.")
            .Answers(EndpointsContext.Default.ConversationAnswer, "The conversation; without turns when it is not known.").Refuses(400, "Neither `session` nor `conversation` is told, or both are.")
            .Try("?session=none"),
        Get("/api/requests/stream", "Tells of requests as they begin and end.")
            .Also("Events `started` hold a `RequestStart`, events `finished` a `RequestRow`. A reader that falls behind is disconnected.")
            .Header("Last-Event-ID", Resume)
            .AnswersText("text/event-stream", "Events.", EndpointsContext.Default.RequestStart).AnswersText("text/event-stream", "", EndpointsContext.Default.RequestRow)
            .Try(headers: "Last-Event-ID: 0"),
        Get("/api/capture", "Tells whether the bodies of requests are captured.").Answers(EndpointsContext.Default.CaptureState, "The state.").Try(),
        Post("/api/capture", "Captures the bodies of the requests that begin in the next minutes, in memory only.")
            .Takes(EndpointsContext.Default.CaptureRequest).Answers(EndpointsContext.Default.CaptureState, "The state after the change.").Refuses(400, "`minutes` is not what it must be.")
            .Try(body: """{"minutes":5}"""),
        Get("/api/requests/{id}/bodies", "Shows the bodies of a request that were captured.").Segment("id", RequestId)
            .Answers(EndpointsContext.Default.CapturedBodies, "The bodies.").Refuses(404, "They were not captured, or are forgotten.").Try(path: "/api/requests/$REQUEST/bodies"),
        Post("/api/auto-mode/check", "Judges the tool calls of a message, to try the check of auto mode out.")
            .Also("Takes a Messages request as Claude Code sends it in auto mode, whose last message is the assistant's with the calls. The setting `autoModeCheck` does not matter here.")
            .TakesFree("MessagesRequest", "safeguards", "messages").Answers(EndpointsContext.Default.CheckedCalls, "What was found out about each call.")
            .Refuses(400, "The request has no `safeguards`, or no calls.").Try(body: """{"messages":[]}"""),
        Get("/api/drift", "Lists what clients and upstream sent that is new to this version.").Answers(SnakeCaseContext.Default.DriftList, "The list.").Try());

    public static readonly Topic Statistics = new(
        "Statistics",
        "What requests add up to. How it is counted is in [Statistics](STATISTICS.md).",
        Get("/api/stats", "Adds up the requests of a time.").Range()
            .Query("by", "What the groups of the answer have in common; `none` by default.", "none", "account", "model", "requestedModel", "client", "project", "session", "errorType", "sideCall", "key")
            .Query("order", "What the groups are ordered by, the largest first; `requests` by default.", "requests", "tokens", "cost", "failed")
            .Number("stacked", "How many of the groups, the first ones, have a series of their own, from 0 to 12; 0 by default.")
            .Answers(EndpointsContext.Default.StatisticsAnswer, "The sums.").Refuses(400, "A parameter is not what it must be.").Try("?range=1h&by=model"),
        Get("/api/stats/hours", "Adds up the requests of a time by day of the week and hour.").Range()
            .Number("offset", "How many minutes your time is ahead of UTC, from -840 to 840; 0 by default. The time that is in force now counts for all of the range.")
            .Answers(EndpointsContext.Default.HoursOfWeek, "The sums of each hour.").Refuses(400, "A parameter is not what it must be.").Try("?range=1h&offset=60"),
        Get("/api/prices", "Lists the prices that the estimates of what the API would cost are made with.")
            .Also("The setting `prices` overrides them and adds others.").Answers(EndpointsContext.Default.PriceListAnswer, "The prices.").Try(),
        Get("/api/stats/storage", "Tells where the statistics are kept, and how much there is.").Answers(EndpointsContext.Default.StorageState, "The state of the file.").Try(),
        Get("/api/stats/export", "Downloads the requests of a time.").Range().Filters()
            .Query("format", "`csv` by default. In CSV, text that a spreadsheet would take for a formula has an apostrophe in front.", "csv", "json")
            .AnswersText("text/csv", "The requests, one a line.").AnswersList(EndpointsContext.Default.RequestRow, "The requests.")
            .Refuses(400, "A parameter is not what it must be.").Try("?range=1h&outcome=ok").Try("?range=1h&format=json"),
        Get("/metrics", "Tells counts and durations since the start of the program to Prometheus.").AnswersText("text/plain", "Prometheus' text format, version 0.0.4.").Try(),
        Delete("/api/stats", "Forgets all statistics.")
            .Takes(EndpointsContext.Default.ForgetRequest, "confirm").Answers(EndpointsContext.Default.Done, "They are forgotten.").Refuses(400, "`confirm` is not `true`.")
            .Refuses(503, "The file cannot be changed now.").Try(body: """{"confirm":true}"""));

    public static readonly Topic Log = new(
        "Log",
        "The newest 1000 lines of the log are kept in memory. Secrets are removed from them.",
        Get("/api/logs", "Lists log lines, the oldest first.").Level()
            .Query("q", "A part of the message.").Number("limit", "How many, the newest; all by default.")
            .Answers(EndpointsContext.Default.LogList, "The lines.").Refuses(400, "A parameter is not what it must be.").Try("?level=info&limit=1"),
        Get("/api/logs/stream", "Follows the log.").Level()
            .Number("after", "Begins with the lines after the one with this id.").Flag("history", "`true` begins with all lines that are kept.")
            .Header("Last-Event-ID", Resume)
            .AnswersText("text/event-stream", "Events, each a `ShownLogLine`. A reader that falls behind is disconnected.", EndpointsContext.Default.ShownLogLine)
            .Refuses(400, "A parameter is not what it must be.").Try("?history=true&level=info"));

    private static Operation Level(this Operation operation) => operation.Query("level", "The least level, in any case of the letters.", "DEBUG", "INFO", "SUCCESS", "WARN", "ERROR");

    /// <summary>Which requests of a time are meant.</summary>
    private static Operation Filters(this Operation operation) => operation
        .Query("account", "The key of an account, as `account` in the answer.")
        .Query("model", "The name of a model, as the client named it or as upstream was asked for it.")
        .Query("upstreamModel", "The model that was asked.").Query("requestedModel", "The model as the client named it.")
        .Query("client", "The client's name, with its version or without.")
        .Query("project", "The last segment of the client's working directory.")
        .Query("errorType", "The error's type in Anthropic's words.")
        .Query("key", "A key of a client, by its id or by the name it had then.")
        .Query("unknown", "Requests of which this is not known.", "account", "model", "requestedModel", "client", "project", "session")
        .Query("outcome", "How requests ended; `left` means that the client disconnected.", "ok", "failed", "left")
        .Query("path", "The route, such as `/v1/messages`.")
        .Query("conversation", "The conversation, as `conversation` in the answer.")
        .Query("session", "What the client calls its session.")
        .Query("side", "Requests beside a conversation of this kind, of any kind, or of none.", "any", "none", "title", "classifier", "check", "advisor")
        .Query("q", "A part of a model's name, the session, the project or the error.");

    private static Operation Range(this Operation operation) => operation
        .Query("range", "The time until now; `24h` by default.", "1h", "6h", "24h", "7d", "30d", "90d", "all")
        .Time("from", From + " Instead of `range`.").Time("to", To + " Now by default.");
}
