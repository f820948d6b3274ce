using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.ClaudeCode;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Requests go up compressed where the backend reads that, and reach it all the same where it does not.</summary>
public sealed class CompressedRequestsTests
{
    private const string On = """{"compressRequests":"on"}""";
    private const string Off = """{"compressRequests":"off"}""";

    private static readonly string Long = string.Concat(Enumerable.Range(0, 2_000).Select(static i => $"Line {i} of what was read. "));

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/responses")]
    public async Task The_backend_reads_what_it_would_be_sent_uncompressed(string path)
    {
        string body = path == "/v1/responses" ? $$"""{"model":"gpt-5.5","input":"{{Long}}"}""" : RunningProxy.Ask(Long, stream: true);
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: Off);
        await SendAsync(proxy, body, path);
        await ChangeAsync(proxy, On);
        await SendAsync(proxy, body, path);

        ReceivedRequest plain = proxy.Backend.Requests[0], compressed = proxy.Backend.Requests[1];
        Assert.Equal((null, "zstd"), (plain.Header("content-encoding"), compressed.Header("content-encoding")));
        Assert.Equal($"{compressed.Sent.Length}", compressed.Header("content-length"));
        Assert.Equal("application/json", compressed.Header("content-type"));
        Assert.Equal(plain.Sent.ToArray(), compressed.Body.ToArray());
        Assert.InRange(compressed.Sent.Length, 100, plain.Sent.Length / 3);
        Assert.Equal("28B52FFD0058", Convert.ToHexString(compressed.Sent.Span[..6]));
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task A_short_request_is_not_worth_it()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        await SendAsync(proxy, RunningProxy.Ask());

