using System.Net;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using Microsoft.AspNetCore.Http;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class ErrorReplyTests
{
    [Theory]
    [InlineData("/v1/messages/batches")]
    [InlineData("/v1/v1/messages/nothing")]
    [InlineData("/nowhere")]
    public async Task An_unknown_path_is_told_in_the_anthropic_envelope(string path)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("application/json; charset=utf-8", answer.Header("content-type"));
        Assert.Equal("nosniff", answer.Header("x-content-type-options"));
        Assert.Null(answer.Header("server"));
        string id = answer.Header("request-id")!;
        Assert.Matches("^req_[0-9A-Za-z]{24}$", id);
        Assert.Equal($$$"""{"type":"error","error":{"type":"not_found_error","message":"Not found"},"request_id":"{{{id}}}"}""", answer.Body);
    }

    [Theory]
    [InlineData("/v1/chat/nothing")]
    [InlineData("/v1/embeddings")]
    [InlineData("/v1/files")]
    public async Task An_unknown_path_is_told_in_the_openai_envelope(string path)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.GetAsync(path, ("Authorization", "Bearer x"), ("User-Agent", "OpenAI/JS 7.57.0"));

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("""{"error":{"message":"Not found","type":"invalid_request_error","param":null,"code":null}}""", answer.Body);
        Assert.StartsWith("req_", answer.Header("x-request-id"), StringComparison.Ordinal);
        Assert.Null(answer.Header("request-id"));
    }

    [Fact]
    public async Task An_unknown_path_is_told_in_the_callers_words()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Assert.Equal("""{"success":false,"error":"Not found"}""", (await proxy.GetAsync("/accounts/nothing/at/all")).Body);
        Assert.StartsWith("""{"type":"error",""", (await proxy.GetAsync("/api/claude_cli/bootstrap", ("User-Agent", "claude-cli/2.1.330 (external, cli)"))).Body, StringComparison.Ordinal);
        Assert.StartsWith("""{"type":"error",""", (await proxy.GetAsync("/v1/files", ("anthropic-version", "2026-10-21"), ("Authorization", "Bearer x"))).Body, StringComparison.Ordinal);
        Assert.StartsWith("""{"type":"error",""", (await proxy.GetAsync("/v1/files", ("x-api-key", "k"))).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/settings/haiku-model")]
    [InlineData("/claude/config/proxy")]
    [InlineData("/accounts/switch")]
    public async Task Our_own_routes_keep_their_envelope_whoever_calls(string path)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.PostAsync(path, "{", ("anthropic-version", "2026-10-21"), ("x-api-key", "k"), ("User-Agent", "claude-cli/2.1.330 (external, cli)"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.StartsWith("""{"success":false,"error":"The request body is not valid JSON""", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/messages", 9_000, 0, 1, 414, "\"type\":\"error\"")]
    [InlineData("/v1/responses", 9_000, 0, 1, 414, "\"invalid_request_error\"")]
    [InlineData("/accounts", 0, 9_000, 4, 431, "\"success\":false")]
    [InlineData("/v1/chat/completions", 0, 1, 101, 431, "\"invalid_request_error\"")]
    public async Task What_the_server_would_refuse_without_a_word_has_a_body(string path, int query, int length, int headers, int status, string envelope)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();
        string lines = string.Concat(Enumerable.Range(0, headers).Select(i => $"x-{i}: {new string('y', length)}\r\n"));

        string answer = await proxy.SendRawAsync($"GET {path}?{new string('q', query)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n");

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains(envelope, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/responses")]
    [InlineData("/settings/haiku-model")]
    public async Task A_chunk_of_no_possible_size_is_the_callers_fault(string path)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        string answer = await proxy.SendRawAsync(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n{{}}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("error", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/settings/haiku-model", "{\"haikuKiloModel\":\"\\ud800\"}")]
    [InlineData("/settings/account-strategy", "{\"accountStrategy\":\"\\udfff\"}")]
    [InlineData("/settings/models", "{\"set\":{\"\\ud800\":\"gpt-5.5\\ud800\"}}")]
    [InlineData("/claude/config/proxy", "{\"models\":\"\\ud800\"}")]
    [InlineData("/accounts/switch", "{\"email\":\"\\ud800\"}")]
    public async Task Half_a_character_in_a_management_body_is_no_fault_of_ours(string path, string body)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.PostAsync(path, body);

        Assert.InRange((int)answer.Status, 200, 499);
    }

    [Fact]
    public async Task A_wrong_method_names_the_right_ones()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.PostAsync("/v1/models", "{}");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        Assert.Equal("GET, HEAD", answer.Header("allow"));
        Assert.Equal("Method Not Allowed", answer.Json.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task An_unexpected_exception_stays_in_the_log()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: static _ => new Routes()
            .Get("/v1/messages", static _ => throw new InvalidOperationException("the secret reason")));

        Answer answer = await proxy.GetAsync("/v1/messages");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal("api_error", answer.Json.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("Internal server error", answer.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("true", answer.Header("x-should-retry"));
        Assert.Contains(proxy.Log.Lines, line => line.Contains("the secret reason", StringComparison.Ordinal) && line.Contains(answer.Header("request-id")!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_fails_after_its_start_is_cut_off()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: static _ => new Routes().Get("/v1/messages", static async http =>
        {
            await http.Response.WriteAsync("event: half", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            throw new InvalidOperationException("too late");
        }));

        await Assert.ThrowsAsync<HttpRequestException>(() => proxy.GetAsync("/v1/messages"));
    }

    [Fact]
    public async Task An_invalid_request_found_deep_below_is_answered_with_its_own_error()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: static _ => new Routes()
            .Post("/v1/chat/completions", static _ => throw new InvalidRequestException(ApiError.Invalid("n: only 1 is supported", "n"))));

        Answer answer = await proxy.PostAsync("/v1/chat/completions", "{}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("""{"error":{"message":"n: only 1 is supported","type":"invalid_request_error","param":"n","code":null}}""", answer.Body);
    }

    [Fact]
    public async Task Overload_is_529_for_anthropic_clients_and_503_for_the_others()
    {
        var overloaded = new ApiError(ApiErrorType.Overloaded, 529, "Slow down") { ShouldRetry = true, RetryAfter = TimeSpan.FromSeconds(5) };
        await using TestProxy proxy = await TestProxy.StartAsync(compose: _ => new Routes()
            .Get("/v1/messages", http => ErrorReply.WriteAsync(http, overloaded))
            .Get("/v1/responses", http => ErrorReply.WriteAsync(http, overloaded))
            .Get("/accounts/x", http => ErrorReply.WriteAsync(http, overloaded)));

        Answer anthropic = await proxy.GetAsync("/v1/messages");
        Answer openAi = await proxy.GetAsync("/v1/responses");
        Answer management = await proxy.GetAsync("/accounts/x");

        Assert.Equal((529, "5", "true"), ((int)anthropic.Status, anthropic.Header("retry-after"), anthropic.Header("x-should-retry")));
        Assert.Null(anthropic.Header("retry-after-ms"));
        Assert.Equal(503, (int)openAi.Status);
        Assert.Equal("""{"error":{"message":"Slow down","type":"server_error","param":null,"code":"server_error"}}""", openAi.Body);
        Assert.Equal((503, """{"success":false,"error":"Slow down"}"""), ((int)management.Status, management.Body));
    }

    [Theory]
    [InlineData(1_500, "2", "1500")]
    [InlineData(20, "1", "20")]
    [InlineData(3_600_000, "3600", null)]
    [InlineData(0, "1", null)]
    [InlineData(999_999_999_000, "604800", null)]
    public async Task Retry_after_is_whole_seconds_within_a_week(long milliseconds, string seconds, string? exact)
    {
        var error = new ApiError(ApiErrorType.RateLimit, 429, "later") { RetryAfter = TimeSpan.FromMilliseconds(milliseconds) };
        await using TestProxy proxy = await TestProxy.StartAsync(compose: _ => new Routes().Get("/v1/messages", http => ErrorReply.WriteAsync(http, error)));

        Answer answer = await proxy.GetAsync("/v1/messages");

        Assert.Equal((seconds, exact, null), (answer.Header("retry-after"), answer.Header("retry-after-ms"), answer.Header("x-should-retry")));
    }

    /// <summary>OpenAI's library for .NET waits as long as it is told, whatever else stands there.</summary>
    [Theory]
    [InlineData("/v1/messages", "86400")]
    [InlineData("/v1/chat/completions", null)]
    [InlineData("/v1/responses", null)]
    public async Task A_limit_that_no_retry_helps_against_gives_openai_clients_no_time_to_wait(string path, string? after)
    {
        var limit = new ApiError(ApiErrorType.RateLimit, 429, "used up") { ShouldRetry = false, RetryAfter = TimeSpan.FromDays(1), Code = "usage_limit_reached" };
        await using TestProxy proxy = await TestProxy.StartAsync(compose: _ => new Routes().Get(path, http => ErrorReply.WriteAsync(http, limit)));

        Answer answer = await proxy.GetAsync(path);

        Assert.Equal((429, after, "false"), ((int)answer.Status, answer.Header("retry-after"), answer.Header("x-should-retry")));
    }

    [Fact]
    public async Task The_tool_runner_finds_the_unsupported_member()
    {
        var error = ApiError.Invalid("thread: not supported by this server") with { DetailsCode = "thread_unsupported_request", Unsupported = ["thread"] };
        await using TestProxy proxy = await TestProxy.StartAsync(compose: _ => new Routes().Get("/v1/messages", http => ErrorReply.WriteAsync(http, error)));

        Answer answer = await proxy.GetAsync("/v1/messages");

        Assert.Equal("""{"error_code":"thread_unsupported_request","unsupported":["thread"]}""", answer.Json.GetProperty("error").GetProperty("details").GetRawText());
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    public async Task A_body_that_is_no_json_object_is_told_so(string body)
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: static _ => new Routes().Post("/settings/x", static async http =>
        {
            using var json = await JsonBody.ReadAsync(http);
        }));

        Answer answer = await proxy.PostAsync("/settings/x", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.StartsWith("""{"success":false,"error":"The request body is not valid JSON: """, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_malformed_request_line_gets_no_page()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        string answer = await proxy.SendRawAsync("GET /%zz%00 HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("<", answer, StringComparison.Ordinal);
    }
}
