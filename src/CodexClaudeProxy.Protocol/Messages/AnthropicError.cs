using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>Anthropic's error envelope: the body of a failed request and the data of an SSE <c>error</c> event.</summary>
public static class AnthropicError
{
    public static string Word(ApiErrorType type) => type switch
    {
        ApiErrorType.InvalidRequest => "invalid_request_error",
        ApiErrorType.Authentication => "authentication_error",
        ApiErrorType.Billing => "billing_error",
        ApiErrorType.Permission => "permission_error",
        ApiErrorType.NotFound => "not_found_error",
        ApiErrorType.RequestTooLarge => "request_too_large",
        ApiErrorType.RateLimit => "rate_limit_error",
        ApiErrorType.Overloaded => "overloaded_error",
        ApiErrorType.Timeout => "timeout_error",
        _ => "api_error",
    };

    public static void Write(Utf8JsonWriter json, ApiError error, string? requestId)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, Word(error.Type));
        json.WriteString("message"u8, ErrorText.Clean(error.Message));
        if (error.DetailsCode is { } code) WriteDetails(json, code, error.Unsupported);
        json.WriteEndObject();
        if (requestId is not null) json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
    }

    /// <summary>The SDK's tool runner repeats without threads when it finds <c>thread</c> among the unsupported members.</summary>
    private static void WriteDetails(Utf8JsonWriter json, string code, IReadOnlyList<string> unsupported)
    {
        json.WriteStartObject("details"u8);
        json.WriteString("error_code"u8, code);
        if (unsupported.Count > 0)
        {
            json.WriteStartArray("unsupported"u8);
            foreach (string member in unsupported) json.WriteStringValue(member);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
