using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests;

/// <summary>A well-behaved client of the fake backend, as plain as possible, so that each test changes just one thing.</summary>
internal sealed class UpstreamCaller(FakeBackend backend) : IDisposable
{
    private readonly FakeTokens _tokens = backend.Auth.SignIn();

    public HttpClient Http { get; } = new() { BaseAddress = new Uri(backend.Origin) };

    /// <summary>A request that breaks no rule.</summary>
    public static JsonObject GoodBody() => new()
    {
        ["model"] = "gpt-5.5",
        ["instructions"] = "",
        ["input"] = new JsonArray(Message("user", "input_text", "Hello")),
        ["tools"] = new JsonArray(),
        ["store"] = false,
        ["stream"] = true,
    };

    public static JsonObject Message(string role, string partType, string text) => new()
    {
        ["type"] = "message",
        ["role"] = role,
        ["content"] = new JsonArray(new JsonObject { ["type"] = partType, ["text"] = text }),
    };

    public HttpRequestMessage Request(JsonNode body, string path = "/backend-api/codex/responses")
    {
        HttpRequestMessage request = new(HttpMethod.Post, path);
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _tokens.AccessToken);
        request.Headers.Add("chatgpt-account-id", _tokens.User.AccountId);
        request.Headers.Add("version", "0.169.0");
        return request;
    }

    public Task<HttpResponseMessage> PostAsync(JsonNode body) => SendAsync(Request(body));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

    public void Dispose() => Http.Dispose();
}
