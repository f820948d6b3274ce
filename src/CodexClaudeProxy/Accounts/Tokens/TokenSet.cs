using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Tokens;

/// <summary>The tokens of one sign-in, from the issuer or from an <c>auth.json</c>, with what they say.</summary>
internal sealed record TokenSet
{
    public required string AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public string? IdToken { get; init; }

    /// <summary>From the tokens, else as it stood beside them.</summary>
    public string? AccountId { get; init; }

    /// <summary>End of the access token as told beside it; its own <c>exp</c> has precedence.</summary>
    public DateTimeOffset? ToldExpiry { get; init; }

    public TokenClaims Claims => field ??= TokenClaims.Of(IdToken, AccessToken);

    public DateTimeOffset? ExpiresAt => Claims.ExpiresAt ?? ToldExpiry;

    /// <summary>Whether its owner's e-mail address and workspace can be shown. In a real token they always can; another would take on the look of something else.</summary>
    public bool IsPlain => PlainText.Is(Claims.Email) && PlainText.Is(AccountId);

    public override string ToString() => $"tokens of {Claims.Email}";
}
