using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Tests.Turns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Logs;

/// <summary>The log over HTTP, as the original's dashboard reads it.</summary>
public sealed partial class LogRoutesTests : IAsyncLifetime
{
    private RunningProxy _proxy = null!;

    public async ValueTask InitializeAsync() => _proxy = await RunningProxy.StartAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Fact]
    public async Task Entries_come_oldest_first_in_the_originals_shape_with_a_zone()
    {
        await AskAsync();

        JsonObject answer = await _proxy.GetJsonAsync("/api/logs");

        Assert.Equal("ok", answer["status"]!.GetValue<string>());
        JsonObject[] logs = [.. answer["logs"]!.AsArray().Select(entry => entry!.AsObject())];
        long[] ids = [.. logs.Select(entry => entry["id"]!.GetValue<long>())];
        Assert.Equal(ids.Order(), ids);
        JsonObject turn = Assert.Single(logs, entry => entry["event"]!.GetValue<int>() == 400);
        Assert.Equal(("SUCCESS", "✓", "Turns"), (Text(turn, "level"), Text(turn, "icon"), Text(turn, "category")));
        Assert.Contains("gpt-5.5", Text(turn, "message"));
        Assert.EndsWith("Z", Text(turn, "timestamp"));
        Assert.True(TimeProvider.System.GetUtcNow() - DateTimeOffset.Parse(Text(turn, "time"), null) < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Level_text_and_number_choose()
    {
        await AskAsync();
        using HttpResponseMessage refused = await _proxy.PostAsync("""{"model":"x"}""");

        Assert.All(await LogsAsync("?level=success"), entry => Assert.NotEqual("INFO", Text(entry, "level")));
        Assert.Contains(await LogsAsync("?level=debug"), entry => Text(entry, "level") == "DEBUG");
        Assert.All(await LogsAsync("?q=V1/MESSAGES"), entry => Assert.Contains("/v1/messages", Text(entry, "message")));
        Assert.NotEmpty(await LogsAsync("?q=V1/MESSAGES"));
        JsonObject last = Assert.Single(await LogsAsync("?q=/v1/messages&limit=1"));
        Assert.Contains("400", Text(last, "message"));
    }

    [Theory]
    [InlineData("?level=loud")]
    [InlineData("?limit=0")]
    [InlineData("/stream?level=loud")]
    public async Task What_cannot_be_chosen_is_refused(string query)
    {
        using HttpResponseMessage response = await _proxy.Client.GetAsync("/api/logs" + query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_viewer_gets_headers_at_once_and_only_what_comes()
    {
        await AskAsync();
        await using FeedReader feed = await FeedReader.OpenAsync(_proxy.Client, "/api/logs/stream");
        Assert.Equal("text/event-stream; charset=utf-8", feed.ContentType);

        _proxy.WriteSettings("""{"lane":"sideways"}""");
        await _proxy.GetJsonAsync("/api/settings");

        (string? id, string? name, JsonObject entry) = await feed.NextAsync();
        Assert.Null(name);
        Assert.Equal(id, entry["id"]!.GetValue<long>().ToString());
        Assert.Equal(("WARN", "⚠"), (Text(entry, "level"), Text(entry, "icon")));
        Assert.StartsWith("'lane' in ", Text(entry, "message"));
    }

    [Fact]
    public async Task History_comes_first_when_it_is_asked_for()
    {
        await AskAsync();
        await using FeedReader feed = await FeedReader.OpenAsync(_proxy.Client, "/api/logs/stream?history=true&level=success");

        Assert.Equal(400, (await feed.NextAsync()).Data["event"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_viewer_that_connects_again_goes_on_where_it_was()
    {
        await AskAsync();
        await AskAsync();
        JsonObject[] turns = [.. (await LogsAsync("?level=success")).Where(entry => entry["event"]!.GetValue<int>() == 400)];
        await using FeedReader feed = await FeedReader.OpenAsync(_proxy.Client, "/api/logs/stream?history=true&level=success", lastSeen: turns[0]["id"]!.ToString());

        Assert.Equal(turns[1]["id"]!.ToString(), (await feed.NextAsync()).Id);
    }

    [Fact]
    public async Task Any_number_of_viewers_see_the_same()
    {
        FeedReader[] feeds = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => FeedReader.OpenAsync(_proxy.Client, "/api/logs/stream?level=success")));
        await AskAsync();

        foreach (FeedReader feed in feeds)
        {
            Assert.Equal(400, (await feed.NextAsync()).Data["event"]!.GetValue<int>());
            await feed.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_silent_feed_shows_signs_of_life()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        await using FeedReader feed = await FeedReader.OpenAsync(proxy.Client, "/api/logs/stream");
        Task<string?> line = feed.LineAsync().AsTask();
        for (int i = 0; i < 1000 && !line.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(line, Task.Delay(5, TestContext.Current.CancellationToken));
        }

        Assert.StartsWith(":", await line);
    }

    [Fact]
    public async Task A_viewer_that_does_not_read_is_cut_off_and_holds_up_nobody()
    {
        Journal? journal = null;
        await using TestProxy proxy = await TestProxy.StartAsync(compose: host =>
        {
            journal = host.Journal;
            var routes = new Routes();
            new LogEndpoints(host).MapTo(routes);
            return routes;
        });
        await using FeedReader feed = await FeedReader.OpenAsync(proxy.Http, "/api/logs/stream");
        string text = new('x', 8_000);
        ILogger log = journal!.CreateLogger("Test");
        for (int i = 0; i < 5_000; i++) Noise(log, i, text);

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true) await feed.NextAsync();
        });
        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/api/logs?limit=1")).Status);
    }

    [Fact]
    public async Task Feeds_end_when_the_program_stops()
    {
        RunningProxy proxy = await RunningProxy.StartAsync();
        FeedReader feed = await FeedReader.OpenAsync(proxy.Client, "/api/logs/stream?level=error");
        Task<string?> end = feed.LineAsync().AsTask();
        await proxy.StopAsync();

        Assert.Null(await end.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        await feed.DisposeAsync();
        await proxy.DisposeAsync();
    }

    [Fact]
    public async Task About_tells_what_runs_here()
    {
        JsonObject about = await _proxy.GetJsonAsync("/api/about");

        Assert.Equal(_proxy.Client.BaseAddress!.ToString().TrimEnd('/'), Text(about, "baseUrl"));
        Assert.Equal(_proxy.Client.BaseAddress.Port, about["port"]!.GetValue<int>());
        Assert.Equal(Path.Combine(_proxy.DataDirectory, "accounts.json"), Text(about, "accountsPath"));
        Assert.Equal(_proxy.SettingsFile, Text(about, "settingsPath"));
        Assert.Equal((false, false, false), (about["apiKeySet"]!.GetValue<bool>(), about["demo"]!.GetValue<bool>(), about["listensBeyondLoopback"]!.GetValue<bool>()));
        Assert.Equal(Environment.ProcessId, about["pid"]!.GetValue<int>());
        Assert.True(about["memory"]!["residentBytes"]!.GetValue<long>() > 1_000_000);
        Assert.All(about["caches"]!.AsArray(), cache => Assert.True(cache!["bytes"]!.GetValue<long>() <= cache["limitBytes"]!.GetValue<long>(), cache.ToString()));
    }

    [LoggerMessage(9, LogLevel.Information, "{Number} {Text}")]
    private static partial void Noise(ILogger log, int number, string text);

    private async Task AskAsync()
    {
        using HttpResponseMessage response = await _proxy.PostAsync(RunningProxy.Ask());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<JsonObject[]> LogsAsync(string query) => [.. (await _proxy.GetJsonAsync("/api/logs" + query))["logs"]!.AsArray().Select(entry => entry!.AsObject())];

    private static string Text(JsonObject entry, string member) => entry[member]!.GetValue<string>();
}

/// <summary>A browser's EventSource, as far as these tests need one.</summary>
internal sealed class FeedReader(HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
{
    public string? ContentType => response.Content.Headers.ContentType?.ToString();

    public static async Task<FeedReader> OpenAsync(HttpClient client, string path, string? lastSeen = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastSeen is not null) request.Headers.Add("Last-Event-ID", lastSeen);
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new FeedReader(response, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>The next line, or null at the end.</summary>
    public ValueTask<string?> LineAsync() => reader.ReadLineAsync(TestContext.Current.CancellationToken);

    public async Task<(string? Id, string? Name, JsonObject Data)> NextAsync()
    {
        (string? id, string? name) = (null, null);
        while (await LineAsync() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) return (id, name, JsonNode.Parse(line[6..])!.AsObject());
        }

        throw new JsonException("The feed ended.");
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        response.Dispose();
        return default;
    }
}
