using System.Globalization;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>What a client is told about an upstream failure: the one switch from <see cref="CodexFailure"/> to <see cref="ApiError"/>.</summary>
public static partial class FailureReply
{
    private const string SignInAgain = "ChatGPT login expired or was revoked. Sign in again with the proxy's login command.";
    private static readonly TimeSpan OverloadWait = TimeSpan.FromSeconds(5);

    /// <param name="resets">When a used-up limit is free again, in words such as those of <see cref="TimeText"/>.</param>
    public static ApiError ToApiError(this CodexFailure failure, TurnContext context, string? resets = null) =>
        Tell(failure, context, resets) with { ForRecord = failure is { Text: not null, Status: not 0 } ? ForRecord(failure) : null };

    /// <summary>The failure in our own words, with the backend's code and the member it names. Its text may quote what was said.</summary>
    public static string? ForRecord(CodexFailure failure)
    {
        var sentence = failure.Kind switch
        {
            CodexFailureKind.RateLimited => "Upstream limits the rate of requests",
            CodexFailureKind.QuotaSpent => "The account's quota is used up",
            CodexFailureKind.PlanExcludesCodex => "This ChatGPT plan does not include Codex usage",
            CodexFailureKind.Overloaded => "Upstream is overloaded",
            CodexFailureKind.ServerError => "Upstream failed",
            CodexFailureKind.Deactivated => "The ChatGPT account is deactivated",
            CodexFailureKind.Forbidden => "Upstream refused this account",
            CodexFailureKind.ModelNotFound => "Upstream does not have the model",
            CodexFailureKind.InvalidImage => "Upstream could not process an image",
            CodexFailureKind.InvalidToolSchema => "Upstream refused the schema of a tool",
            CodexFailureKind.InvalidFormatSchema => "Upstream refused the schema of the answer",
            CodexFailureKind.UnsupportedParameter => "Upstream does not accept a member of the request",
            CodexFailureKind.InvalidRequest => "Upstream refused the request",
            // These are told in our words anyway.
            _ => null,
        };
        if (sentence is null) return null;
        var details = string.Join(", ", new[] { CodexFailure.AsWord(failure.Code), CodexFailure.AsWord(failure.Param) }.Where(static detail => detail is not null));
        return details.Length > 0 ? $"{sentence} ({details})" : sentence;
    }

