using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FakeCodex;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using static CodexClaudeProxy.Tests.Turns.AnthropicModelsTests;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Who sees which credential where models are left to Anthropic, and what happens when Anthropic does not answer.</summary>
public sealed class AnthropicCredentialTests : IAsyncLifetime
{
    private const string Credential = "sk-ant-oat01-C4naryC4naryC4naryC4nary";
    private const string Key = "the-access-key-of-this-proxy-0123456789";

    private FakeAnthropic _anthropic = null!;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _anthropic = await FakeAnthropic.StartAsync();

    public ValueTask DisposeAsync() => _anthropic.DisposeAsync();

    [Theory]
    [InlineData("x-ccp-key: " + Key, "Authorization: Bearer " + Credential)]
    [InlineData("x-ccp-key: " + Key, "x-api-key: " + Credential)]
    [InlineData("x-api-key: " + Key, "Authorization: Bearer " + Credential)]
    [InlineData("Authorization: Bearer " + Key, "x-api-key: " + Credential)]
    [InlineData("x-my-key: " + Key, "x-api-key: " + Credential, "x-ccp-key: " + Key)]
    public async Task Neither_credential_reaches_the_other_side(params string[] headers)
    {
        await using RunningProxy proxy = await StartAsync(_anthropic.Url, accessKey: Key);
        (string, string)[] sent = [.. headers.Select(header => header.Split(": ", 2)).Select(parts => (parts[0], parts[1]))];

        using (HttpResponseMessage claude = await SendAsync(proxy, Ask("claude-opus-5-5"), sent)) Assert.Equal(HttpStatusCode.OK, claude.StatusCode);
        using (HttpResponseMessage codex = await SendAsync(proxy, Ask("gpt-5.5"), sent)) Assert.Equal(HttpStatusCode.OK, codex.StatusCode);

        AnthropicRequest request = Assert.Single(_anthropic.Requests);
        string got = string.Join('\n', request.Headers);
        Assert.Contains(Credential, got, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, got, StringComparison.Ordinal);
        string[] backend = [.. proxy.Backend.Requests.Select(each => string.Join('\n', each.Headers) + each.Text)];
        Assert.NotEmpty(backend);
        Assert.All(backend, text => Assert.False(text.Contains(Credential, StringComparison.Ordinal) || text.Contains(Key, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Authorization: Bearer " + Credential)]
    [InlineData("x-api-key: " + Credential)]
    [InlineData("x-ccp-key: wrong", "x-api-key: " + Credential)]
    public async Task Without_the_access_key_nothing_goes_on(params string[] headers)
    {
        await using RunningProxy proxy = await StartAsync(_anthropic.Url, accessKey: Key);

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5"), [.. headers.Select(header => header.Split(": ", 2)).Select(parts => (parts[0], parts[1]))]);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(_anthropic.Requests);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Authorization: Bearer any")]
    [InlineData("x-api-key: any-key")]
    [InlineData("x-ccp-key: whatever")]
    public async Task Without_a_credential_the_client_is_told_what_to_do(string? header)
    {
        await using RunningProxy proxy = await StartAsync(_anthropic.Url);
        (string, string)[] headers = header?.Split(": ", 2) is [var name, var value] ? [(name, value)] : [];

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5"), headers);

        JsonObject error = (await RunningProxy.JsonOf(response))["error"]!.AsObject();
        Assert.Equal((HttpStatusCode.Unauthorized, "authentication_error", "false"), (response.StatusCode, (string)error["type"]!, response.Headers.GetValues("x-should-retry").Single()));
        Assert.Contains("contains no credential for Anthropic", (string)error["message"]!, StringComparison.Ordinal);
        Assert.Contains("claude config proxy", (string)error["message"]!, StringComparison.Ordinal);
        Assert.Empty(_anthropic.Requests);
        Assert.Equal("authentication_error", (string)(await proxy.ListedAsync(1))[0]!["errorType"]!);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_not_handed_on()
    {
        await using RunningProxy proxy = await StartAsync(_anthropic.Url);
        await using FakeAnthropic elsewhere = await FakeAnthropic.StartAsync();
        _anthropic.Answer = (http, _) =>
        {
            http.Response.StatusCode = 307;
            http.Response.Headers.Location = elsewhere.Url + "/v1/messages";
            return Task.CompletedTask;
        };

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5"), ("x-api-key", Credential));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("Anthropic responded with a redirect", await response.Content.ReadAsStringAsync(Test), StringComparison.Ordinal);
        Assert.Null(response.Headers.Location);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task The_credential_is_in_no_log_no_file_and_no_answer_of_ours()
    {
        using StringWriter console = new();
        await using RunningProxy proxy = await StartAsync(_anthropic.Url, accessKey: Key, console: TextWriter.Synchronized(console));
        proxy.Client.DefaultRequestHeaders.Add("x-ccp-key", Key);
        using (HttpResponseMessage capture = await proxy.PostAsync("""{"minutes":10}""", "/api/capture")) Assert.True(capture.IsSuccessStatusCode, await capture.Content.ReadAsStringAsync(Test));
        (string, string)[] headers = [("Authorization", $"Bearer {Credential}"), ("x-ccp-key", Key)];
        using (await SendAsync(proxy, Ask("claude-opus-5-5"), headers)) { }
        using (await SendAsync(proxy, Ask("claude-opus-5-5", stream: true), headers)) { }
        _anthropic.Answer = static (http, _) => { http.Abort(); return Task.CompletedTask; };
        using (HttpResponseMessage broken = await SendAsync(proxy, Ask("claude-opus-5-5"), headers)) Assert.Equal(HttpStatusCode.BadGateway, broken.StatusCode);
        using (await SendAsync(proxy, Ask("gpt-5.5"), headers)) { }

        JsonArray rows = await proxy.ListedAsync(4);
        StringBuilder seen = new(rows.ToJsonString());
        foreach (JsonNode? row in rows)
        {
            seen.Append(await proxy.GetTextAsync($"/api/requests/{row!["id"]}"));
            seen.Append(await proxy.GetTextAsync($"/api/requests/{row["id"]}/bodies"));
        }

        seen.Append(await proxy.GetTextAsync("/api/logs"));
        await proxy.StopAsync();
        seen.Append(proxy.Logs.Text).Append(console);
        foreach (string file in Directory.EnumerateFiles(proxy.DataDirectory, "*", SearchOption.AllDirectories)) seen.Append(await File.ReadAllTextAsync(file, Encoding.Latin1, Test));
        Assert.Contains("POST /v1/messages", seen.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("C4nary", seen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_call()
    {
        await using RunningProxy proxy = await StartAsync(_anthropic.Url);
        _anthropic.Answer = async (http, _) =>
        {
            await http.Response.WriteAsync("event: ping\n\n");
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };
        using (HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5", stream: true), ("x-api-key", Credential)))
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(Test);
            await body.ReadExactlyAsync(new byte[4], Test);
        }

        await _anthropic.Requests[0].Left.WaitAsync(TimeSpan.FromSeconds(20), Test);
        Assert.Equal("left", (string)(await proxy.ListedAsync(1))[0]!["outcome"]!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silent_Anthropic_is_given_up(bool stream)
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-25T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using RunningProxy proxy = await StartAsync(_anthropic.Url, time: time);
        _anthropic.Answer = static (http, _) => Task.Delay(Timeout.Infinite, http.RequestAborted);
        Task<HttpResponseMessage> asking = SendAsync(proxy, Ask("claude-opus-5-5", stream), ("x-api-key", Credential));
        await _anthropic.WaitAsync(Test);

        // Three minutes for the beginning of a stream, ten for an answer that comes when it is whole.
        int minutes = 0;
        while (!asking.IsCompleted && minutes < 30)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            minutes++;
            await Task.WhenAny(asking, Task.Delay(200, Test));
        }

        using HttpResponseMessage response = await asking;
        await RunningProxy.AssertErrorAsync(response, HttpStatusCode.GatewayTimeout, "timeout_error", "Anthropic did not respond in time");
        Assert.InRange(minutes, stream ? 3 : 10, stream ? 6 : 14);
    }

    [Fact]
    public async Task An_Anthropic_that_cannot_be_reached_is_named()
    {
        using TcpListener nobody = new(IPAddress.Loopback, 0);
        nobody.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)nobody.LocalEndpoint).Port}";
        nobody.Stop();
        await using RunningProxy proxy = await StartAsync(url);

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5"), ("x-api-key", Credential));

        await RunningProxy.AssertErrorAsync(response, HttpStatusCode.BadGateway, "api_error", "Could not reach Anthropic: no connection could be made, or it was reset");
    }

    [Fact]
    public async Task The_doctor_tries_the_connection_without_a_credential()
    {
        await using RunningProxy proxy = await StartAsync(_anthropic.Url);
        using HttpResponseMessage response = await proxy.PostAsync("{}", "/api/doctor");

        JsonNode check = (await RunningProxy.JsonOf(response))["checks"]!.AsArray().Single(each => (string)each!["id"]! == "anthropic")!;

        Assert.True((string)check["status"]! == "ok", check.ToJsonString());
        Assert.Null(Assert.Single(_anthropic.Requests).Header("authorization"));
    }

    [Fact]
    public async Task A_stream_that_breaks_is_cut_at_the_same_place()
    {
        await using RunningProxy proxy = await StartAsync(_anthropic.Url);
        _anthropic.Answer = async (http, _) =>
        {
            await http.Response.WriteAsync("event: ping\n\n");
            await http.Response.Body.FlushAsync();
            await Task.Delay(50, http.RequestAborted);
            http.Abort();
        };

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5", stream: true), ("x-api-key", Credential));

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Test));
        JsonNode row = (await proxy.ListedAsync(1))[0]!;
        Assert.Equal(("failed", "api_error"), ((string)row["outcome"]!, (string)row["errorType"]!));
    }

    [Fact]
    public async Task Large_bodies_pass_and_too_large_ones_do_not()
    {
        await using RunningProxy proxy = await StartAsync(_anthropic.Url);
        string large = Ask("claude-opus-5-5").Replace("Hi", new string('x', 20_000_000), StringComparison.Ordinal);
        byte[] answer = new byte[8_000_000];
        new Random(1).NextBytes(answer);
        _anthropic.Answer = (http, _) => http.Response.Body.WriteAsync(answer).AsTask();

        using (HttpResponseMessage response = await SendAsync(proxy, large, ("x-api-key", Credential))) Assert.Equal(answer, await response.Content.ReadAsByteArrayAsync(Test));
        Assert.Equal(large.Length, _anthropic.Requests[0].Body.Length);
        using HttpResponseMessage refused = await SendAsync(proxy, large.Replace("Hi", "", StringComparison.Ordinal) + new string(' ', 20_000_000), ("x-api-key", Credential));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Single(_anthropic.Requests);
    }

    [Fact]
    public async Task Requests_one_after_the_other_share_a_connection()
    {
        await using RunningProxy proxy = await StartAsync(_anthropic.Url);
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5", stream: i == 1), ("x-api-key", Credential));
            await response.Content.ReadAsByteArrayAsync(Test);
        }

        Assert.Single(_anthropic.Requests.Select(request => request.Connection).Distinct());
    }
}
