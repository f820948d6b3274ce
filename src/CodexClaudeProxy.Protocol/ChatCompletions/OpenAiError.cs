using System.Text.Json;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>The OpenAI error envelope, shared by Chat Completions, Responses and the OpenAI model list.</summary>
public static class OpenAiError
{
    /// <summary>OpenAI clients do not know 529.</summary>
    public static int Status(ApiError error) => error.Status == 529 ? 503 : error.Status;

    /// <param name="forCodex">The Codex CLI goes by the type of a spent quota, and would wait for anything else.</param>
    public static void Write(Utf8JsonWriter json, ApiError error, bool forCodex = false)
    {
        json.WriteStartObject();
        WriteMember(json, error, forCodex);
        json.WriteEndObject();
    }

    /// <summary>The member <c>error</c> of an object that has others too.</summary>
    public static void WriteMember(Utf8JsonWriter json, ApiError error, bool forCodex = false)
    {
        (string type, string? familyCode) = Words(error.Type);
        string? code = error.Code ?? familyCode;
        var spent = forCodex && code == "usage_limit_reached";

        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, ErrorText.Clean(error.Message));
        json.WriteString("type"u8, spent ? code : type);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, code is "" ? null : code);
        if (spent && error.RetryAfter is { } wait) json.WriteNumber("resets_in_seconds"u8, (long)Math.Ceiling(wait.TotalSeconds));
        json.WriteEndObject();
    }

    private static (string Type, string? Code) Words(ApiErrorType type) => type switch
    {
        ApiErrorType.InvalidRequest or ApiErrorType.RequestTooLarge => ("invalid_request_error", null),
        ApiErrorType.Authentication => ("invalid_request_error", "invalid_api_key"),
        ApiErrorType.Permission => ("invalid_request_error", "permission_denied"),
        ApiErrorType.NotFound => ("invalid_request_error", "model_not_found"),
        ApiErrorType.RateLimit => ("rate_limit_error", "rate_limit_exceeded"),
        ApiErrorType.Billing => ("insufficient_quota", "insufficient_quota"),
        _ => ("server_error", "server_error"),
    };
}
