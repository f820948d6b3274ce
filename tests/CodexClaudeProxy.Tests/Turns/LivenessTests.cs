using System.Text;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Silence, disconnects and the end of the program.</summary>
public sealed class LivenessTests
{
    [Fact]
    public async Task A_client_that_leaves_ends_the_upstream_call()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        var gate = new Gate();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("half").Hold(gate)));
        using (var leaving = new CancellationTokenSource())
        {
            HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true), cancellation: leaving.Token);
            await using Stream body = await response.Content.ReadAsStreamAsync(leaving.Token);
            await body.ReadExactlyAsync(new byte[16], leaving.Token);
            await gate.Reached;
            response.Dispose();
        }

        ReceivedRequest request = await proxy.Backend.WaitForRequestAsync();
        Assert.Equal(RequestEnd.ClientLeft, await request.Ended.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_long_silence_is_filled_with_signs_of_life()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-25T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        var gate = new Gate();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().Hold(gate).Text("at last").Completed()));
        Task<HttpResponseMessage> asking = proxy.PostAsync(RunningProxy.Ask(stream: true));
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(10));

        // The handshake alone holds the status back for ten seconds.
        Assert.False(asking.IsCompleted);
        HttpResponseMessage response = await AdvanceUntilAsync(time, asking);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        Assert.StartsWith("event: message_start", await ReadAsync(body, time), StringComparison.Ordinal);
        Assert.Contains("event: ping", await ReadAsync(body, time), StringComparison.Ordinal);
        gate.Open();
        using var reader = new StreamReader(body);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_falls_silent_for_five_minutes_is_given_up()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-25T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        var gate = new Gate();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("half").Hold(gate)));
        HttpResponseMessage response = await AdvanceUntilAsync(time, proxy.PostAsync(RunningProxy.Ask(stream: true)));
        Task<string> all = response.Content.ReadAsStringAsync();
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains("Upstream produced no data for 300 seconds", await AdvanceUntilAsync(time, all), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_never_begins_is_given_up_after_a_minute_and_asked_once()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-25T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, time: time);
        proxy.Backend.AnswerAll(_ => Reply.Text("never").HeldBy(new Gate()));
        DateTimeOffset asked = time.GetUtcNow();
        Task<HttpResponseMessage> asking = proxy.PostAsync(RunningProxy.Ask());
        await proxy.Backend.WaitForRequestAsync();
        using HttpResponseMessage response = await AdvanceUntilAsync(time, asking);
        await RunningProxy.AssertErrorAsync(response, System.Net.HttpStatusCode.GatewayTimeout, "timeout_error", "Upstream request timed out");
        Assert.InRange((time.GetUtcNow() - asked).TotalSeconds, 60, 200);
        Assert.Single(proxy.Backend.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backend_that_begins_and_says_nothing_is_given_up_once(bool stream)
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-25T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, time: time);
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript(opening: false).Comment("here").Hold(new Gate())));
        DateTimeOffset asked = time.GetUtcNow();
        Task<HttpResponseMessage> asking = proxy.PostAsync(RunningProxy.Ask(stream: stream));
        await proxy.Backend.WaitForRequestAsync();
        using HttpResponseMessage response = await AdvanceUntilAsync(time, asking);
        string all = await AdvanceUntilAsync(time, response.Content.ReadAsStringAsync());
        Assert.Contains("Upstream produced no data for 120 seconds", all, StringComparison.Ordinal);
        Assert.InRange((time.GetUtcNow() - asked).TotalSeconds, 120, 280);
        Assert.Single(proxy.Backend.Requests);
    }

    [Fact]
    public async Task An_answer_we_end_ourselves_ends_the_upstream_call_at_once()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("one STOP two").Hold(new Gate())));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(more: """ "stop_sequences":["STOP"] """));
        Assert.Contains("\"stop_sequence\":\"STOP\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        ReceivedRequest request = await proxy.Backend.WaitForRequestAsync();
        Assert.Equal(RequestEnd.ClientLeft, await request.Ended.WaitAsync(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_and_nobody_else()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(configure: static options => options with { Limits = options.Limits with { Client = TimeSpan.FromSeconds(2) } });
        var endless = new StreamScript { PieceLength = 64 * 1024 }.Text(new string('x', 48 * 1024 * 1024));
        proxy.Backend.AnswerAll(request => request.LastUserText == "endless" ? Reply.Sse(endless) : Reply.Text("short"));
        byte[] body = Encoding.UTF8.GetBytes(RunningProxy.Ask("endless", stream: true));
        using var stuck = new System.Net.Sockets.TcpClient();
        await stuck.ConnectAsync(proxy.Client.BaseAddress!.Host, proxy.Client.BaseAddress.Port);
        await stuck.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"));
        await stuck.GetStream().WriteAsync(body);

        ReceivedRequest request = await proxy.Backend.WaitForRequestAsync();
        using HttpResponseMessage other = await proxy.PostAsync(RunningProxy.Ask("other", stream: true));
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(RequestEnd.ClientLeft, await request.Ended.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Streams_the_system_has_no_room_for_are_refused_before_the_backend_is_asked()
    {
        // Room for four streams, and some connections more.
        await using RunningProxy proxy = await RunningProxy.StartAsync(configure: static options => options with { Descriptors = 48 });
        var gate = new Gate();
        proxy.Backend.AnswerAll(_ => Reply.Sse(new StreamScript().UnfinishedText("half").Hold(gate)));
        List<HttpResponseMessage> running = [];
        for (int i = 0; i < 4; i++) running.Add(await proxy.PostAsync(RunningProxy.Ask($"number {i}", stream: true)));

        using HttpResponseMessage refused = await proxy.PostAsync(RunningProxy.Ask("one too many", stream: true));
        Assert.Equal("5", refused.Headers.GetValues("retry-after").Single());
        await RunningProxy.AssertErrorAsync(refused, (System.Net.HttpStatusCode)529, "overloaded_error", "Overloaded: the system does not allow more connections at the moment");
        using HttpResponseMessage chat = await proxy.PostAsync("""{"model":"gpt-5.5","messages":[{"role":"user","content":"Hi"}]}""", "/v1/chat/completions");
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, chat.StatusCode);
        Assert.Equal(4, proxy.Backend.Requests.Count);

        foreach (HttpResponseMessage response in running) response.Dispose();
        proxy.Backend.AnswerAll(_ => Reply.Text("again"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            using HttpResponseMessage again = await proxy.PostAsync(RunningProxy.Ask());
            if (again.IsSuccessStatusCode) break;
            await Task.Delay(20, patience.Token);
        }
    }

    [Fact]
    public async Task Idle_connections_make_room_for_requests()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(configure: static options => options with { Descriptors = 48 });
        List<System.Net.Sockets.TcpClient> idle = [];
        for (int i = 0; i < 40; i++)
        {
            idle.Add(new System.Net.Sockets.TcpClient());
            await idle[^1].ConnectAsync(proxy.Client.BaseAddress!.Host, proxy.Client.BaseAddress.Port);
        }

        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        foreach (System.Net.Sockets.TcpClient client in idle) client.Dispose();
    }

    [Fact]
    public async Task At_the_end_of_the_drain_nobody_is_left_without_a_word()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, configure: static options => options with { Limits = options.Limits with { Drain = TimeSpan.Zero } });
        proxy.Backend.AnswerAll(request => request.LastUserText switch
        {
            "nothing" => Reply.Text("never").HeldBy(new Gate()),
            "headers" => Reply.Sse(new StreamScript().Hold(new Gate())),
            _ => Reply.Sse(new StreamScript().UnfinishedText("half").Hold(new Gate())),
        });
        Task<HttpResponseMessage>[] unbegun =
        [
            proxy.PostAsync(RunningProxy.Ask("nothing")), proxy.PostAsync(RunningProxy.Ask("nothing", stream: true)),
            proxy.PostAsync(RunningProxy.Ask("headers")), proxy.PostAsync(RunningProxy.Ask("headers", stream: true)),
        ];
        HttpResponseMessage begun = await proxy.PostAsync(RunningProxy.Ask("begun", stream: true));
        await proxy.Backend.WaitForRequestAsync(5);
        Task ended = proxy.EndHostAsync();
        foreach (Task<HttpResponseMessage> asking in unbegun)
        {
            HttpResponseMessage response = await asking;
            Assert.Equal("5", response.Headers.GetValues("retry-after").Single());
            await RunningProxy.AssertErrorAsync(response, (System.Net.HttpStatusCode)529, "overloaded_error", "The proxy is shutting down");
        }

        Assert.Contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"", await begun.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await ended;
        Assert.Equal(5, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task Many_turns_at_once_do_not_disturb_each_other()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        Task<string>[] turns = [.. Enumerable.Range(0, 40).Select(async i =>
        {
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask($"number {i}", stream: i % 2 == 0));
            return await response.Content.ReadAsStringAsync();
        })];
        string[] answers = await Task.WhenAll(turns);
        for (int i = 0; i < answers.Length; i++)
        {
            string text = string.Concat(answers[i].Split("\"text\":\"").Skip(1).Select(static piece => piece[..piece.IndexOf('"', StringComparison.Ordinal)]));
            Assert.Equal($"You said: number {i}", text);
        }
    }

    /// <summary>Lets the program's clock run, a second at a time, until something happens.</summary>
    private static async Task<T> AdvanceUntilAsync<T>(FakeTimeProvider time, Task<T> task)
    {
        for (int i = 0; i < 2000 && !task.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(task, Task.Delay(5));
        }

        return await task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static async Task<string> ReadAsync(Stream body, FakeTimeProvider time)
    {
        var buffer = new byte[64 * 1024];
        int count = await AdvanceUntilAsync(time, body.ReadAsync(buffer).AsTask());
        return Encoding.UTF8.GetString(buffer, 0, count);
    }
}
