using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Accounts.Imports;

/// <summary>Reads one sign-in whose tokens stand beside each other, in any of the spellings that are in use.</summary>
internal static class ForeignEntry
{
    /// <summary>The name of an account whose tokens tell no e-mail address.</summary>
    public const string NoAddress = "imported@unknown.com";

    private static readonly string[] Access = ["access_token", "accessToken", "access", "token"];
    private static readonly string[] Refresh = ["refresh_token", "refreshToken", "refresh"];

    public static bool HoldsTokens(JsonElement entry) => First(entry, Access) is not null || First(entry, Refresh) is not null;

    public static FoundAccount Read(JsonElement entry, string tool)
    {
        FoundAccount found = Of(tool, First(entry, Access), First(entry, Refresh), First(entry, "id_token", "idToken"), entry);
        bool higherIsFirst = tool == ForeignFormats.CliProxyApi;
        double priority = entry.Number("priority") ?? 0;
        return found with
        {
            Label = LabelIn(entry, found.Email),
            Enabled = entry.Flag("enabled") != false && entry.Flag("disabled") != true,
            Priority = tool is ForeignFormats.CliProxyApi or ForeignFormats.Own
                ? (int)Math.Clamp(higherIsFirst ? -priority : priority, -AccountPreferences.MostPriority, AccountPreferences.MostPriority) : 0,
            ExcludedModels = AccountPreferences.ExcludedModelsIn(FirstMember(entry, "excluded_models", "excluded-models", "excludedModels")),
            Proxy = First(entry, "proxy_url", "proxyUrl", "proxy") switch { null or "" => null, "none" => AccountProxy.Parse(AccountProxy.Direct), var proxy => AccountProxy.Parse(proxy) },
        };
    }

    /// <param name="beside">What else stands in the entry; undefined for tokens alone.</param>
    public static FoundAccount Of(string tool, string? access, string? refresh, string? id, JsonElement beside)
    {
        if (access is null)
        {
            return Unusable(tool, refresh is null
                ? "it holds no tokens"
                : "it holds a refresh token only, which does not tell whose it is. Refresh the account in the other program first, or sign in here: codex-claude-proxy login");
        }

        if (access.StartsWith("at-", StringComparison.Ordinal)) return Unusable(tool, "it holds a personal access token, which this proxy does not support. Sign in here: codex-claude-proxy login");

        TokenClaims claims = TokenClaims.Of(id, access);
        string? account = claims.AccountId ?? First(beside, "account_id", "accountId", "chatgpt_account_id");
        string? email = claims.Email ?? First(beside, "email");
        if (account is null && email is null) return Unusable(tool, "its access token does not tell whose it is");
        return new FoundAccount
        {
            Tool = tool,
            Email = email ?? NoAddress,
            AccountId = account ?? "",
            Tokens = new TokenSet { AccessToken = access, RefreshToken = refresh, IdToken = id, AccountId = account, ToldExpiry = ExpiryIn(beside) },
        };
    }

    public static FoundAccount Unusable(string? tool, string problem) => new() { Tool = tool, Problem = problem };

    private static string? LabelIn(JsonElement entry, string email)
    {
        if (First(entry, "label", "note", "name") is not { } text || text.Equals(email, StringComparison.OrdinalIgnoreCase)) return null;
        string label = string.Concat(text.Where(static sign => !char.IsControl(sign))).Trim();
        return label.Length == 0 ? null : label[..Math.Min(label.Length, AccountPreferences.LongestLabel)];
    }

    /// <summary>Milliseconds since 1970, or a date as text. The access token's own end has precedence.</summary>
    private static DateTimeOffset? ExpiryIn(JsonElement entry)
    {
        foreach (string name in (string[])["expires", "expiresAt", "expires_at", "expired"])
        {
            if (entry.Number(name) is { } milliseconds) return Times.FromMilliseconds(milliseconds);
            if (entry.Time(name) is { } time) return time;
        }

        return null;
    }

    private static JsonElement FirstMember(JsonElement entry, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (entry.Member(name) is { ValueKind: not JsonValueKind.Undefined } member) return member;
        }

        return default;
    }

    private static string? First(JsonElement entry, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (entry.Text(name) is { } text) return text;
        }

        return null;
    }
}
