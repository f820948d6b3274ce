using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>Tokens with the claims of the real issuer and a signature that nobody can check.</summary>
internal static class Jwt
{
    public static string Access(FakeUser user, DateTimeOffset issued, DateTimeOffset expires)
    {
        JsonObject claims = Common(user, issued, expires);
        claims["aud"] = new JsonArray("https://api.openai.com/v1");
        claims["client_id"] = FakeAuth.ClientId;
        claims["scp"] = new JsonArray("openid", "profile", "email", "offline_access");
        claims["https://api.openai.com/profile"] = new JsonObject { ["email"] = user.Email, ["email_verified"] = true };
        return Sign(claims);
    }

    public static string Id(FakeUser user, DateTimeOffset issued, DateTimeOffset expires)
    {
        JsonObject claims = Common(user, issued, expires);
        claims["aud"] = new JsonArray(FakeAuth.ClientId);
        claims["email"] = user.Email;
        claims["email_verified"] = true;
        return Sign(claims);
    }

    private static JsonObject Common(FakeUser user, DateTimeOffset issued, DateTimeOffset expires) => new()
    {
        ["iss"] = "https://auth.openai.com",
        ["sub"] = "auth0|" + user.UserId,
        ["iat"] = issued.ToUnixTimeSeconds(),
        ["exp"] = expires.ToUnixTimeSeconds(),
        ["jti"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
        ["https://api.openai.com/auth"] = new JsonObject
        {
            ["chatgpt_account_id"] = user.AccountId,
            ["chatgpt_plan_type"] = user.Plan,
            ["chatgpt_user_id"] = user.UserId,
            ["user_id"] = user.UserId,
            ["organizations"] = new JsonArray(new JsonObject
            {
                ["id"] = "org-fake",
                ["title"] = "Personal",
                ["role"] = "owner",
                ["is_default"] = true,
            }),
            ["groups"] = new JsonArray(),
            ["chatgpt_account_is_fedramp"] = false,
        },
    };

    private static string Sign(JsonObject claims) => string.Join('.',
        Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT","kid":"fake"}"""u8),
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToCompactJson())),
        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(64)));
}
