using System.Buffers.Text;
using System.Text.Json;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Tokens;

/// <summary>
/// What a ChatGPT token says about its owner. The signature is not checked: the token came over TLS from the issuer, or out of
/// the owner's own file, and only the backend's opinion of it counts.
/// </summary>
internal sealed record TokenClaims
{
    public string? Email { get; init; }

    /// <summary><c>chatgpt_account_id</c>: the workspace, which is not the person.</summary>
    public string? AccountId { get; init; }

    /// <summary><c>chatgpt_user_id</c>: the person.</summary>
    public string? UserId { get; init; }

    public string? PlanType { get; init; }

    public bool IsFedRamp { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The claims of both tokens; the id token is asked first, the access token alone knows how long it lives.</summary>
    public static TokenClaims Of(string? idToken, string? accessToken)
    {
        TokenClaims access = Decode(accessToken) ?? new TokenClaims();
        if (Decode(idToken) is not { } id) return access;
        return access with
        {
            Email = id.Email ?? access.Email,
            AccountId = id.AccountId ?? access.AccountId,
            PlanType = id.PlanType ?? access.PlanType,
            IsFedRamp = id.IsFedRamp || access.IsFedRamp,
        };
    }

    /// <summary>Null when the text is no JWT with a JSON object inside.</summary>
    public static TokenClaims? Decode(string? token)
    {
        if (token?.Split('.') is not [_, var body, _]) return null;
        byte[] json;
        try
        {
            json = Base64Url.DecodeFromChars(body.TrimEnd('='));
        }
        catch (FormatException)
        {
            return null;
        }

        using JsonDocument? document = ForeignJson.TryParseAnswer(json);
        return document?.RootElement.As(TokensContext.Default.TokenPayload) is { } payload ? Of(payload) : null;
    }

    private static TokenClaims Of(TokenPayload payload) => new()
    {
        Email = payload.Email ?? payload.Profile?.Email,
        AccountId = payload.Auth?.ChatgptAccountId,
        UserId = payload.Auth?.ChatgptUserId,
        PlanType = payload.Auth?.ChatgptPlanType is { } plan && PlainText.Is(plan) ? plan : null,
        IsFedRamp = payload.Auth?.ChatgptAccountIsFedramp == true,
        IssuedAt = payload.Iat is { } issued ? Times.FromSeconds(issued) : null,
        ExpiresAt = payload.Exp is { } expires ? Times.FromSeconds(expires) : null,
    };
}
