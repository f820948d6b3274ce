namespace CodexClaudeProxy.Protocol;

/// <summary>The error families both client protocols can express.</summary>
public enum ApiErrorType
{
    InvalidRequest,
    Authentication,
    Billing,
    Permission,
    NotFound,
    RequestTooLarge,
    RateLimit,
    Api,
    Overloaded,
    Timeout,
}

/// <summary>
/// One failure in neither protocol's words yet. Each front end writes it in its own envelope;
/// <see cref="Status"/> is the HTTP status of the Anthropic side.
/// </summary>
public sealed record ApiError(ApiErrorType Type, int Status, string Message)
{
    /// <summary>The offending field, where the OpenAI envelope has a place for it.</summary>
    public string? Param { get; init; }

    /// <summary>The OpenAI envelope's <c>code</c>; null for the family's own, empty for none.</summary>
    public string? Code { get; init; }

    /// <summary>Value of <c>x-should-retry</c>; null leaves the header out.</summary>
    public bool? ShouldRetry { get; init; }

    /// <summary>Value of <c>retry-after</c>; null leaves the header out.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>When a spent limit is free again; only the OpenAI envelope has a place for it.</summary>
    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>The plan whose limit is spent, beside <see cref="ResetsAt"/>.</summary>
    public string? PlanType { get; init; }

    /// <summary>Anthropic's <c>error.details.error_code</c>, only where that list has one.</summary>
    public string? DetailsCode { get; init; }

    /// <summary>The request members the server does not support, sent beside <see cref="DetailsCode"/>.</summary>
    public IReadOnlyList<string> Unsupported { get; init; } = [];

    /// <summary>What may be kept of the message where it is somebody else's and may quote what was said; null when it is our own.</summary>
    public string? ForRecord { get; init; }

    /// <summary>A fault of the request itself: HTTP 400, never worth a retry.</summary>
    public static ApiError Invalid(string message, string? param = null) =>
        new(ApiErrorType.InvalidRequest, 400, message) { ShouldRetry = false, Param = param };
}

/// <summary>Carries an <see cref="ApiError"/> out of the depths of a conversion to the one place that turns it into a value.</summary>
public sealed class InvalidRequestException(ApiError error) : Exception(error.Message)
{
    public InvalidRequestException(string message) : this(ApiError.Invalid(message)) { }

    public ApiError Error { get; } = error;

    /// <summary>False when <paramref name="make"/> refused the request, and why.</summary>
    internal static bool Try<T>(Func<T> make, out T? made, out ApiError? error) where T : class
    {
        try
        {
            (made, error) = (make(), null);
            return true;
        }
        catch (InvalidRequestException e)
        {
            (made, error) = (null, e.Error);
            return false;
        }
    }
}
