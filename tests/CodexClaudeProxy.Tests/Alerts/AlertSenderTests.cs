using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Alerts;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary>What each kind of channel gets, and what is done when it is not taken.</summary>
public sealed class AlertSenderTests : IAsyncDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 29, 18, 0, 0, TimeSpan.Zero);

    private readonly AlertReceiver _receiver = new();
    private readonly FakeTimeProvider _time = new(At);
    private readonly HttpMessageInvoker _http = Egress.Create(static _ => null);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Alert Dry => Alert.Of(AlertEvents.AccountDry, At, "acc_1") with { Account = AlertScene.Team, Window = "5h", LeftPercent = 0, Until = At.AddHours(2), Next = AlertScene.Home };

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_webhook_gets_the_documented_body()
    {
        Assert.True((await SendAsync(Channel("/hook?key=1") with { Authorization = "Bearer tk_1" })).IsDelivered);

        ReceivedAlert received = Assert.Single(_receiver.Received);
        Assert.Equal(("POST", "/hook?key=1", "application/json", "Bearer tk_1"), (received.Method, received.Path, received.Headers["content-type"], received.Headers["authorization"]));
        Assert.False(received.Headers.ContainsKey("x-ccp-signature"));
        JsonObject body = received.Json;
        Assert.False(string.IsNullOrEmpty((string?)body["id"]));
        body.Remove("id");
        Assert.True(JsonNode.DeepEquals(body, JsonNode.Parse("""
            {"event":"account.dry","at":"2026-11-29T18:00:00.000Z","account":{"id":"acc_1","label":"team","workspace":"Example Ltd"},
             "window":"5h","left_percent":0,"resets_at":"2026-11-29T20:00:00.000Z","next":"acc_2","text":"team · Example Ltd: 5h quota window used up until 20:00 UTC; going on with home."}
            """)), body.ToJsonString());
    }

    [Fact]
    public async Task The_address_of_the_account_is_there_when_it_is_wanted()
    {
        await SendAsync(Channel() with { IncludeEmail = true });
        Assert.Equal("team@example.com", (string?)_receiver.Received[0].Json["account"]!["email"]);
    }

    [Fact]
    public async Task A_signature_can_be_verified_with_the_time_and_the_body()
    {
        await SendAsync(Channel() with { Secret = "päss" });

        ReceivedAlert received = _receiver.Received[0];
        string time = received.Headers["x-ccp-timestamp"];
        Assert.Equal(At.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), time);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes("päss"));
        hmac.AppendData(Encoding.ASCII.GetBytes(time + "."));
        hmac.AppendData(received.Body);
        Assert.Equal("sha256=" + Convert.ToHexString(hmac.GetHashAndReset()).ToLowerInvariant(), received.Headers["x-ccp-signature"]);
    }

    [Fact]
    public async Task Ntfy_gets_its_json_at_the_root_of_the_server()
    {
        await SendAsync(Channel("/my-topic", ChannelKind.Ntfy) with { Authorization = "Bearer tk_1" }, new Uri("https://ccp.example.com/"));

        ReceivedAlert received = Assert.Single(_receiver.Received);
        Assert.Equal(("/", "Bearer tk_1"), (received.Path, received.Headers["authorization"]));
        JsonObject body = received.Json;
        Assert.Equal(("my-topic", 4, "warning", "https://ccp.example.com/"), ((string?)body["topic"], (int)body["priority"]!, (string?)body["tags"]![0], (string?)body["click"]));
        Assert.StartsWith("team · Example Ltd: 5h", (string?)body["message"], StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty((string?)body["title"]));
    }

    [Theory]
    [InlineData("slack", "text")]
    [InlineData("discord", "content")]
    public async Task Slack_and_Discord_get_a_message(string kind, string member)
    {
        AlertChannel channel = Channel("/services/x", kind == "slack" ? ChannelKind.Slack : ChannelKind.Discord);
        await new AlertSender(_http, "test", _time).SendAsync(channel, Dry with { Account = AlertScene.Team with { Label = "<@everyone>" } }, Bodies(), Stop);

        JsonObject body = Assert.Single(_receiver.Received).Json;
        Assert.Contains(kind == "slack" ? "&lt;@everyone&gt;" : "<@everyone>", (string?)body[member], StringComparison.Ordinal);
        if (kind == "discord") Assert.Equal("[]", body["allowed_mentions"]!["parse"]!.ToJsonString());
    }

    [Theory]
    [InlineData("https://hooks.slack.com/services/a/b/c", "slack")]
    [InlineData("https://discord.com/api/webhooks/1/x", "discord")]
    [InlineData("https://ntfy.sh/topic", "ntfy")]
    [InlineData("https://example.com/hook", "webhook")]
    public void An_address_tells_what_it_is_for(string url, string kind) => Assert.Equal(kind, AlertAddress.KindOf(url).ToString().ToLowerInvariant());

    [Theory]
    [InlineData("301 Moved Permanently\r\nLocation: /other", 1)]
    [InlineData("400 Bad Request", 1)]
    [InlineData("401 Unauthorized", 1)]
    [InlineData("404 Not Found", 1)]
    [InlineData("500 Internal Server Error", 3)]
    [InlineData("503 Service Unavailable", 3)]
    [InlineData("429 Too Many Requests", 3)]
    [InlineData("429 Too Many Requests\r\nRetry-After: 60", 1)]
    [InlineData("429 Too Many Requests\r\nRetry-After: 4", 3)]
    [InlineData(null, 3)]
    public async Task Only_what_may_pass_is_tried_again_three_times_at_most(string? answer, int tries)
    {
        _receiver.Answer = _ => answer;

        SendResult result = await InFakeTimeAsync(SendAsync(Channel()));

        Assert.False(result.IsDelivered);
        Assert.Equal(tries, _receiver.Received.Count);
        Assert.DoesNotContain("127.0.0.1", result.Error!, StringComparison.Ordinal);
        Assert.InRange(_time.GetUtcNow() - At, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task What_passes_is_delivered_in_the_end()
    {
        _receiver.Answer = static number => number < 2 ? "502 Bad Gateway" : "200 OK";
        Assert.True((await InFakeTimeAsync(SendAsync(Channel()))).IsDelivered);
        Assert.Equal(3, _receiver.Received.Count);
        Assert.Single(_receiver.Received.Select(received => (string?)received.Json["id"]).Distinct());
    }

    [Fact]
    public async Task Ten_seconds_are_the_limit_of_all_tries()
    {
        _receiver.Answer = static _ => "";
        SendResult result = await InFakeTimeAsync(SendAsync(Channel()));
        Assert.Equal("it took longer than 10 seconds", result.Error);
        Assert.Single(_receiver.Received);
    }

    [Fact]
    public async Task A_channel_that_is_wrong_is_not_used()
    {
        SendResult result = await SendAsync(new AlertChannel { Name = "x", Url = "http://example.com/hook" });
        Assert.StartsWith("url must begin with https", result.Error, StringComparison.Ordinal);
    }

    private static AlertBodies Bodies(Uri? page = null) => new(TimeZoneInfo.Utc, page);

    private AlertChannel Channel(string path = "/hook", ChannelKind kind = ChannelKind.Webhook) => new() { Name = "test", Kind = kind, Url = _receiver.Url + path };

    private Task<SendResult> SendAsync(AlertChannel channel, Uri? page = null) => new AlertSender(_http, "test", _time).SendAsync(channel, Dry, Bodies(page), Stop);

    private async Task<SendResult> InFakeTimeAsync(Task<SendResult> sending)
    {
        // As long as the first request needs no time of this clock.
        await _receiver.WaitAsync(1);
        while (await Task.WhenAny(sending, Task.Delay(20, Stop)) != sending) _time.Advance(TimeSpan.FromMilliseconds(250));
        return await sending;
    }
}
