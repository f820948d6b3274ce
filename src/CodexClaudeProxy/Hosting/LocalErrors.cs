using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Hosting;

/// <summary>The failures the program itself finds, before or instead of an upstream call.</summary>
internal static class LocalErrors
{
    public static readonly ApiError NotFound = new(ApiErrorType.NotFound, 404, "Not found") { ShouldRetry = false, Code = "" };

    public static readonly ApiError MethodNotAllowed = new(ApiErrorType.InvalidRequest, 405, "Method Not Allowed") { ShouldRetry = false };

    public static readonly ApiError NoWebSockets = new(ApiErrorType.InvalidRequest, 426, "WebSockets are not supported; send a POST request") { ShouldRetry = false };

    public static readonly ApiError WrongKey = new(ApiErrorType.Authentication, 401, "invalid x-api-key") { ShouldRetry = false };

    /// <summary>Who has a key of their own is a client, and what is not for clients is the owner's.</summary>
    public static readonly ApiError OwnersOnly = new(ApiErrorType.Permission, 403,
        "A client's key opens the model routes only; accounts, settings, keys, logs and statistics are for the owner of this proxy") { ShouldRetry = false };

    /// <summary>Clients need a key, and everything else would be open to whoever gets here from outside.</summary>
    public static readonly ApiError NoOwnersKey = new(ApiErrorType.Permission, 403,
        "This proxy can be reached from outside and has keys for clients, but no access key for its owner, so it can only be managed with: codex-claude-proxy keys. Set one with --api-key-file or CCP_API_KEY_FILE") { ShouldRetry = false };

    public static readonly ApiError OwnersKeyFirst = new(ApiErrorType.InvalidRequest, 409,
        "This proxy can be reached from outside, so its owner needs an access key before clients get keys: set one with --api-key-file or CCP_API_KEY_FILE") { ShouldRetry = false };

    public static ApiError Expired(string name) => WrongKey with { Message = $"The key '{name}' has expired" };

    public static readonly ApiError WrongHost =
        new(ApiErrorType.InvalidRequest, 421, "This server only answers under its own address on this machine") { ShouldRetry = false };

    public static readonly ApiError CrossOrigin =
        new(ApiErrorType.Permission, 403, "Requests from other web pages are not allowed") { ShouldRetry = false };

    public static readonly ApiError NotJson =
        new(ApiErrorType.InvalidRequest, 415, "The content type must be application/json in UTF-8") { ShouldRetry = false };

    public static readonly ApiError BodyTooLarge =
        new(ApiErrorType.RequestTooLarge, 413, "Request exceeds the maximum size") { ShouldRetry = false };

    public static readonly ApiError AddressTooLong =
        new(ApiErrorType.InvalidRequest, 414, $"The request's address is longer than {FrontDoor.MostLineBytes} bytes") { ShouldRetry = false };

    public static readonly ApiError HeadersTooLarge =
        new(ApiErrorType.InvalidRequest, 431, $"The request's headers are more than {FrontDoor.MostHeaders} or larger than {FrontDoor.MostHeaderBytes} bytes") { ShouldRetry = false };

    public static readonly ApiError ShuttingDown =
        new(ApiErrorType.Overloaded, 529, "Overloaded") { ShouldRetry = true, RetryAfter = TimeSpan.FromSeconds(5) };

    public static readonly ApiError NoRoom =
        new(ApiErrorType.Overloaded, 529, "Overloaded: the system does not allow more connections at the moment") { ShouldRetry = true, RetryAfter = TimeSpan.FromSeconds(5) };

    public static readonly ApiError Unexpected = new(ApiErrorType.Api, 500, "Internal server error") { ShouldRetry = true };

    /// <summary>What the client is told of an exception.</summary>
    public static ApiError Of(Exception exception) => exception switch
    {
        InvalidRequestException e => e.Error,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => BodyTooLarge,
        BadHttpRequestException e => ApiError.Invalid(e.Message) with { Status = e.StatusCode },
        _ => Unexpected,
    };

    public static ApiError InvalidJson(string reason) => ApiError.Invalid("The request body is not valid JSON: " + reason);
}
