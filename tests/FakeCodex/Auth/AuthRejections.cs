namespace FakeCodex;

/// <summary>The refusals of a bearer token.</summary>
internal static class AuthRejections
{
    public static Rejection TokenExpired { get; } =
        Rejection.Unauthorized("Provided authentication token is expired. Please try signing in again.", "token_expired");

    public static Rejection TokenInvalidated { get; } =
        Rejection.Unauthorized("Your authentication token has been invalidated. Please try signing in again.", "token_invalidated");

    /// <summary>The public API's answer to a key it does not know.</summary>
    public static Rejection InvalidApiKey { get; } =
        Rejection.Unauthorized(
            "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.",
            "invalid_api_key");
}
