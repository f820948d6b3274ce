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

    /// <summary>Why an entry is refused that would steer a terminal.</summary>
    public const string NotPlain = "its e-mail address or account id holds control characters, which no real one has";

    private static readonly string[] Access = ["access_token", "accessToken", "access", "token"];
    private static readonly string[] Refresh = ["refresh_token", "refreshToken", "refresh"];

    public static bool HoldsTokens(JsonElement entry) => First(entry, Access) is not null || First(entry, Refresh) is not null;

    public static FoundAccount Read(JsonElement entry, string tool)
    {
        FoundAccount found = Of(tool, First(entry, Access), First(entry, Refresh), First(entry, "id_token", "idToken"), entry);
        bool higherIsFirst = tool == ForeignFormats.CliProxyApi;
        double priority = entry.Number("priority") ?? 0;
        return ProxyOf(found, entry) with
        {
            Label = LabelOf(First(entry, "label", "note", "name"), found.Email),
            Enabled = entry.Flag("enabled") != false && entry.Flag("disabled") != true,
            Priority = tool is ForeignFormats.CliProxyApi or ForeignFormats.Own
                ? (int)Math.Clamp(higherIsFirst ? -priority : priority, -AccountPreferences.MostPriority, AccountPreferences.MostPriority) : 0,
            ExcludedModels = AccountPreferences.ExcludedModelsIn(FirstMember(entry, "excluded_models", "excluded-models", "excludedModels")),
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
        if (!PlainText.Is(email) || !PlainText.Is(account)) return Unusable(tool, NotPlain);
        return new FoundAccount
        {
            Tool = tool,
            Email = email ?? NoAddress,
            AccountId = account ?? "",
            Tokens = new TokenSet { AccessToken = access, RefreshToken = refresh, IdToken = id, AccountId = account, ToldExpiry = ExpiryIn(beside) },
        };
    }

    public static FoundAccount Unusable(string? tool, string problem) => new() { Tool = tool, Problem = problem };

    /// <summary>What goes out for the account in the other program does so here, too. A way that cannot be read must not become the direct one.</summary>
    /// <param name="holder">The object that may tell of a proxy, in any spelling.</param>
    public static FoundAccount ProxyOf(FoundAccount found, JsonElement holder)
    {
        if (holder.ValueKind != JsonValueKind.Object) return found;
        foreach (JsonProperty member in holder.EnumerateObject())
        {
            string name = member.Name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
            bool isNone = member.Value.ValueKind is JsonValueKind.Null or JsonValueKind.False || (member.Value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(member.Value.GetString()));
            if (!name.StartsWith("proxy", StringComparison.Ordinal) || isNone) continue;
            if (name is not ("proxy" or "proxyurl") || member.Value.ValueKind != JsonValueKind.String) return found with { HasUnreadableProxy = true };
            AccountProxy proxy = AccountProxy.Parse(member.Value.GetString()! is "none" ? AccountProxy.Direct : member.Value.GetString()!);
            if (found.Proxy is { } other && other != proxy) return found with { HasUnreadableProxy = true };
            found = found with { Proxy = proxy };
        }

        return found;
    }

    /// <summary>In one line of what can be shown; null for none.</summary>
    public static string? LabelOf(string? text, string email)
    {
        if (text is null || text.Equals(email, StringComparison.OrdinalIgnoreCase)) return null;
        string label = PlainText.Of(text).Trim();
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
