using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Turns;

/// <summary>What goes wrong on the way to Anthropic, and what the record says of an error that Anthropic tells the client itself.</summary>
internal static class AnthropicErrors
{
    /// <summary>No retry: Claude Code would repeat a 401 for three minutes.</summary>
    public static readonly ApiError NoCredential = new(ApiErrorType.Authentication, 401,
        $"The setting anthropicModels leaves this model to Anthropic, but the request contains no credential for Anthropic. In Claude Code run /login and remove ANTHROPIC_AUTH_TOKEN, which codex-claude-proxy claude config proxy does; other clients send an Anthropic API key. The proxy's own access key belongs in {AccessKey.Header}.") { ShouldRetry = false };

    public static readonly ApiError Redirected = new(ApiErrorType.Api, 502,
        "Anthropic responded with a redirect, which is not followed because your credential would go to another address. Check CCP_ANTHROPIC_URL.") { ShouldRetry = false };

    public static readonly ApiError Silent = new(ApiErrorType.Timeout, 504, "Anthropic did not respond in time") { ShouldRetry = true };

    public static readonly ApiError Broken = new(ApiErrorType.Api, 502, "The connection to Anthropic broke before the end of the response") { ShouldRetry = true };

    /// <summary>For the record: the client has the error itself.</summary>
    public static readonly ApiError InAnswer = new(ApiErrorType.Api, StatusCodes.Status200OK, "Anthropic's response ended with an error");

    public static ApiError Odd(int status) => new(ApiErrorType.Api, 502, $"Anthropic responded with status {status}, which does not belong to an answer. Check CCP_ANTHROPIC_URL.") { ShouldRetry = false };

    public static ApiError Unreachable(string? why) => new(ApiErrorType.Api, 502, $"Could not reach Anthropic: {why}") { ShouldRetry = true };

    /// <summary>For the record: what Anthropic said stays between it and the client.</summary>
    public static ApiError Of(int status) => new(status switch
    {
        400 => ApiErrorType.InvalidRequest,
        401 => ApiErrorType.Authentication,
        402 => ApiErrorType.Billing,
        403 => ApiErrorType.Permission,
        404 => ApiErrorType.NotFound,
        413 => ApiErrorType.RequestTooLarge,
        429 => ApiErrorType.RateLimit,
        504 => ApiErrorType.Timeout,
        529 => ApiErrorType.Overloaded,
        _ => ApiErrorType.Api,
    }, status, $"Anthropic responded with {status}");
}