        Assert.InRange(Assert.Single(proxy.Backend.Requests).Body.Length, 1, 1_023);
        AssertPlain(proxy.Backend.Requests[0]);
    }

    [Theory]
    [InlineData("https://chatgpt.com/backend-api", true)]
    [InlineData("https://chatgpt.com.example/backend-api", false)]
    public async Task By_itself_only_the_official_host_gets_compressed_requests(string backend, bool expected)
    {
        await using RunningProxy proxy = await StartAtAsync(new Uri(backend));
        await SendAsync(proxy, RunningProxy.Ask(Long));

        Assert.Equal(expected ? "zstd" : null, Assert.Single(proxy.Backend.Requests).Header("content-encoding"));
    }

    [Fact]
    public async Task Another_host_gets_plain_requests_unless_it_was_asked_for()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await SendAsync(proxy, RunningProxy.Ask(Long));

        AssertPlain(Assert.Single(proxy.Backend.Requests));
        Assert.Contains("not the official host", await DoctorAsync(proxy, "ok"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_attempt_and_another_account_get_the_same_bytes()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, settings: On);
        proxy.Backend.Answer(Reply.Json(500, """{"detail":"try again"}"""), Reply.Http("429-usage-limit-reached"), Reply.Text("Done"));
        await SendAsync(proxy, RunningProxy.Ask(Long));

        IReadOnlyList<ReceivedRequest> sent = proxy.Backend.Requests;
        Assert.Equal(3, sent.Count);
        Assert.NotEqual(sent[1].User, sent[2].User);
        Assert.All(sent, request => Assert.Equal(sent[0].Sent.ToArray(), request.Sent.ToArray()));
        Assert.Equal("zstd", sent[2].Header("content-encoding"));
    }

    [Theory]
    [InlineData(ZstdSupport.Refused, 415)]
    [InlineData(ZstdSupport.Misread, 400)]
    public async Task What_is_not_accepted_compressed_is_sent_plain_to_the_same_account_and_from_then_on(ZstdSupport support, int status)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, settings: On);
        proxy.Backend.Zstd = support;
        await SendAsync(proxy, RunningProxy.Ask(Long));
        await SendAsync(proxy, RunningProxy.Ask(Long + "more"));

        IReadOnlyList<ReceivedRequest> sent = proxy.Backend.Requests;
        Assert.Equal(["zstd", null, null], sent.Select(static request => request.Header("content-encoding")));
        Assert.Equal(status, Assert.Single(proxy.Backend.Rejections).Status);
        Assert.Single(sent.Select(static request => request.Header("authorization")).Distinct());
        Assert.All((await proxy.GetJsonAsync("/accounts"))["accounts"]!.AsArray(), static account => Assert.Null(account!["cooldown"]));

        // The record of the first says what was done, the second knows it from the start.
        JsonArray rows = await proxy.ListedAsync(2);
        string[] details = [.. await Task.WhenAll(rows.Select(row => proxy.GetTextAsync($"/api/requests/{row!["id"]}")))];
        Assert.Contains("the request was not compressed", details[1], StringComparison.Ordinal);
        Assert.DoesNotContain("the request was not compressed", details[0], StringComparison.Ordinal);

        // And so do the log, once, and who looks for it.
        Assert.Single(proxy.Logs.Text.Split('\n'), static line => line.Contains("did not accept compressed requests", StringComparison.Ordinal));
        Assert.Equal(["127.0.0.1"], (await proxy.GetJsonAsync("/api/about"))["uncompressedHosts"]!.AsArray().Select(static host => (string)host!));
        Assert.Contains("127.0.0.1 did not accept compressed requests", await DoctorAsync(proxy, "warn"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_plain_either_teaches_nothing()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        proxy.Backend.AnswerAll(static _ => Reply.Json(400, """{"error":{"message":"We could not parse the JSON body of your request.","type":"invalid_request_error"}}"""));
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(Long));
            await RunningProxy.AssertErrorAsync(response, HttpStatusCode.BadRequest, "invalid_request_error", "We could not parse the JSON body of your request.");
        }

        Assert.Equal(["zstd", null, "zstd", null], proxy.Backend.Requests.Select(static request => request.Header("content-encoding")));
        Assert.Empty((await proxy.GetJsonAsync("/api/about"))["uncompressedHosts"]!.AsArray());
        Assert.Contains("Requests to 127.0.0.1 are compressed", await DoctorAsync(proxy, "ok"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_refusal_is_not_taken_for_one_of_the_compression()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        proxy.Backend.AnswerAll(static _ => Reply.Json(400, """{"error":{"message":"Invalid value: 'x'.","type":"invalid_request_error"}}"""));
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(Long));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Single(proxy.Backend.Requests);
    }

    /// <summary>After the headers only the compressed body is kept; the schema is found in the plain one.</summary>
    [Fact]
    public async Task A_failure_inside_the_stream_finds_the_plain_body()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        proxy.Backend.Answer(
            Reply.Sse(new StreamScript().Failed("invalid_function_parameters", "Invalid schema for function 'save': 'odd' is not a 'format'.")), Reply.Text("Done"));
        await SendAsync(proxy, RunningProxy.Ask(Long, stream: true, more: """
            "tools":[{"name":"save","input_schema":{"type":"object","properties":{"key":{"type":"string","format":"odd"} } } }]
            """));

        IReadOnlyList<ReceivedRequest> sent = proxy.Backend.Requests;
        Assert.Equal(["zstd", "zstd"], sent.Select(static request => request.Header("content-encoding")));
        Assert.Contains("\"odd\"", sent[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"odd\"", sent[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rest_of_an_answer_is_asked_for_in_the_same_way()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"compressRequests":"on","advisorModel":"gpt-6-sol"}""");
        proxy.Backend.Answer(
            Reply.Sse(new StreamScript().Text("Let me ask.").Calls(new FunctionCall("advisor", "{}", "call_a1")).Completed()), Reply.Text("Use a queue."), Reply.Text("Done."));
        await SendAsync(proxy, RunningProxy.Ask(Long, more: """ "tools":[{"type":"advisor_20260301","name":"advisor","model":"claude-opus-5-5"}] """));

        Assert.Equal(["zstd", "zstd", "zstd"], proxy.Backend.Requests.Select(static request => request.Header("content-encoding")));
        Assert.Contains("Use a queue.", proxy.Backend.Requests[2].Text, StringComparison.Ordinal);
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task Everything_else_stays_as_it_is()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"compressRequests":"on","haikuKiloModel":"minimax-2.5"}""");
        await SendAsync(proxy, RunningProxy.Ask(Long).Replace("gpt-5.5", "claude-haiku-5-5", StringComparison.Ordinal));
        (await proxy.PostAsync($$"""{"model":"gpt-5.5","input":[{"role":"user","content":"{{Long}}"}]}""", "/v1/responses/compact", Now)).Dispose();

        AssertPlain(proxy.Backend.Kilo.Received.All.Single(static request => request.Path.EndsWith("/chat/completions", StringComparison.Ordinal)));
        AssertPlain(proxy.Backend.Received.All.Single(static request => request.Path.EndsWith("/compact", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_captured_is_the_plain_body()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: On);
        (await proxy.PostAsync("""{"minutes":5}""", "/api/capture", Now)).Dispose();
        await SendAsync(proxy, RunningProxy.Ask(Long));

        JsonArray rows = await proxy.ListedAsync(1);
        JsonObject bodies = await proxy.GetJsonAsync($"/api/requests/{rows[0]!["id"]}/bodies");
        Assert.StartsWith("{\"model\":\"gpt-5.5\"", (string?)bodies["upstream"], StringComparison.Ordinal);
        Assert.Equal("zstd", Assert.Single(proxy.Backend.Requests).Header("content-encoding"));
    }

    private static void AssertPlain(ReceivedRequest request)
    {
        Assert.Null(request.Header("content-encoding"));
        Assert.Equal(request.Body.ToArray(), request.Sent.ToArray());
    }

    private static async Task SendAsync(RunningProxy proxy, string body, string path = "/v1/messages")
    {
        using HttpResponseMessage response = await proxy.PostAsync(body, path, Now);
        string text = await response.Content.ReadAsStringAsync(Now);
        Assert.True(response.IsSuccessStatusCode && !text.Contains("event: error", StringComparison.Ordinal), text);
    }

    private static async Task ChangeAsync(RunningProxy proxy, string settings)
    {
        using HttpResponseMessage changed = await proxy.Client.PatchAsync("/api/settings", new StringContent(settings, Encoding.UTF8, "application/json"), Now);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    private static async Task<string> DoctorAsync(RunningProxy proxy, string status)
    {
        using HttpResponseMessage response = await proxy.PostAsync("{}", "/api/doctor", Now);
        JsonNode check = (await RunningProxy.JsonOf(response))["checks"]!.AsArray().Single(static check => (string?)check!["id"] == "compression")!;
        Assert.Equal(status, (string?)check["status"]);
        return (string)check["detail"]!;
    }

    /// <summary>A proxy that believes its backend is there, although the fake answers.</summary>
    private static Task<RunningProxy> StartAtAsync(Uri backend)
    {
        Uri fake = backend;
        return RunningProxy.StartAsync(
            configure: options =>
            {
                fake = options.ChatGptUrl;
                return options with { ChatGptUrl = backend };
            },
            around: (host, directory) => new Surroundings(
                host.Own(new HttpMessageInvoker(new Detour(new HttpClientHandler(), backend.Host, fake))), new CodexHome(Path.Combine(directory, "codex")), new ClaudeHome(Path.Combine(directory, "claude"), "")));
    }

    private sealed class Detour(HttpMessageHandler inner, string host, Uri to) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Host == host) request.RequestUri = new UriBuilder(request.RequestUri) { Scheme = to.Scheme, Host = to.Host, Port = to.Port }.Uri;
            (request.Version, request.VersionPolicy) = (HttpVersion.Version11, HttpVersionPolicy.RequestVersionOrLower);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
