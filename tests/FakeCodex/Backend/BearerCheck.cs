namespace FakeCodex;

/// <summary>Whose request it is: by access token and account id at the ChatGPT address, by key at the public one.</summary>
internal static class BearerCheck
{
    public static (FakeUser? User, Rejection? Rejection) Identify(ReceivedRequest request, TokenBook book)
    {
        const string Scheme = "Bearer ";
        string? authorization = request.Header("authorization");
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return (null, AuthRejections.TokenInvalidated);
        }
        string token = authorization[Scheme.Length..];

        // An access token has no API billing and a key no ChatGPT plan: neither works at the other's address.
        if (request.Path.StartsWith("/v1/", StringComparison.Ordinal))
        {
            return book.OwnerOfApiKey(token) is { } owner ? (owner, null) : (null, AuthRejections.InvalidApiKey);
        }
        (FakeUser? user, Rejection? rejection) = book.Identify(token);
        if (user is not null && request.Header("chatgpt-account-id") != user.AccountId) return (null, AuthRejections.TokenInvalidated);
        return (user, rejection);
    }
}
