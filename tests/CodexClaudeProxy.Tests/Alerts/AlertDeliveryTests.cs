using CodexClaudeProxy.Alerts;
using CodexClaudeProxy.Tests.Turns;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary>What waits, what is tried again, and what is too much.</summary>
public sealed class AlertDeliveryTests : IAsyncDisposable
{
    private readonly AlertReceiver _receiver = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 29, 18, 0, 0, TimeSpan.Zero));
    private readonly HttpMessageInvoker _http = Egress.Create(static _ => null);
    private readonly AlertMemory _memory = new();
    private readonly LogLines _logs = new();
    private readonly AlertDelivery _delivery;
    private readonly AlertChannel _channel;

    public AlertDeliveryTests()
    {
        _delivery = new AlertDelivery(_memory, new Lock(), new AlertSender(_http, "test", _time), _time, _logs.CreateLogger("Alerts"));
        _channel = new AlertChannel { Name = "hook", Url = _receiver.Url + "/secret-path-of-the-hook" };
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ChannelState State => _memory.Channels["hook"];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task They_arrive_in_their_order_and_are_gone()
    {
        Enqueue(3);
        Assert.True(await SendAsync());
        Assert.Equal(["c0", "c1", "c2"], Arrived());
        Assert.Empty(State.Waiting);
        Assert.False(await SendAsync());
    }

    [Fact]
    public async Task What_fails_waits_and_the_channel_pauses_after_three_failures()
    {
        _receiver.Answer = static _ => "404 Not Found";
        Enqueue(2);
        List<TimeSpan> attempts = [];
        DateTimeOffset begin = _time.GetUtcNow();
        for (int i = 0; i < 30; i++)
        {
            int before = _receiver.Received.Count;
            await SendAsync();
            if (_receiver.Received.Count > before) attempts.Add(_time.GetUtcNow() - begin);
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal([0, 30, 60, 360], attempts.Select(at => at.TotalSeconds));
        Assert.Equal(2, State.Waiting.Count);
        // One line for all of it, which tells no address.
        Assert.Single(_logs.Text.Split('\n'), line => line.Contains("do not reach hook", StringComparison.Ordinal));
        Assert.DoesNotContain("secret-path", _logs.Text, StringComparison.Ordinal);

        _receiver.Answer = static _ => "204 No Content";
        _time.Advance(TimeSpan.FromMinutes(5));
        await SendAsync();
        Assert.Empty(State.Waiting);
        Assert.Equal(0, State.Failures);
        Assert.Contains("Alerts reach hook again", _logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_refused_does_not_keep_the_others_waiting()
    {
        _receiver.Answer = static number => number == 0 ? "400 Bad Request" : "204 No Content";
        Enqueue(2);
        await SendAsync();
        _time.Advance(TimeSpan.FromSeconds(30));
        await SendAsync();
        Assert.Equal(["c0", "c1"], Arrived());
        Assert.Equal((0, 1), (State.Waiting.Count, State.Dropped));
    }

    [Fact]
    public void No_more_than_sixty_four_wait_and_the_oldest_go()
    {
        Enqueue(70);
        Assert.Equal((64, 6), (State.Waiting.Count, State.Dropped));
        Assert.Equal("c6", State.Waiting[0].Names![0]);
    }

    [Fact]
    public async Task More_than_twenty_in_an_hour_become_one()
    {
        Enqueue(25);
        await SendAsync();
        Assert.Equal(20, _receiver.Received.Count);
        Assert.Empty(State.Waiting);

        _time.Advance(TimeSpan.FromMinutes(59));
        Enqueue(1);
        await SendAsync();
        Assert.Equal(20, _receiver.Received.Count);
        _time.Advance(TimeSpan.FromMinutes(1));
        Enqueue(1);
        await SendAsync();

        Assert.Equal(22, _receiver.Received.Count);
        Assert.Equal(("held_back", 6, "6 more alerts were held back: 6 × client.new."),
            ((string?)_receiver.Received[20].Json["event"], (int)_receiver.Received[20].Json["count"]!, (string?)_receiver.Received[20].Json["text"]));
    }

    [Fact]
    public async Task What_is_a_day_old_is_no_news()
    {
        _receiver.Answer = static _ => "404 Not Found";
        Enqueue(1);
        await SendAsync();
        _time.Advance(TimeSpan.FromHours(25));
        await SendAsync();
        Assert.Equal((0, 1), (State.Waiting.Count, State.Dropped));
        Assert.Single(_receiver.Received);
    }

    [Fact]
    public void Only_what_a_channel_takes_goes_there_and_a_removed_channel_is_forgotten()
    {
        AlertChannel other = new() { Name = "other", Url = _receiver.Url, Events = ["pool.dry"] };
        _delivery.Enqueue([_channel, other], [Alert.Of(AlertEvents.PoolDry, _time.GetUtcNow()), Alert.Of(AlertEvents.Pace, _time.GetUtcNow())]);
        Assert.Equal((1, 1), (State.Waiting.Count, _memory.Channels["other"].Waiting.Count));
        Assert.Equal(["pool.dry"], _memory.Recent.Select(alert => alert.Event));

        _delivery.Enqueue([_channel], []);
        Assert.DoesNotContain("other", _memory.Channels.Keys);
    }

    [Fact]
    public async Task A_test_goes_past_a_pause_and_ends_it()
    {
        _receiver.Answer = static number => number < 3 ? "404 Not Found" : "204 No Content";
        for (int i = 0; i < 3; i++) Assert.False((await _delivery.TestAsync(_channel, Bodies, Stop)).IsDelivered);
        Enqueue(1);
        Assert.False(await SendAsync());
        Assert.True((await _delivery.TestAsync(_channel, Bodies, Stop)).IsDelivered);
        Assert.True(await SendAsync());
        Assert.Empty(State.Waiting);
    }

    private static AlertBodies Bodies => new(TimeZoneInfo.Utc, null);

    private void Enqueue(int count) => _delivery.Enqueue(
        [_channel with { Events = ["client.new"] }],
        [.. Enumerable.Range(0, count).Select(i => Alert.Of(AlertEvents.ClientNew, _time.GetUtcNow(), $"{i}") with { Names = [$"c{i}"] })]);

    private Task<bool> SendAsync() => _delivery.SendAsync([_channel], Bodies, Stop);

    private IEnumerable<string?> Arrived() => _receiver.Received.Select(received => (string?)received.Json["names"]![0]);
}