    private static ApiError Tell(CodexFailure failure, TurnContext context, string? resets) => failure.Kind switch
    {
        CodexFailureKind.ContextOverflow => Overflow(context),
        CodexFailureKind.RequestTooLarge => Final(ApiErrorType.RequestTooLarge, 413, "Request exceeds the maximum size"),
        CodexFailureKind.UsageLimit => Final(ApiErrorType.RateLimit, 429, UsageLimit(failure, resets)) with
        {
            RetryAfter = failure.RetryAfter, Code = "usage_limit_reached", ResetsAt = failure.ResetsAt, PlanType = failure.PlanType,
        },
        CodexFailureKind.RateLimited => Passing(ApiErrorType.RateLimit, 429, failure.Text ?? "Rate limited by upstream") with { RetryAfter = failure.RetryAfter },
        CodexFailureKind.QuotaSpent => Final(ApiErrorType.Billing, 402, failure.Text ?? Deactivated(failure)) with { RetryAfter = failure.RetryAfter },
        CodexFailureKind.PlanExcludesCodex => Final(ApiErrorType.Permission, 403, $"This ChatGPT plan does not include Codex usage. {failure.Text}".TrimEnd()),
        CodexFailureKind.Overloaded => Passing(ApiErrorType.Overloaded, 529, failure.Text ?? "Overloaded") with { RetryAfter = failure.RetryAfter ?? OverloadWait },
        CodexFailureKind.ServerError => Passing(ApiErrorType.Api, 500, failure.Text ?? NoDetails(failure)) with { RetryAfter = failure.RetryAfter },
        CodexFailureKind.TimedOut => Passing(ApiErrorType.Timeout, 504, "Upstream request timed out") with { RetryAfter = failure.RetryAfter },
        CodexFailureKind.Unreachable or CodexFailureKind.AccountProxy => Passing(ApiErrorType.Api, 502, $"Could not reach the upstream service: {failure.Text}"),
        CodexFailureKind.StreamEnded or CodexFailureKind.Silent => Passing(ApiErrorType.Api, 502, failure.Text!),
        // It is this program that cannot serve, so nothing of the backend is known.
        CodexFailureKind.Unavailable => Passing(ApiErrorType.Overloaded, 529, failure.Text!) with { RetryAfter = OverloadWait },
        CodexFailureKind.Unauthorized or CodexFailureKind.SignInNeeded => Final(ApiErrorType.Authentication, 401, SignInAgain),
        CodexFailureKind.Deactivated => Final(ApiErrorType.Authentication, 401, $"This ChatGPT account is deactivated. {failure.Text}".TrimEnd()),
        CodexFailureKind.EdgeBlocked => Passing(ApiErrorType.Api, 503, "Upstream edge protection blocked the request"),
        CodexFailureKind.Forbidden => Final(ApiErrorType.Permission, 403, failure.Text ?? "Upstream refused this account"),
        CodexFailureKind.ModelNotFound => Final(ApiErrorType.NotFound, 404, ModelNotFound(failure, context)),
        CodexFailureKind.ReasoningUnreadable => Invalid("Encrypted reasoning could not be verified"),
        CodexFailureKind.InvalidImage => Invalid("Could not process image: " + failure.Text),
        CodexFailureKind.InvalidToolSchema => Invalid("tools: " + WithClientToolName(failure.Text ?? "", context)) with { Code = CodeOf(failure) },
        CodexFailureKind.InvalidFormatSchema => Invalid(failure.Text ?? "Upstream refused the schema of the answer") with { Code = CodeOf(failure), Param = failure.Param },
        CodexFailureKind.UnsupportedParameter => Invalid(failure.Text ?? "") with { Code = CodeOf(failure), Param = failure.Param },
        CodexFailureKind.Cancelled => Passing(ApiErrorType.Api, 500, "Upstream cancelled the response"),
        CodexFailureKind.InvalidToolArguments => Passing(ApiErrorType.Api, 502, "The model produced invalid tool arguments"),
        _ => Invalid(failure.Text ?? "Upstream refused the request") with { Param = failure.Param, Code = failure.Code == "unsupported_value" ? failure.Code : null },
    };

    /// <summary>The words that make Claude Code compact the conversation and go on; it also reads the two numbers.</summary>
    public static ApiError Overflow(TurnContext context)
    {
        var window = context.Profile.ContextWindow;
        var tokens = Math.Max(context.InputEstimate, window + 1);
        return Invalid(string.Create(CultureInfo.InvariantCulture, $"prompt is too long: {tokens} tokens > {window} maximum")) with { Code = "context_length_exceeded" };
    }

    /// <summary>Without a code of its own the failure is known by its type, which is no code.</summary>
    private static string? CodeOf(CodexFailure failure) => failure.Code == "invalid_request_error" ? null : failure.Code;

    private static ApiError Invalid(string message) => ApiError.Invalid(message);

    private static ApiError Final(ApiErrorType type, int status, string message) => new(type, status, message) { ShouldRetry = false };

    private static ApiError Passing(ApiErrorType type, int status, string message) => new(type, status, message) { ShouldRetry = true };

    private static string UsageLimit(CodexFailure failure, string? resets)
    {
        var plan = failure.PlanType is null ? "" : $" ({failure.PlanType} plan)";
        return $"Codex usage limit reached{plan}." + (resets is null ? "" : $" Resets {resets}.");
    }

    private static string Deactivated(CodexFailure failure) =>
        failure.Code == "deactivated_workspace" ? "This ChatGPT workspace is deactivated" : "This account's quota is used up";

    private static string NoDetails(CodexFailure failure) =>
        failure.Status == 200 ? "Upstream reported a failure without details" : "Internal server error";

    private static string ModelNotFound(CodexFailure failure, TurnContext context) =>
        $"model: {context.RequestedModel}" + (string.IsNullOrEmpty(failure.Text) ? "" : $": {failure.Text}");

    private static string WithClientToolName(string text, TurnContext context) => FunctionName().Replace(text, match =>
        context.ToolNames.TryGetValue(match.Groups["name"].Value, out var tool) ? $"function '{tool.Name}'" : match.Value);

    [GeneratedRegex("function '(?<name>[^']{1,64})'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex FunctionName();
}
