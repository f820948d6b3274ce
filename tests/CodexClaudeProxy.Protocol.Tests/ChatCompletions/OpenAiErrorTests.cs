using System.Text;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Tests.CodexToMessages;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.ChatCompletions;

/// <summary>The words in which OpenAI's clients are told of a failure.</summary>
public sealed class OpenAiErrorTests
{
    [Theory]
    [InlineData(ApiErrorType.InvalidRequest, "invalid_request_error", null)]
    [InlineData(ApiErrorType.RequestTooLarge, "invalid_request_error", null)]
    [InlineData(ApiErrorType.Authentication, "invalid_request_error", "invalid_api_key")]
    [InlineData(ApiErrorType.Permission, "invalid_request_error", "permission_denied")]
    [InlineData(ApiErrorType.NotFound, "invalid_request_error", "model_not_found")]
    [InlineData(ApiErrorType.RateLimit, "rate_limit_error", "rate_limit_exceeded")]
    [InlineData(ApiErrorType.Billing, "insufficient_quota", "insufficient_quota")]
    [InlineData(ApiErrorType.Overloaded, "server_error", "server_error")]
    [InlineData(ApiErrorType.Api, "server_error", "server_error")]
    [InlineData(ApiErrorType.Timeout, "server_error", "server_error")]
    public void Each_family_has_its_type_and_code(ApiErrorType family, string type, string? code) =>
        Assert.Equal((type, code), Words(new ApiError(family, 400, "x")));

    [Theory]
    [InlineData(400, """{"error":{"code":"context_length_exceeded","message":"x"}}""", "context_length_exceeded")]
    [InlineData(429, """{"error":{"type":"usage_limit_reached"}}""", "usage_limit_reached")]
    [InlineData(400, """{"error":{"type":"invalid_request_error","code":"invalid_function_parameters","message":"Invalid schema for function 'f': x"}}""", "invalid_function_parameters")]
    [InlineData(400, """{"error":{"type":"invalid_request_error","code":"unsupported_parameter","message":"Unsupported parameter: x"}}""", "unsupported_parameter")]
    [InlineData(400, """{"error":{"type":"invalid_request_error","code":"unsupported_value","message":"Unsupported value: 'x' is not supported","param":"reasoning.effort"}}""", "unsupported_value")]
    [InlineData(400, """{"error":{"type":"invalid_request_error","code":null,"message":"Unsupported parameter: x"}}""", null)]
    [InlineData(400, """{"detail":"Unsupported parameter: x"}""", null)]
    [InlineData(400, """{"error":{"type":"invalid_request_error","message":"odd"}}""", null)]
    public void The_backends_own_code_is_told_where_it_says_more(int status, string body, string? code) =>
        Assert.Equal(code, Words(CodexFailure.FromResponse(status, static _ => null, Encoding.UTF8.GetBytes(body), DateTimeOffset.UnixEpoch).ToApiError(SampleTurn.Context())).Code);

    [Fact]
    public void A_spent_limit_says_whose_it_is_and_when_it_ends()
    {
        var failure = CodexFailure.FromResponse(429, static _ => null, """{"error":{"type":"usage_limit_reached","message":"x","plan_type":"plus","resets_in_seconds":5400}}"""u8.ToArray(), DateTimeOffset.FromUnixTimeSeconds(1_795_366_800));
        var error = Chat.Envelope(failure.ToApiError(SampleTurn.Context())).GetProperty("error");
        Assert.Equal(["message", "type", "param", "code", "plan_type", "resets_at", "resets_in_seconds"], error.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(("plus", 1_795_372_200, 5400), (error.GetProperty("plan_type").GetString(), error.GetProperty("resets_at").GetInt64(), error.GetProperty("resets_in_seconds").GetInt64()));
    }

    [Fact]
    public void Other_failures_have_the_four_members_of_the_API_and_no_more() =>
        Assert.Equal("""{"error":{"message":"x","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}""",
            Chat.Envelope(new ApiError(ApiErrorType.RateLimit, 429, "x") { RetryAfter = TimeSpan.FromSeconds(5), ResetsAt = DateTimeOffset.UnixEpoch, PlanType = "plus" }).GetRawText());

    [Fact]
    public void Overload_has_the_status_OpenAI_uses() => Assert.Equal((503, 429), (OpenAiError.Status(new ApiError(ApiErrorType.Overloaded, 529, "x")), OpenAiError.Status(new ApiError(ApiErrorType.RateLimit, 429, "x"))));

    private static (string Type, string? Code) Words(ApiError error)
    {
        var envelope = Chat.Envelope(error).GetProperty("error");
        return (envelope.GetProperty("type").GetString()!, envelope.GetProperty("code").GetString());
    }
}
