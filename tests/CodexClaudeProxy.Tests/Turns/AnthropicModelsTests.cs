using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FakeCodex;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Models that are left to Anthropic: what passes through, and what does not.</summary>
public sealed class AnthropicModelsTests : IAsyncLifetime
{
    private const string Credential = "sk-ant-oat01-C4naryC4naryC4naryC4nary";
    private const string Setting = """{"anthropicModels":"claude-*","modelMappings":{"claude-*":"gpt-5.5"}}""";

    /// <summary>As nobody would write it: blanks, an unknown member, a raw and an escaped letter, an invalid token number.</summary>
    private const string Odd = """{ "new_member" : [1,  2.50], "model":"claude-opus-5-5", "stream": true,"max_tokens":-1,"messages":[{"role":"user","content":"Gr\u00fc\u00dfe ü"}] }""";

    private FakeAnthropic _anthropic = null!;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _anthropic = await FakeAnthropic.StartAsync();

    public ValueTask DisposeAsync() => _anthropic.DisposeAsync();

    [Fact]
    public async Task A_request_and_its_answer_pass_byte_by_byte()
    {
        await using RunningProxy proxy = await StartAsync();
        byte[] answer = Encoding.UTF8.GetBytes(FakeAnthropic.Events("claude-opus-5-5"));
        _anthropic.Answer = async (http, _) =>
        {
            http.Response.Headers["request-id"] = "req_011theirs";
            http.Response.Headers["anthropic-ratelimit-unified-status"] = "allowed";
            http.Response.Headers["x-new"] = "seen";
            http.Response.Headers["keep-alive"] = "timeout=9";
            http.Response.ContentType = "text/event-stream; charset=utf-8";
            foreach (byte[] part in answer.Chunk(7))
            {
                await http.Response.Body.WriteAsync(part);
                await http.Response.Body.FlushAsync();
            }
        };

        using HttpResponseMessage response = await SendAsync(proxy, Odd, ("Authorization", $"Bearer {Credential}"), ("anthropic-beta", "oauth-2025-04-20,new-beta"),
            ("anthropic-version", "2023-06-01"), ("x-new", "sent"), ("User-Agent", "claude-cli/9"), ("Connection", "x-hop"), ("x-hop", "no"), ("Proxy-Authorization", "Basic no"),
            ("X-Forwarded-For", "10.0.0.1"), ("Accept-Encoding", "gzip, br"));

        Assert.Equal(answer, await response.Content.ReadAsByteArrayAsync(Test));
        Assert.Equal(("req_011theirs", "allowed", "seen", "text/event-stream; charset=utf-8"), (Header(response, "request-id"), Header(response, "anthropic-ratelimit-unified-status"), Header(response, "x-new"), Header(response, "content-type")));
        Assert.False(response.Headers.Contains("keep-alive"));
        AnthropicRequest request = Assert.Single(_anthropic.Requests);
        Assert.Equal(("/v1/messages?beta=true", Odd), (request.Target, request.Text));
        Assert.Equal(($"Bearer {Credential}", "oauth-2025-04-20,new-beta", "2023-06-01", "sent", "claude-cli/9", "gzip, br", "application/json; charset=utf-8"),
            (request.Header("authorization"), request.Header("anthropic-beta"), request.Header("anthropic-version"), request.Header("x-new"), request.Header("user-agent"), request.Header("accept-encoding"), request.Header("content-type")));
        Assert.All((string[])["x-hop", "proxy-authorization", "x-forwarded-for"], name => Assert.Null(request.Header(name)));
        Assert.Equal(new Uri(_anthropic.Url).Authority, request.Header("host"));
        Assert.Empty(proxy.Backend.Requests);
    }

