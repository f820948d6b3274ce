using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary>The whole program with a channel: what happens with its accounts arrives there, one time.</summary>
public sealed class WatchedProxyTests : IAsyncDisposable
{
    private const string Path = "/services/hidden-part-of-the-address";

    private readonly AlertReceiver _receiver = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 29, 18, 0, 0, TimeSpan.Zero));

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task A_used_up_account_arrives_once_also_after_a_restart_and_then_that_it_is_back()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, _time);
        await AddAsync(proxy);
        await ObserveAsync(proxy);

        long resets = (_time.GetUtcNow() + TimeSpan.FromHours(2)).ToUnixTimeSeconds();
        proxy.Backend.Answer(Reply.Json(429, $$$"""{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":{{{resets}}},"resets_in_seconds":7200} }"""));
        // Whoever asks in between is told the same.
        proxy.Backend.Usage = _ => Reply.Json(200, $$$"""{"plan_type":"plus","rate_limit":{"allowed":false,"limit_reached":true,"primary_window":{"used_percent":100,"limit_window_seconds":18000,"reset_at":{{{resets}}} } } }""");
        Assert.Equal(HttpStatusCode.OK, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        await PassUntilAsync(() => _receiver.Received.Count > 0);

        JsonObject body = _receiver.Received[0].Json;
        Assert.Equal((Path, "account.dry", "account 1"), (_receiver.Received[0].Path, (string?)body["event"], ((string)body["text"]!)[..9]));
        Assert.StartsWith("acc_", (string?)body["next"], StringComparison.Ordinal);
        Assert.DoesNotContain("@", body.ToJsonString(), StringComparison.Ordinal);
        JsonObject report = await proxy.GetJsonAsync("/api/alerts");
        Assert.Equal(("ok", "account.dry"), ((string?)report["channels"]![0]!["state"], (string?)report["recent"]![0]!["event"]));

        await proxy.RestartAsync(_time);
        await PassAsync(DateTimeOffset.FromUnixTimeSeconds(resets).AddSeconds(-30));
        Assert.Single(_receiver.Received);

        await PassUntilAsync(() => _receiver.Received.Count > 1);
        Assert.Equal("account.back", (string?)_receiver.Received[1].Json["event"]);
        Assert.InRange(_time.GetUtcNow().ToUnixTimeSeconds(), resets, resets + 120);
        Assert.DoesNotContain("hidden-part", proxy.Logs.Text + await proxy.GetTextAsync("/api/alerts") + await proxy.GetTextAsync("/logs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_did_not_arrive_before_a_restart_arrives_after_it()
    {
        _receiver.Answer = static _ => "404 Not Found";
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, _time);
        await AddAsync(proxy);
        await ObserveAsync(proxy);
        proxy.Backend.Answer(Reply.Json(429, """{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_in_seconds":7200}}"""));
        Assert.Equal(HttpStatusCode.OK, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        await PassUntilAsync(() => _receiver.Received.Count > 0);
        await PassUntilAsync(() => File.ReadAllText(System.IO.Path.Combine(proxy.DataDirectory, "alerts.json")).Contains("lastError", StringComparison.Ordinal));

        _receiver.Answer = static _ => "204 No Content";
        int before = _receiver.Received.Count;
        await proxy.RestartAsync(_time);
        await PassUntilAsync(() => _receiver.Received.Count > before);

        Assert.Equal((string?)_receiver.Received[0].Json["id"], (string?)_receiver.Received[before].Json["id"]);
    }

    [Fact]
    public async Task Its_files_are_private()
    {
        if (OperatingSystem.IsWindows()) return;
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 1, _time);
        await AddAsync(proxy);
        await ObserveAsync(proxy);
        foreach (string file in (string[])["alerts.json", "alert-channels.json"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(System.IO.Path.Combine(proxy.DataDirectory, file)));
    }

    private async Task AddAsync(RunningProxy proxy)
    {
        using HttpResponseMessage added = await proxy.PostAsync($$"""{"name":"hook","url":"{{_receiver.Url}}{{Path}}"}""", "/api/alerts/channels");
        Assert.Equal(HttpStatusCode.OK, added.StatusCode);
    }

    /// <summary>How everything stands was looked at: from then on there are news.</summary>
    private Task ObserveAsync(RunningProxy proxy) => PassUntilAsync(() => File.Exists(System.IO.Path.Combine(proxy.DataDirectory, "alerts.json")));

    private async Task PassAsync(DateTimeOffset end)
    {
        while (_time.GetUtcNow() < end)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await Task.Delay(5);
        }
    }

    private async Task PassUntilAsync(Func<bool> happened)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!happened())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, patience.Token);
        }
    }
}
