using System.Text;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Turns.Record;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RequestLog = CodexClaudeProxy.Activity.RequestLog;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>The request log: its list, one request, its stream, and what of a request is kept in a file.</summary>
public sealed class RequestContracts : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, 123, TimeSpan.Zero));
    private readonly RequestLog _log = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-test-");

    public ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_list()
    {
        await using TestProxy proxy = await StartAsync();
        Golden.Same("requests-none.json", (await proxy.GetAsync("/api/requests")).Body);
        Finish(Served(), Failed(), Left());
        Golden.Same("requests.json", (await proxy.GetAsync("/api/requests")).Body);
        Golden.Same("requests-page.json", (await proxy.GetAsync("/api/requests?limit=1")).Body);
        Golden.Same("requests-refused.json", (await proxy.GetAsync("/api/requests?outcome=good")).Body);
    }

    [Fact]
    public async Task One_request()
    {
        await using TestProxy proxy = await StartAsync();
        Finish(Served(), Failed(), Left(), Served() with { Id = "req_restarted", Explanations = [] }, Served() with { Id = "req_old", Detail = default });
        foreach (string id in (string[])["served", "failed", "left", "restarted", "old", "unknown"])
            Golden.Same($"request-{id}.json", (await proxy.GetAsync($"/api/requests/req_{id}")).Body);
    }

    [Fact]
    public async Task The_stream()
    {
        await using TestProxy proxy = await StartAsync();
        _log.Start(new StartedRequest("req_1", _time.GetUtcNow(), "/v1/messages", "claude-ö<&>\"😀\"", "claude-cli/2.1.330 (external, cli)", Streamed: true));
        _log.Start(new StartedRequest("req_2", _time.GetUtcNow(), "/v1/responses", null, null, Streamed: false));
        Finish(Served(), Left());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/requests/stream");
        request.Headers.Add("Last-Event-ID", "0");
        using HttpResponseMessage response = await proxy.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Golden.Same("requests-stream.txt", await FramesAsync(response, 4));
    }

    [Fact]
    public void What_is_kept_of_a_request_in_a_file()
    {
        foreach (RequestEntry entry in (RequestEntry[])[Served(), Failed(), Left()])
            Golden.Same($"request-detail-{entry.Id["req_".Length..]}.json", Encoding.UTF8.GetString(entry.Detail.Span));
    }

    public static async Task<string> FramesAsync(HttpResponseMessage response, int count)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var text = new StringBuilder();
        for (int frames = 0; frames < count;)
        {
            string line = (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!;
            text.Append(line).Append('\n');
            if (line.Length == 0) frames++;
        }

        return text.ToString();
    }

    /// <summary>Everything is known, and some of it is odd.</summary>
    private RequestEntry Served()
    {
        TurnRecord record = Record("req_served", "claude-cli/2.1.330 (external, cli)");
        record.RequestedModel = "claude-opus-ö<&>'\"😀\"";
        record.UpstreamModel = "gpt-5.5";
        record.Lane = "opus";
        record.RouteReason = new string('ä', 310);
        record.Streamed = true;
        record.Effort = Effort.XHigh;
        record.ConversationId = "conversation-1";
        (record.Session, record.Agent, record.Project, record.Account) = ("session-1", "agent-1", "shöp", "b@x.com:2");
        record.Side = SideCall.Classifier;
        record.Selections.Add(new SelectionRecord("a@x.com:1", "the conversation's account",
        [
            new CandidateRecord("a@x.com:1", "ready", null, null, 0, 97.456, _time.GetUtcNow().AddHours(1)),
            new CandidateRecord("b@x.com:2", "cooling", _time.GetUtcNow().AddSeconds(30), "429 <slow down>", 5, null, null),
            new CandidateRecord("c@x.com:3", "ready", null, null, -1, 5, null),
        ]));
        record.Selections.Add(new SelectionRecord(null, "nobody is left", []));
        record.Attempts.Add(new AttemptRecord("a@x.com:1", "first", "429: \"wait\"", "another account", TimeSpan.FromMilliseconds(3.5), TimeSpan.FromMilliseconds(700)) { Change = "without 'service_tier'" });
        record.Attempts.Add(new AttemptRecord("b@x.com:2", "second", null, null, TimeSpan.FromMilliseconds(703), TimeSpan.FromSeconds(4)));
        _time.Advance(TimeSpan.FromMilliseconds(12));
        record.Converted = TimeSpan.FromMilliseconds(2);
        record.NoteSent();
        (record.Headers, record.FirstEvent, record.FirstOutput) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(110), TimeSpan.FromMilliseconds(800.6));
        (record.Held, record.Total, record.Status) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), 200);
        record.End = new TurnEnd(StopReason.ToolUse, new TurnUsage { FreshInput = 10, CacheRead = 1_000_000_000_000, CacheWritten = 3, Output = 40, Reasoning = 5, WebSearches = 2 });
        record.Checks =
        [
            new JudgedCall(new AnsweredCall("call_1"u8.ToArray(), "Bäsh", "{}"u8.ToArray()), CheckStep.Judged, new CallJudgement(CallOutcome.Flagged, "S3", "Lädt <etwas> \"herunter\"")),
            new JudgedCall(new AnsweredCall("call_2"u8.ToArray(), "Read", "{}"u8.ToArray()), CheckStep.Covered, CallJudgement.Doubtful),
            new JudgedCall(new AnsweredCall("call_3"u8.ToArray(), "", "{}"u8.ToArray()), CheckStep.TooLong, new CallJudgement(CallOutcome.NotFlagged, null, null)),
        ];
        return TurnSummary.Of(record, _time.GetUtcNow());
    }

    private RequestEntry Failed()
    {
        TurnRecord record = Record("req_failed", "Mozilla/5.0 (X11)");
        record.Attempts.Add(new AttemptRecord("gone@x.com:9", "the only one", "500", "gave up", TimeSpan.Zero, TimeSpan.FromMilliseconds(20)));
        record.Account = "gone@x.com:9";
        (record.Status, record.Total) = (502, TimeSpan.FromMilliseconds(21));
        record.Error = new ApiError(ApiErrorType.Api, 502, "The backend said \"<no>\" & über") { Code = "server_error" };
        record.End = new TurnEnd(StopReason.EndTurn, new TurnUsage { Output = 1, IsEstimate = true });
        return TurnSummary.Of(record, _time.GetUtcNow());
    }

    private RequestEntry Left()
    {
        TurnRecord record = Record("req_left", null);
        record.ClientLeft = true;
        return TurnSummary.Of(record, _time.GetUtcNow());
    }

    private TurnRecord Record(string id, string? userAgent) => new(_time) { RequestId = id, Path = "/v1/messages", UserAgent = userAgent };

    private void Finish(params RequestEntry[] entries)
    {
        foreach (RequestEntry entry in entries)
        {
            _log.Enter();
            _log.Finish(entry);
        }
    }

    private Task<TestProxy> StartAsync() => TestProxy.StartAsync(time: _time, compose: host =>
    {
        ActivityStore activity = host.Own(new ActivityStore(Path.Combine(_directory.FullName, "activity.db"), _time, NullLogger.Instance));
        activity.IsOn = false;
        var routes = new Routes();
        new RequestEndpoints(_log, activity, static key => key == "b@x.com:2" ? "Büro & <Co>" : null, _time, host.Stopping) { IsCaptured = static id => id == "req_served" }.MapTo(routes);
        return routes;
    });
}
