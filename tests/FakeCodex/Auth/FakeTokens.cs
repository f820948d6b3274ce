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
}
