using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>What went wrong, as far as it changes what happens next or what the client is told.</summary>
public enum CodexFailureKind
{
    ContextOverflow,
    RequestTooLarge,
    UsageLimit,
    RateLimited,
    QuotaSpent,
    PlanExcludesCodex,
    Overloaded,
    ServerError,
    TimedOut,
    Unreachable,
    StreamEnded,
    Silent,
    Unavailable,
    Unauthorized,
    SignInNeeded,

    /// <summary>The account itself is closed: only its owner can change that.</summary>
    Deactivated,

    EdgeBlocked,
    Forbidden,
    ModelNotFound,
    ReasoningUnreadable,
    Policy,
    InvalidRequest,
    InvalidImage,
    InvalidToolSchema,
    InvalidFormatSchema,
    UnsupportedParameter,
    Cancelled,
    InvalidToolArguments,
}

/// <summary>Who has to change for the next try to succeed.</summary>
public enum FailureBlame
{
    /// <summary>The request: no retry anywhere helps.</summary>
    Request,

    /// <summary>This account's quota: another account may serve.</summary>
    Quota,

    /// <summary>This account's login.</summary>
    Login,

    /// <summary>Nobody: it passes.</summary>
    Passing,
}

/// <summary>
/// One upstream failure, whichever of its three ways it came: an HTTP status, a <c>response.failed</c> or an <c>error</c> event
/// inside a 200, or a broken connection. There is one classifier for all of them.
/// </summary>
public sealed partial record CodexFailure(CodexFailureKind Kind, string? Text = null)
{
    /// <summary>The HTTP status, or 200 for a failure inside the stream, or 0 without a response.</summary>
    public int Status { get; init; }

    public string? Code { get; init; }

    public string? Param { get; init; }

    public string? PlanType { get; init; }

    /// <summary>How long to wait, where the backend said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>When a used-up limit is free again.</summary>
    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>
    /// A refusal that reasoning of earlier turns may have caused, in one of the many wordings for that. Only where the request holds
    /// some is it worth another try without.
    /// </summary>
    public bool MayMeanReasoning =>
        Kind is CodexFailureKind.InvalidRequest or CodexFailureKind.ModelNotFound or CodexFailureKind.UnsupportedParameter &&
        Text is { } text && Param?.StartsWith("include", StringComparison.Ordinal) != true && !Has(text, "include") &&
        ReasoningWords.Any(word => Has(text, word));

    private static readonly string[] ReasoningWords =
        ["encrypted", "decrypt", "reasoning item", "reasoning content", "type 'reasoning'", "'reasoning' item", "'rs_", "\"rs_", "thinking block", "signature", "Unsupported content type"];

    /// <summary>The account or its workspace is closed, so waiting is in vain.</summary>
    public bool IsDeactivation => Kind == CodexFailureKind.Deactivated || Code == DeactivatedWorkspace;

    public FailureBlame Blame => Kind switch
    {
        CodexFailureKind.UsageLimit or CodexFailureKind.QuotaSpent or CodexFailureKind.PlanExcludesCodex => FailureBlame.Quota,
        CodexFailureKind.Unauthorized or CodexFailureKind.SignInNeeded or CodexFailureKind.Deactivated or CodexFailureKind.Forbidden => FailureBlame.Login,
        CodexFailureKind.RateLimited or CodexFailureKind.Overloaded or CodexFailureKind.ServerError or CodexFailureKind.TimedOut
            or CodexFailureKind.Unreachable or CodexFailureKind.StreamEnded or CodexFailureKind.Silent or CodexFailureKind.Unavailable or CodexFailureKind.EdgeBlocked or CodexFailureKind.Cancelled
            or CodexFailureKind.InvalidToolArguments => FailureBlame.Passing,
        _ => FailureBlame.Request,
    };

    private const string DeactivatedWorkspace = "deactivated_workspace";

    public static readonly CodexFailure EndedEarly = new(CodexFailureKind.StreamEnded, "Upstream stream ended before the response was complete");

    /// <summary>The answer stopped coming. The client has waited long enough already, so this is told and not tried again.</summary>
    public static CodexFailure Silent(TimeSpan idle) =>
        new(CodexFailureKind.Silent, string.Create(CultureInfo.InvariantCulture, $"Upstream produced no data for {idle.TotalSeconds:0} seconds"));

