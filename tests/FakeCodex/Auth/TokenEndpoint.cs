using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace FakeCodex;

/// <summary>Exchanges codes and refresh tokens, from JSON or form bodies.</summary>
internal sealed class TokenEndpoint(FakeAuth auth)
{
    public Reply Answer(ReceivedRequest request)
    {
        if (auth.TokenAnswers.TryDequeue(out Reply? scripted)) return scripted;
        Func<string, string?> field = ReaderOf(request);
        Reply reply = field("client_id") != FakeAuth.ClientId ? Failure("invalid_client") : field("grant_type") switch
        {
            "authorization_code" => ExchangeCode(field),
            "refresh_token" => Refresh(field("refresh_token")),
            // The exchange of an id token for an API key: every client ignores that it fails.
            "urn:ietf:params:oauth:grant-type:token-exchange" => Failure("invalid_request"),
            _ => Failure("unsupported_grant_type"),
        };
        return auth.TokenGate is { } gate ? reply.HeldBy(gate) : reply;
    }

    private Reply ExchangeCode(Func<string, string?> field)
    {
        FakeUser? user = auth.Codes.Redeem(field("code"), field("redirect_uri"), field("code_verifier"));
        return user is null ? Failure("invalid_grant") : Success(auth.SignIn(user), withRefreshToken: true, withIdToken: true);
    }

    private Reply Refresh(string? refreshToken)
    {
        if (refreshToken is null) return Failure("invalid_request");
        (FakeUser? user, string? failure) = auth.Book.Redeem(refreshToken, auth.RotatesRefreshTokens);
        return user is null ? Reply.Http(failure!) : Success(auth.SignIn(user), auth.RotatesRefreshTokens, auth.ReturnsIdTokens);
    }

    private Reply Success(FakeTokens tokens, bool withRefreshToken, bool withIdToken)
    {
        JsonObject body = new()
        {
            ["access_token"] = tokens.AccessToken,
            ["token_type"] = "bearer",
            ["expires_in"] = (long)auth.AccessTokenLifetime.TotalSeconds,
            ["scope"] = "openid profile email offline_access",
        };
        if (withRefreshToken) body["refresh_token"] = tokens.RefreshToken;
        if (withIdToken) body["id_token"] = tokens.IdToken;
        return Reply.Json(200, body.ToCompactJson());
    }

    private static Reply Failure(string error) =>
        Reply.Json(400, new JsonObject { ["error"] = error, ["error_description"] = $"The request failed with {error}." }.ToCompactJson());

    private static Func<string, string?> ReaderOf(ReceivedRequest request)
    {
        if (request.Json.ValueKind == JsonValueKind.Object) return name => request.Json.GetText(name);
        Dictionary<string, StringValues> form = QueryHelpers.ParseQuery(request.Text);
        return name => form.TryGetValue(name, out StringValues value) ? value.ToString() : null;
    }
}
