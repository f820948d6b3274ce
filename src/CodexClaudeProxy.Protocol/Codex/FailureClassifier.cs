namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>What kind of failure the backend's words mean: by code first, then by text, and by the HTTP status when neither is known.</summary>
internal static class FailureClassifier
{
    public const string DeactivatedWorkspace = "deactivated_workspace";

    public static CodexFailureKind KindOf(UpstreamErrorBody error, int status)
    {
        var text = error.Message ?? "";
        if (IsOverflow(error, text, status)) return CodexFailureKind.ContextOverflow;
        if (status is 200 or 400 or 404 or 422 && error.Param?.EndsWith(".encrypted_content", StringComparison.Ordinal) == true && !error.Param.StartsWith("include", StringComparison.Ordinal))
            return CodexFailureKind.ReasoningUnreadable;
        return ByCode(error.Code) ?? ByCode(error.Type) ?? ByText(text, status) ?? ByStatus(status, error);
    }

    private static bool IsOverflow(UpstreamErrorBody error, string text, int status) =>
        error.Code == "context_length_exceeded"
        || (status is 200 or 400 or 413 && (Has(text, "exceeds the context window") || Has(text, "maximum context length")
            || Has(text, "context_length") || Has(text, "input is too long")));

    private static CodexFailureKind? ByCode(string? code) => code switch
    {
        "usage_limit_reached" => CodexFailureKind.UsageLimit,
        "usage_not_included" => CodexFailureKind.PlanExcludesCodex,
        "insufficient_quota" or "billing_hard_limit_reached" or "credit_balance_exhausted" or "organization_spend_limit_exceeded"
            or "project_spend_limit_exceeded" or "organization_usage_limit_exceeded" or DeactivatedWorkspace => CodexFailureKind.QuotaSpent,
        "account_deactivated" or "user_deactivated" or "organization_deactivated" or "account_disabled" or "account_suspended" => CodexFailureKind.Deactivated,
        "rate_limit_exceeded" => CodexFailureKind.RateLimited,
        "server_is_overloaded" or "slow_down" or "service_unavailable_error" => CodexFailureKind.Overloaded,
        "server_error" or "internal_error" => CodexFailureKind.ServerError,
        "model_not_found" => CodexFailureKind.ModelNotFound,
        "invalid_encrypted_content" or "thinking_signature_invalid" => CodexFailureKind.ReasoningUnreadable,
        "cyber_policy" or "bio_policy" or "misalignment_policy" => CodexFailureKind.Policy,
        "invalid_function_parameters" => CodexFailureKind.InvalidToolSchema,
        "invalid_json_schema" => CodexFailureKind.InvalidFormatSchema,
        "invalid_prompt" or "content_policy_violation" => CodexFailureKind.InvalidRequest,
        "image_parse_error" => CodexFailureKind.InvalidImage,
        { } other when other.StartsWith("invalid_image", StringComparison.Ordinal) || other.StartsWith("unsupported_image", StringComparison.Ordinal)
            || other.StartsWith("image_too_", StringComparison.Ordinal) => CodexFailureKind.InvalidImage,
        _ => null,
    };

    private static CodexFailureKind? ByText(string text, int status)
    {
        if (Has(text, "account has been deactivated")) return CodexFailureKind.Deactivated;
        if (Has(text, "at capacity") || Has(text, "overloaded")) return CodexFailureKind.Overloaded;
        if (status is not (200 or 400 or 404 or 422)) return null;
        if (Has(text, "encrypted content") && (Has(text, "verified") || Has(text, "decrypted"))) return CodexFailureKind.ReasoningUnreadable;
        if (Has(text, "of type 'reasoning' was provided without its required following item")) return CodexFailureKind.ReasoningUnreadable;
        if (Has(text, "model is not supported when using Codex") || Has(text, "Model not found")) return CodexFailureKind.ModelNotFound;
        if (Has(text, "Invalid schema for function")) return CodexFailureKind.InvalidToolSchema;
        if (Has(text, "Invalid schema for response_format") || Has(text, "Invalid schema for text.format")) return CodexFailureKind.InvalidFormatSchema;
        if (Has(text, "Unsupported parameter")) return CodexFailureKind.UnsupportedParameter;
        return Has(text, "valid image") ? CodexFailureKind.InvalidImage : null;
    }

    private static CodexFailureKind ByStatus(int status, UpstreamErrorBody error) => status switch
    {
        200 => error.Code is null && error.Message is null ? CodexFailureKind.ServerError : ByUnknownEvent(error),
        401 => CodexFailureKind.Unauthorized,
        402 => CodexFailureKind.QuotaSpent,
        403 => CodexFailureKind.Forbidden,
        404 => CodexFailureKind.ModelNotFound,
        408 or 504 => CodexFailureKind.TimedOut,
        413 => CodexFailureKind.RequestTooLarge,
        429 => CodexFailureKind.RateLimited,
        503 => CodexFailureKind.Overloaded,
        >= 500 => CodexFailureKind.ServerError,
        _ => CodexFailureKind.InvalidRequest,
    };

    // An unknown failure inside a stream is the backend's own affair, unless it says that the request is at fault.
    private static CodexFailureKind ByUnknownEvent(UpstreamErrorBody error) =>
        error.Type == "invalid_request_error" ? CodexFailureKind.InvalidRequest : CodexFailureKind.ServerError;

    /// <summary>
    /// The body was not understood as JSON, in the words of the backend and of the servers that may stand before it. A member that is not valid is
    /// another matter, even one that speaks of JSON.
    /// </summary>
    public static bool SaysUnreadable(string text) =>
        Encodings.Any(word => Has(text, word)) || (Bodies.Any(word => Has(text, word)) && Unreadable.Any(word => Has(text, word)));

    private static readonly string[] Encodings = ["content-encoding", "zstd", "utf-8", "beginning of value"];
    private static readonly string[] Bodies = ["json", "body"];
    private static readonly string[] Unreadable = ["pars", "decod", "read", "malformed", "invalid json", "valid json", "unexpected token", "expecting value", "expected value"];

    public static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
