using System.Net;
using System.Text;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.Tests;

/// <summary>What the fake serves besides inference and logins.</summary>
public sealed class OtherRoutes : IAsyncLifetime
{
    private static readonly FakeUser Second = new("second@example.com", "22222222-1111-2222-3333-444444444444", "user-SECOND", "pro");

    private readonly HttpClient _http = new();
    private FakeBackend _backend = null!;

    public async ValueTask InitializeAsync() => _backend = await FakeBackend.StartAsync();

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _backend.DisposeAsync();
    }

    [Fact]
    public async Task Account_answers_carry_the_asking_accounts_values()
    {
        (_, JsonElement usage) = await SendAsync(HttpMethod.Get, "/backend-api/wham/usage", user: Second);
        Assert.Equal("second@example.com", usage.GetText("email"));
        Assert.Equal("pro", usage.GetText("plan_type"));
        (_, JsonElement check) = await SendAsync(HttpMethod.Get, "/backend-api/wham/accounts/check", user: Second);
        Assert.Equal(Second.AccountId, check.GetProperty("accounts")[0].GetText("id"));
        Assert.Equal(Second.AccountId, check.GetText("default_account_id"));
    }

    [Fact]
    public async Task Account_answers_are_not_for_strangers()
    {
        (HttpStatusCode status, JsonElement body) = await SendAsync(HttpMethod.Get, "/backend-api/wham/usage");
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal("token_invalidated", body.GetProperty("error").GetText("code"));
    }

    [Fact]
    public async Task The_catalogue_comes_with_its_etag()
    {
        const string Path = "/backend-api/codex/models?client_version=0.169.0";
        using HttpRequestMessage request = Request(HttpMethod.Get, Path, null, FakeAuth.DefaultUser);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("W/\"c0ffee\"", response.Headers.ETag?.ToString());
        JsonElement body = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains(body.GetProperty("models").EnumerateArray(), model => model.GetText("slug") == "gpt-5.5");
    }

    [Fact]
    public async Task A_search_finds_something_unless_it_asks_for_nothing()
    {
        const string Path = "/backend-api/codex/alpha/search";
        (HttpStatusCode found, JsonElement answer) = await SendAsync(
            HttpMethod.Post, Path, """{"id":"1","model":"gpt-5.5","commands":{"search_query":[{"q":"cats"}]}}""", FakeAuth.DefaultUser);
        Assert.Equal(HttpStatusCode.OK, found);
        Assert.Contains("cats", answer.GetText("output"), StringComparison.Ordinal);
        (HttpStatusCode refused, _) = await SendAsync(
            HttpMethod.Post, Path, """{"id":"1","model":"gpt-5.5","commands":{"search_query":[{"q":""}]}}""", FakeAuth.DefaultUser);
        Assert.Equal(HttpStatusCode.BadRequest, refused);
    }

    [Fact]
    public async Task An_unknown_route_is_not_found_and_recorded()
    {
        (HttpStatusCode status, _) = await SendAsync(HttpMethod.Get, "/backend-api/wham/settings/user");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("/backend-api/wham/settings/user", Assert.Single(_backend.Received.All).Path);
    }

    [Fact]
    public async Task The_gateway_answers_whole_or_streamed_as_it_is_asked()
    {
        (_, JsonElement whole) = await SendAsync(HttpMethod.Post, "/api/openrouter/chat/completions", ChatBody(stream: false));
        Assert.Equal("You said: Hello", whole.GetProperty("choices")[0].GetProperty("message").GetText("content"));

        _backend.Kilo.Answer(Reply.Sse(
            new ChatScript().ToolCall(0, "call_1", "Read").Arguments(0, "{\"path\":").Arguments(0, "\"a\"}").Finish("tool_calls")));
        using HttpRequestMessage request = Request(HttpMethod.Post, "/api/openrouter/chat/completions", ChatBody(stream: true), null);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string[] data = [.. body.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => line[6..])];
        IEnumerable<string?> pieces = data.Select(line => JsonElement.Parse(line))
            .SelectMany(chunk => chunk.GetProperty("choices")[0].Get("delta").Get("tool_calls").Items())
            .Select(call => call.Get("function").GetText("arguments"));
        Assert.Equal("""{"path":"a"}""", string.Concat(pieces));
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("""{"model":"m","messages":[]}""", "messages")]
    [InlineData("""{"model":"m","messages":[{"role":"tool","content":"x"}]}""", "messages[0].tool_call_id")]
    public async Task The_gateway_refuses_a_faulty_request(string body, string param)
    {
        (HttpStatusCode status, JsonElement answer) = await SendAsync(HttpMethod.Post, "/api/openrouter/chat/completions", body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(param, answer.GetProperty("error").GetText("param"));
    }

    private static string ChatBody(bool stream) =>
        $$"""{"model":"kilo-auto/free","messages":[{"role":"user","content":"Hello"}],"stream":{{(stream ? "true" : "false")}}}""";

    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(
        HttpMethod method, string path, string? body = null, FakeUser? user = null)
    {
        using HttpRequestMessage request = Request(method, path, body, user);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string? body, FakeUser? user)
    {
        HttpRequestMessage request = new(method, _backend.Origin + path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (user is null) return request;
        request.Headers.Authorization = new("Bearer", _backend.Auth.SignIn(user).AccessToken);
        request.Headers.Add("chatgpt-account-id", user.AccountId);
        return request;
    }
}
