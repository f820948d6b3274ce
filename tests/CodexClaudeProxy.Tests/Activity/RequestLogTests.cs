using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using RequestLog = CodexClaudeProxy.Activity.RequestLog;

namespace CodexClaudeProxy.Tests.Activity;

/// <summary>Every request leaves a line, whatever became of it, and never what was said in it.</summary>
public sealed class RequestLogTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_turn_leaves_who_where_how_long_and_how_much()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript().Text("ok").Completed()));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
        {
            Content = new StringContent(RunningProxy.Ask("In /x. - Primary working directory: /home/me/secret-client/shop\\nMore", stream: true, more: """ "output_config":{"effort":"high"} """), null, "application/json"),
            Headers = { { "User-Agent", "claude-cli/2.1.330 (external, cli)" }, { "X-Claude-Code-Session-Id", "5e55105e" }, { "x-claude-code-agent-id", "a6e47" } },
        };
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, Now);
        await response.Content.ReadAsStringAsync(Now);

        JsonObject row = (await proxy.ListedAsync(1))[0]!.AsObject();

        Assert.Equal(response.Headers.GetValues("request-id").Single(), (string?)row["id"]);
        Assert.Equal("/v1/messages|Claude Code 2.1.330|gpt-5.5|gpt-5.5|exact|high|true|5e55105e|a6e47|shop|200|ok|end_turn|1",
            string.Join('|', new[] { "path", "client", "requestedModel", "upstreamModel", "lane", "effort", "streamed", "session", "agent", "project", "status", "outcome", "stopReason", "attempts" }.Select(name => $"{row[name]}")));
        Assert.Equal(FakeAuth.DefaultUser.Email, (string?)row["accountLabel"]);
        Assert.StartsWith(FakeAuth.DefaultUser.Email + ":", (string?)row["account"], StringComparison.Ordinal);
        Assert.True((long?)row["tokens"]!["output"] > 0);
        Assert.Null(row["errorType"]);

        JsonObject detail = await proxy.GetJsonAsync($"/api/requests/{row["id"]}");
        Assert.Equal("received converted sent headers firstEvent firstToken lastByte", string.Join(' ', detail["timeline"]!.AsArray().Select(point => (string?)point!["name"])));
        Assert.Equal(detail["timeline"]!.AsArray().Select(point => (int)point!["atMs"]!).Order(), detail["timeline"]!.AsArray().Select(point => (int)point!["atMs"]!));
        Assert.Equal(2, detail["selections"]![0]!["candidates"]!.AsArray().Count);
        Assert.Equal((string?)row["account"], (string?)detail["attempts"]![0]!["account"]);
        Assert.Equal("exact", (string?)detail["route"]!["lane"]);
    }

    [Fact]
    public async Task What_is_refused_before_it_is_understood_is_listed_too()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        foreach (string path in new[] { "/v1/messages", "/v1/chat/completions", "/v1/responses" })
        {
            using HttpResponseMessage response = await proxy.PostAsync("{", path, Now);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        JsonArray rows = await proxy.ListedAsync(3);
        Assert.Equal(["/v1/responses", "/v1/chat/completions", "/v1/messages"], rows.Select(row => (string?)row!["path"]));
        Assert.All(rows, row => Assert.Equal("failed|400|invalid_request_error", $"{row!["outcome"]}|{row["status"]}|{row["errorType"]}"));
        Assert.All(rows, row => Assert.Null(row!["tokens"]));
        Assert.All(rows, row => Assert.Null(row!["requestedModel"]));
    }

    [Fact]
    public async Task Failed_attempts_forwarded_requests_and_clients_that_left_are_told_apart()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        proxy.Backend.AnswerAll(_ => Reply.Json(400, """{"error":{"message":"no","type":"invalid_request_error"}}"""));
        (await proxy.PostAsync(RunningProxy.Ask(), cancellation: Now)).Dispose();
        JsonNode failed = (await proxy.ListedAsync(1))[0]!;
        Assert.Equal("failed|400|invalid_request_error|1", $"{failed["outcome"]}|{failed["status"]}|{failed["errorType"]}|{failed["attempts"]}");

        var gate = new Gate();
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript().Text("ok").Hold(gate).Completed()));
        using var leaving = new CancellationTokenSource();
        Task<HttpResponseMessage> asking = proxy.PostAsync(RunningProxy.Ask(), cancellation: leaving.Token);
        await gate.Reached;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        JsonNode left = (await proxy.ListedAsync(2))[0]!;
        gate.Open();
        Assert.Equal("left||", $"{left["outcome"]}|{left["errorType"]}|{left["status"]}");

        (await proxy.PostAsync("{}", "/v1/responses/compact", Now)).Dispose();
        JsonNode forwarded = (await proxy.ListedAsync(3))[0]!;
        Assert.Equal($"/v1/responses/compact||{failed["accountLabel"]}", $"{forwarded["path"]}|{forwarded["requestedModel"]}|{forwarded["accountLabel"]}");
    }

    [Fact]
    public void Pages_follow_each_other_without_gaps_while_requests_arrive()
    {
        var log = new RequestLog();
        for (int i = 0; i < 25; i++) Add(log, i);

        List<string> seen = [];
        string? cursor = null;
        do
        {
            RequestPage page = log.List(new RequestFilter(), 10, cursor);
            seen.AddRange(page.Requests.Select(entry => entry.Id));
            cursor = page.Next;
            Add(log, 100 + seen.Count);
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"req_{i}"), seen);
    }

    [Fact]
    public async Task The_stream_tells_beginnings_and_ends_and_goes_on_where_it_broke()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript().Text("ok").Completed()));
        using Watcher watcher = await Watcher.OpenAsync(proxy, null);
        (await proxy.PostAsync(RunningProxy.Ask(stream: true), cancellation: Now)).Dispose();

        (string Id, string Name, JsonNode Data) started = await watcher.NextAsync();
        (string Id, string Name, JsonNode Data) finished = await watcher.NextAsync();
        using Watcher again = await Watcher.OpenAsync(proxy, started.Id);
        (string Id, string Name, JsonNode Data) repeated = await again.NextAsync();

        Assert.Equal(("started", "gpt-5.5", true), (started.Name, (string?)started.Data["requestedModel"], (bool)started.Data["streamed"]!));
        Assert.Equal(("finished", (string?)started.Data["id"]), (finished.Name, (string?)finished.Data["id"]));
        Assert.Equal((finished.Id, finished.Data.ToJsonString()), (repeated.Id, repeated.Data.ToJsonString()));
    }

    [Fact]
    public void A_watcher_that_does_not_read_is_given_up_and_the_others_are_not()
    {
        var log = new RequestLog();
        using RequestLog.Watch slow = log.Follow(null);
        using RequestLog.Watch quick = log.Follow(null);
        int read = 0;

        for (int i = 0; i < 1_000; i++)
        {
            Add(log, i);
            while (quick.Queue.Reader.TryRead(out _)) read++;
        }

        Assert.True(SpinWait.SpinUntil(() => slow.TooSlow.IsCancellationRequested, TimeSpan.FromSeconds(10)));
        Assert.Equal((1_000, false), (read, quick.TooSlow.IsCancellationRequested));
        Assert.Equal(RequestLog.Kept, log.List(new RequestFilter(), 1_000, null).Requests.Count);
    }

    [Fact]
    public void A_filter_takes_all_its_members_together()
    {
        var log = new RequestLog();
        Add(log, 1, entry => entry with { Project = "Shop", Outcome = RequestOutcome.Failed, ErrorMessage = "too Long" });
        Add(log, 2, entry => entry with { Project = "Shop", UpstreamModel = "gpt-x" });
        Add(log, 3);

        Assert.Equal(["req_2", "req_1"], Ids(new RequestFilter { Text = "sHOp" }));
        Assert.Equal(["req_1"], Ids(new RequestFilter { Text = "shop", Outcome = RequestOutcome.Failed }));
        Assert.Equal(["req_1"], Ids(new RequestFilter { Text = "LONG" }));
        Assert.Equal(["req_2"], Ids(new RequestFilter { Model = "gpt-x" }));
        Assert.Equal(["req_3", "req_2"], Ids(new RequestFilter { From = At(2) }));
        Assert.Equal(["req_1"], Ids(new RequestFilter { To = At(2) }));

        IEnumerable<string> Ids(RequestFilter filter) => log.List(filter, 10, null).Requests.Select(entry => entry.Id);
    }

    private static DateTimeOffset At(int minute) => new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero).AddMinutes(minute);

    private static void Add(RequestLog log, int i, Func<RequestEntry, RequestEntry>? change = null)
    {
        var entry = new RequestEntry { Id = $"req_{i}", Received = At(i), Ended = At(i), Path = "/v1/messages" };
        log.Enter();
        log.Finish(change?.Invoke(entry) ?? entry);
    }

    /// <summary>Reads the live stream.</summary>
    private sealed class Watcher(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        public static async Task<Watcher> OpenAsync(RunningProxy proxy, string? after)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/requests/stream");
            if (after is not null) request.Headers.Add("Last-Event-ID", after);
            HttpResponseMessage response = await proxy.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now);
            return new Watcher(response, new StreamReader(await response.Content.ReadAsStreamAsync(Now)));
        }

        public async Task<(string Id, string Name, JsonNode Data)> NextAsync()
        {
            string id = (await reader.ReadLineAsync(Now))!["id: ".Length..];
            string name = (await reader.ReadLineAsync(Now))!["event: ".Length..];
            JsonNode data = JsonNode.Parse((await reader.ReadLineAsync(Now))!["data: ".Length..])!;
            Assert.Equal("", await reader.ReadLineAsync(Now));
            return (id, name, data);
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