    [Fact]
    public async Task A_stream_arrives_as_it_comes_and_is_on_record()
    {
        await using RunningProxy proxy = await StartAsync();
        var rest = new TaskCompletionSource();
        string[] halves = [FakeAnthropic.Events("claude-opus-5-5")[..600], FakeAnthropic.Events("claude-opus-5-5")[600..]];
        _anthropic.Answer = async (http, _) =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(halves[0]);
            await http.Response.Body.FlushAsync();
            await rest.Task;
            await http.Response.WriteAsync(halves[1]);
        };
        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5", stream: true), ("x-api-key", Credential), ("X-Claude-Code-Session-Id", "session-1"));
        await using Stream body = await response.Content.ReadAsStreamAsync(Test);
        byte[] first = new byte[600];
        await body.ReadExactlyAsync(first, Test).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Test);
        Assert.Equal(halves[0], Encoding.UTF8.GetString(first));
        rest.SetResult();
        using var reader = new StreamReader(body);
        Assert.Equal(halves[1], await reader.ReadToEndAsync(Test));

        JsonNode row = (await proxy.ListedAsync(1))[0]!;
        Assert.Equal(("claude-opus-5-5", "claude-opus-5-5", "anthropic", "Anthropic", "ok", "end_turn", "session-1"), (Text(row, "requestedModel"), Text(row, "upstreamModel"),
            Text(row, "account"), Text(row, "accountLabel"), Text(row, "outcome"), Text(row, "stopReason"), Text(row, "session")));
        Assert.Equal((7, 300, 20, 42), ((int)row["tokens"]!["fresh"]!, (int)row["tokens"]!["cached"]!, (int)row["tokens"]!["written"]!, (int)row["tokens"]!["output"]!));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_answer_stays_as_it_is_and_has_its_tokens_on_record(string encoding)
    {
        await using RunningProxy proxy = await StartAsync();
        using MemoryStream packed = new();
        await using (Stream packing = encoding == "gzip" ? new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true) : new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await packing.WriteAsync(Encoding.UTF8.GetBytes(FakeAnthropic.Document("claude-opus-5-5")), Test);
        _anthropic.Answer = async (http, _) =>
        {
            http.Response.ContentType = "application/json";
            http.Response.Headers.ContentEncoding = encoding;
            http.Response.ContentLength = packed.Length;
            await http.Response.Body.WriteAsync(packed.ToArray());
        };

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5"), ("x-api-key", Credential));

        Assert.Equal(packed.ToArray(), await response.Content.ReadAsByteArrayAsync(Test));
        Assert.Equal((encoding, packed.Length), (Header(response, "content-encoding"), response.Content.Headers.ContentLength));
        JsonNode row = (await proxy.ListedAsync(1))[0]!;
        Assert.Equal((7, 42, "end_turn"), ((int)row["tokens"]!["fresh"]!, (int)row["tokens"]!["output"]!, Text(row, "stopReason")));
    }

    [Fact]
    public async Task A_compressed_request_stays_compressed()
    {
        await using RunningProxy proxy = await StartAsync();
        using MemoryStream packed = new();
        await using (GZipStream packing = new(packed, CompressionLevel.Fastest, leaveOpen: true)) await packing.WriteAsync(Encoding.UTF8.GetBytes(Ask("claude-opus-5-5")), Test);
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/messages") { Content = new ByteArrayContent(packed.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Add("x-api-key", Credential);
        _anthropic.Answer = static (http, _) => http.Response.WriteAsync("{}");

        using HttpResponseMessage response = await proxy.Client.SendAsync(request, Test);

        AnthropicRequest got = Assert.Single(_anthropic.Requests);
        Assert.Equal(packed.ToArray(), got.Body);
        Assert.Equal("gzip", got.Header("content-encoding"));
    }

    [Theory]
    [InlineData(400, "invalid_request_error")]
    [InlineData(401, "authentication_error")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(529, "overloaded_error")]
    public async Task An_error_stays_as_it_is(int status, string type)
    {
        await using RunningProxy proxy = await StartAsync();
        string body = $$"""{"type":"error","error":{"type":"{{type}}","message":"the prompt was: secret"},"request_id":"req_011"}""";
        _anthropic.Answer = async (http, _) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = "17";
            http.Response.Headers["x-should-retry"] = "true";
            await http.Response.WriteAsync(body);
        };

        using HttpResponseMessage response = await SendAsync(proxy, Ask("claude-opus-5-5", stream: true), ("x-api-key", Credential));

        Assert.Equal((status, body, "17", "true"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Test), Header(response, "retry-after"), Header(response, "x-should-retry")));
        JsonNode row = (await proxy.ListedAsync(1))[0]!;
        Assert.Equal(("failed", type, status), (Text(row, "outcome"), Text(row, "errorType"), (int)row["status"]!));
        Assert.DoesNotContain("secret", row.ToJsonString(), StringComparison.Ordinal);
        // One try: the client decides about another.
        Assert.Single(_anthropic.Requests);
    }

    [Fact]
    public async Task Tokens_are_counted_by_Anthropic_and_without_a_row()
    {
        await using RunningProxy proxy = await StartAsync();

        using HttpResponseMessage response = await SendAsync(proxy, Odd, "/v1/messages/count_tokens?beta=true", ("x-api-key", Credential));

        Assert.Equal("""{"input_tokens":4711}""", await response.Content.ReadAsStringAsync(Test));
        Assert.Equal(("/v1/messages/count_tokens?beta=true", Odd), (_anthropic.Requests[0].Target, _anthropic.Requests[0].Text));
        Assert.Empty((await proxy.GetJsonAsync("/api/requests"))["requests"]!.AsArray());
    }

    [Fact]
    public async Task Everything_else_goes_to_Codex_without_the_credential_and_a_change_of_the_setting_counts_at_once()
    {
        await using RunningProxy proxy = await StartAsync(settings: null);
        await AskBothAsync();
        Assert.Empty(_anthropic.Requests);

        await SettingsRouteAsync(proxy, """{"anthropicModels":"claude-opus-*, claude-Sonnet-5-5"}""");
        await AskBothAsync();
        using (await SendAsync(proxy, Ask("claude-sonnet-5-5[1m]"), ("Authorization", $"Bearer {Credential}"))) { }
        using (await SendAsync(proxy, Ask("claude-sonnet-4-5"), ("Authorization", $"Bearer {Credential}"))) { }
        Assert.Equal(["claude-opus-5-5", "claude-sonnet-5-5[1m]"], _anthropic.Requests.Select(request => request.Model));
        Assert.Equal(4, proxy.Backend.Requests.Count);
        Assert.All(proxy.Backend.Requests, request => Assert.DoesNotContain(Credential, request.Text + string.Join('\n', request.Headers), StringComparison.Ordinal));

        await SettingsRouteAsync(proxy, """{"anthropicModels":null}""");
        await AskBothAsync();
        Assert.Equal(2, _anthropic.Requests.Count);

        async Task AskBothAsync()
        {
            using (HttpResponseMessage claude = await SendAsync(proxy, Ask("claude-opus-5-5"), ("Authorization", $"Bearer {Credential}"))) Assert.Equal(HttpStatusCode.OK, claude.StatusCode);
            using HttpResponseMessage codex = await SendAsync(proxy, Ask("gpt-5.5"), ("Authorization", $"Bearer {Credential}"));
            Assert.Equal(HttpStatusCode.OK, codex.StatusCode);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("claude opus")]
    [InlineData(", ,")]
    public async Task A_setting_that_is_no_list_of_models_is_refused(string text)
    {
        await using RunningProxy proxy = await StartAsync();
        using HttpResponseMessage response = await proxy.Client.PatchAsync("/api/settings", new StringContent($$"""{"anthropicModels":"{{text}}"}""", Encoding.UTF8, "application/json"), Test);
        Assert.Contains("anthropicModels: must be model names or patterns with *, separated by commas", await response.Content.ReadAsStringAsync(Test), StringComparison.Ordinal);
    }

    private Task<RunningProxy> StartAsync(string? settings = Setting) => StartAsync(_anthropic.Url, settings);

    internal static Task<RunningProxy> StartAsync(string url, string? settings = Setting, string? accessKey = null, TimeProvider? time = null, TextWriter? console = null) =>
        RunningProxy.StartAsync(time: time, settings: settings, console: console,
            configure: options => options with { AnthropicUrl = new Uri(url), ApiKey = accessKey, LogLevel = LogLevel.Trace });

    internal static string Ask(string model, bool stream = false) =>
        $$"""{"model":"{{model}}","max_tokens":100,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Hi"}]}""";

    internal static Task<HttpResponseMessage> SendAsync(RunningProxy proxy, string body, params (string Name, string Value)[] headers) => SendAsync(proxy, body, "/v1/messages?beta=true", headers);

    private static Task<HttpResponseMessage> SendAsync(RunningProxy proxy, string body, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return proxy.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Test);
    }

    private static async Task SettingsRouteAsync(RunningProxy proxy, string json)
    {
        using HttpResponseMessage response = await proxy.Client.PatchAsync("/api/settings", new StringContent(json, Encoding.UTF8, "application/json"), Test);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) || response.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString() : null;

    private static string? Text(JsonNode row, string name) => (string?)row[name];
}
