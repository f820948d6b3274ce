using System.Text.Json;

namespace CodexClaudeProxy.Protocol;

/// <summary>The OpenAI error envelope, shared by Chat Completions, Responses and the OpenAI model list.</summary>
public static class OpenAiError
{
    private const string UsageLimit = "usage_limit_reached";

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
        var code = CodeOf(error);
        var spent = code == UsageLimit;

        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, ErrorText.Clean(error.Message));
        json.WriteString("type"u8, spent && forCodex ? code : Words(error.Type).Type);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, code);
        if (spent) WriteReset(json, error);
        json.WriteEndObject();
    }

    /// <summary>What the failure is called in one word; null for nothing in particular.</summary>
    public static string? CodeOf(ApiError error) => (error.Code ?? Words(error.Type).Code) is { Length: > 0 } code ? code : null;

    /// <summary>As the backend itself tells it, so that a client of its own can name the time.</summary>
    private static void WriteReset(Utf8JsonWriter json, ApiError error)
    {
        if (error.PlanType is { } plan) json.WriteString("plan_type"u8, plan);
        if (error.ResetsAt is { } at) json.WriteNumber("resets_at"u8, at.ToUnixTimeSeconds());
        if (error.RetryAfter is { } wait) json.WriteNumber("resets_in_seconds"u8, (long)Math.Ceiling(wait.TotalSeconds));
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
