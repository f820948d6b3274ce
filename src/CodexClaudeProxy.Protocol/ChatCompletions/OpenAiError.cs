using System.Text.Json;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>The OpenAI error envelope, shared by Chat Completions, Responses and the OpenAI model list.</summary>
public static class OpenAiError
{
    /// <summary>OpenAI clients do not know 529.</summary>
    public static int Status(ApiError error) => error.Status == 529 ? 503 : error.Status;

    public static void Write(Utf8JsonWriter json, ApiError error)
    {
        (string type, string? familyCode) = Words(error.Type);
        string? code = error.Code ?? familyCode;

        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, ErrorText.Clean(error.Message));
        json.WriteString("type"u8, type);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, code is "" ? null : code);
        json.WriteEndObject();
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