    /// <summary>The backend said that it is alive, and nothing else.</summary>
    public static CodexFailure OnlyAlive(TimeSpan idle) =>
        new(CodexFailureKind.Silent, string.Create(CultureInfo.InvariantCulture, $"Upstream produced nothing but keep-alives for {idle.TotalSeconds:0} seconds"));

    /// <summary>A failed HTTP response.</summary>
    public static CodexFailure FromResponse(int status, Func<string, string?> header, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (body.IsEmpty && header("x-error-json") is { Length: > 0 } encoded) body = DecodeBase64(encoded);
        var error = UpstreamErrorBody.Parse(body, status);
        // The backend itself refuses in JSON; what stands in front of it answers with a page, a line of text or nothing.
        if (status == 403 && (!error.IsJson || header("cf-mitigated") is not null))
            return new(CodexFailureKind.EdgeBlocked, "Upstream edge protection blocked the request") { Status = status };
        if (status == 404 && !error.IsJson) return new(CodexFailureKind.ServerError, "An edge server in front of the backend answered 404") { Status = status };
        return Build(error, status, now, WaitFromHeaders(header, now));
    }

    /// <summary>A <c>response.failed</c> or <c>error</c> event inside a stream that began with 200.</summary>
    public static CodexFailure FromEvent(ReadOnlyMemory<byte> json, DateTimeOffset now) =>
        Build(UpstreamErrorBody.Parse(json, 200), 200, now, null);

    /// <summary>A code or the name of a member, as it may be written down; null for anything longer or freer.</summary>
    public static string? AsWord(string? text) => text is not null && Word().IsMatch(text) ? text : null;

    private static CodexFailure Build(UpstreamErrorBody error, int status, DateTimeOffset now, TimeSpan? headerWait)
    {
        var kind = Classify(error, status);
        // What the backend says in its body about this very limit is truer than a generic header.
        TimeSpan? bodyWait = error.ResetsInSeconds is { } seconds && double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e8))
            : error.ResetsAt is { } at and > 0 and < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(at) - now
            : WaitFromText(error.Message);
        var wait = headerWait ?? bodyWait;
        if (wait < TimeSpan.Zero) wait = TimeSpan.Zero;
        return new CodexFailure(kind, error.Message)
        {
            Status = status,
            Code = error.Code ?? error.Type,
            Param = error.Param,
            PlanType = error.PlanType,
            RetryAfter = wait,
            ResetsAt = kind == CodexFailureKind.UsageLimit && (bodyWait ?? headerWait) is { } until ? now + until : null,
        };
    }

    private static CodexFailureKind Classify(UpstreamErrorBody error, int status)
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

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static TimeSpan? WaitFromHeaders(Func<string, string?> header, DateTimeOffset now)
    {
        if (double.TryParse(header("retry-after-ms"), NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and < 1e11)
            return TimeSpan.FromMilliseconds(ms);
        var after = header("retry-after");
        if (double.TryParse(after, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e8)
            return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParse(after, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at - now : null;
    }

    private static TimeSpan? WaitFromText(string? text)
    {
        if (text is null || TryAgainIn().Match(text) is not { Success: true } match) return null;

        var wait = TimeSpan.Zero;
        for (var i = 0; i < match.Groups["n"].Captures.Count; i++)
        {
            var amount = double.Parse(match.Groups["n"].Captures[i].ValueSpan, CultureInfo.InvariantCulture);
            wait += match.Groups["u"].Captures[i].Value.ToLowerInvariant() switch
            {
                "ms" => TimeSpan.FromMilliseconds(amount),
                "h" or "hour" or "hours" => TimeSpan.FromHours(amount),
                "m" or "minute" or "minutes" => TimeSpan.FromMinutes(amount),
                _ => TimeSpan.FromSeconds(amount),
            };
        }

        return wait;
    }

    private static ReadOnlyMemory<byte> DecodeBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes.AsMemory(0, length) : default;
    }

    [GeneratedRegex(@"^[\w.\[\]-]{1,64}\z", RegexOptions.None, matchTimeoutMilliseconds: 200)]
    private static partial Regex Word();

    // "try again in 1.5s", "20ms", "6m0s", "3 seconds"
    [GeneratedRegex(@"try again in (?:(?<n>\d{1,9}(?:\.\d{1,6})?)\s?(?<u>ms|hours?|h|minutes?|m|seconds?|s)\s?)+", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex TryAgainIn();
}
