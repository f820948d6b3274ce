using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>What no well-behaved client sends, and what the published program answers.</summary>
public sealed class RawProtocol : IAsyncLifetime
{
    private const string Hello = """{"model":"gpt-5.5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""";
    private const string HelloStream = """{"model":"gpt-5.5","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello"}]}""";

    private readonly HttpClient _http = new();
    private PublishedProxy _proxy = null!;

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _proxy = await PublishedProxy.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/hello")]
    public async Task A_warm_up(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Head, _proxy.Url + path);
        using HttpResponseMessage response = await _http.SendAsync(request, Ending);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Ending));
    }

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/v1/messages")]
    [InlineData("/v1/messages?beta=true")]
    public async Task A_message_by_every_path(string path)
    {
        using HttpResponseMessage response = await PostAsync(Hello, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonElement message = await JsonOf(response);
        Assert.Equal("You said: Hello", message.Get("content")[0].GetText("text"));
    }

    [Fact]
    public Task A_name_that_is_not_ours() => AssertRefused(421, "invalid_request_error", request => request.Headers.Host = "evil.example:80");

    [Fact]
    public Task A_page_of_another_site() => AssertRefused(403, "permission_error", request => request.Headers.Add("Origin", "https://evil.example"));

    [Theory]
    [InlineData("{\"model\":\"gpt-5.5\",")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"model\":\"gpt-5.5\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"\\uD800\"")]
    public Task A_body_that_is_not_a_request(string body) =>
        AssertRefused(400, "invalid_request_error", request => request.Content = new StringContent(body, Encoding.UTF8, "application/json"));

    [Fact]
    public Task A_body_that_is_not_utf8() => AssertRefused(400, "invalid_request_error", request =>
    {
        byte[] body = Encoding.UTF8.GetBytes(Hello);
        body[Hello.IndexOf("Hello", StringComparison.Ordinal)] = 0xC3;
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.Add("Content-Type", "application/json");
    });

    [Fact]
    public Task A_body_that_is_too_large() => AssertRefused(413, "request_too_large", request =>
        request.Content = new StringContent(Hello.Replace("Hello", new string('x', 33 << 20), StringComparison.Ordinal), Encoding.UTF8, "application/json"));

    [Fact]
    public Task An_unknown_path() => AssertRefused(404, "not_found_error", request =>
    {
        request.RequestUri = new Uri(_proxy.Url + "/v1/files");
        // Tells which envelope the caller understands.
        request.Headers.Add("anthropic-version", "2023-06-01");
    });

    [Fact]
    public async Task A_stop_during_an_answer_ends_it_with_an_error_event()
    {
        Gate gate = new();
        _proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("The canary sings").Hold(gate)));
        using HttpRequestMessage request = new(HttpMethod.Post, _proxy.Url + "/v1/messages")
        {
            Content = new StringContent(HelloStream, Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ending);
        await gate.Reached;

        Stopwatch time = Stopwatch.StartNew();
        Task<int> stopped = _proxy.StopAsync();
        string events = await response.Content.ReadAsStringAsync(Ending);
        Assert.Equal(0, await stopped);

        // Five seconds to finish, and something for a busy machine.
        Assert.InRange(time.Elapsed.TotalSeconds, 0, 15);
        Assert.Contains("The canary sings", string.Concat(TextsIn(events)), StringComparison.Ordinal);
        JsonElement last = DataIn(events).Last();
        Assert.Equal("error", last.GetText("type"));
        Assert.Equal("overloaded_error", last.Get("error").GetText("type"));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_upstream_call()
    {
        Gate gate = new();
        _proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("The canary sings").Hold(gate)));
        using CancellationTokenSource leave = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        using StringContent body = new(HelloStream, Encoding.UTF8, "application/json");
        Task<HttpResponseMessage> call = _http.PostAsync(_proxy.Url + "/v1/messages", body, leave.Token);
        await gate.Reached;

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        ReceivedRequest request = await _proxy.Backend.WaitForRequestAsync(cancellationToken: Ending);
        Assert.Equal(RequestEnd.ClientLeft, await request.Ended.WaitAsync(Ending));
    }

    private async Task AssertRefused(int status, string type, Action<HttpRequestMessage> change)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, _proxy.Url + "/v1/messages")
        {
            Content = new StringContent(Hello, Encoding.UTF8, "application/json"),
        };
        change(request);
        using HttpResponseMessage response = await _http.SendAsync(request, Ending);
        Assert.Equal(status, (int)response.StatusCode);
        JsonElement envelope = await JsonOf(response);
        Assert.Equal("error", envelope.GetText("type"));
        Assert.Equal(type, envelope.Get("error").GetText("type"));
        Assert.Equal(envelope.GetText("request_id"), Assert.Single(response.Headers.GetValues("request-id")));
        Assert.Empty(_proxy.Backend.Requests);
    }

    private async Task<HttpResponseMessage> PostAsync(string body, string path)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        return await _http.PostAsync(_proxy.Url + path, content, Ending);
    }

    private static async Task<JsonElement> JsonOf(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(Ending));

    private static IEnumerable<JsonElement> DataIn(string events) =>
        events.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonElement.Parse(line[6..]));

    private static IEnumerable<string?> TextsIn(string events) => DataIn(events).Select(data => data.Get("delta").GetText("text"));
}
