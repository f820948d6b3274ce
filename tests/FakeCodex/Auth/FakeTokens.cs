using System.Globalization;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>What a login yields.</summary>
public sealed record FakeTokens(FakeUser User, string AccessToken, string RefreshToken, string IdToken, DateTimeOffset ExpiresAt)
{
    /// <summary>The official client's auth.json with these tokens.</summary>
    public string ToAuthJson(DateTimeOffset lastRefresh) => new JsonObject
    {
        ["auth_mode"] = "chatgpt",
        ["OPENAI_API_KEY"] = null,
        ["tokens"] = new JsonObject
        {
            ["id_token"] = IdToken,
            ["access_token"] = AccessToken,
            ["refresh_token"] = RefreshToken,
            ["account_id"] = User.AccountId,
        },
        ["last_refresh"] = lastRefresh.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
    }.ToCompactJson();

    /// <summary>The proxy's account file with these accounts, of which the first is the active one.</summary>
    public static string ToAccountsJson(params FakeTokens[] accounts) => new JsonObject
    {
        ["accounts"] = new JsonArray([.. accounts.Select(tokens => new JsonObject
        {
            ["email"] = tokens.User.Email,
            ["accountId"] = tokens.User.AccountId,
            ["planType"] = tokens.User.Plan,
            ["accessToken"] = tokens.AccessToken,
            ["refreshToken"] = tokens.RefreshToken,
            ["idToken"] = tokens.IdToken,
            ["expiresAt"] = tokens.ExpiresAt.ToUnixTimeMilliseconds(),
            ["addedAt"] = "2026-11-20T00:00:00.000Z",
            ["lastUsed"] = null,
        })]),
        ["activeAccount"] = accounts.FirstOrDefault()?.User.Email,
        ["version"] = 1,
    }.ToCompactJson();
}
