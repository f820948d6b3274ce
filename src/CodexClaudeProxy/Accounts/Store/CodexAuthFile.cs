using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>An <c>auth.json</c> in Codex's format: Codex's own, or the copy beside each account.</summary>
internal sealed record CodexAuthFile
{
    /// <summary>Null when the file holds no ChatGPT sign-in.</summary>
    public TokenSet? Tokens { get; init; }

    /// <summary>In bytes; the real file has some 6,000.</summary>
    public const int Longest = 1024 * 1024;

    /// <summary>The file holds a platform API key instead.</summary>
    public bool HoldsApiKey { get; init; }

    /// <summary>Null when there is no file or nobody can read it as JSON. A pipe or a device, which might never end, has no length and counts as none.</summary>
    public static CodexAuthFile? Read(string path)
    {
        try
        {
            return ContentOf(path) is { } content ? Parse(content) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static CodexAuthFile Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = ForeignJson.ParseFile(json);
        AuthJson file = document.RootElement.As(TokensContext.Default.AuthJson) ?? new AuthJson();
        bool apiKey = file is { ApiKey: not null, AuthMode: null or "apikey" };
        if (file.Tokens is not { AccessToken: { } access } tokens) return new CodexAuthFile { HoldsApiKey = apiKey };
        return new CodexAuthFile
        {
            Tokens = new TokenSet
            {
                AccessToken = access,
                RefreshToken = tokens.RefreshToken,
                IdToken = tokens.IdToken,
                AccountId = tokens.AccountId ?? TokenClaims.Of(tokens.IdToken, access).AccountId,
            },
        };
    }

    /// <summary>The same workspace, and no other person's e-mail address.</summary>
    public bool Belongs(Account account) =>
        Tokens is not null && Tokens.AccountId == account.AccountId && account.AccountId.Length > 0
        && (Tokens.Claims.Email is not { } email || email.Equals(account.Email, StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes the account's tokens in Codex's format. Members that are already there and that we do not know stay.</summary>
    /// <param name="mode">The rights of a file that is not ours alone.</param>
    public static void Write(string path, Account account, DateTimeOffset now, UnixFileMode? mode = null) =>
        AtomicFile.Write(path, Format(account, now, ReadTree(path)), mode: mode);

    /// <param name="root">What is there already; null for nothing.</param>
    public static byte[] Format(Account account, DateTimeOffset now, JsonObject? root = null)
    {
        root ??= [];
        root["auth_mode"] = "chatgpt";
        if (!root.ContainsKey("OPENAI_API_KEY")) root["OPENAI_API_KEY"] = null;
        if (root["tokens"] is not JsonObject tokens) root["tokens"] = tokens = [];
        // Codex refuses an empty id token, so an absent one stays absent.
        if (account.IdToken is { } id) tokens["id_token"] = id;
        tokens["access_token"] = account.AccessToken;
        tokens["refresh_token"] = account.RefreshToken ?? "";
        tokens["account_id"] = account.AccountId;
        root["last_refresh"] = Times.Iso(now);
        return JsonFile.Serialize(root);
    }

    private static byte[]? ContentOf(string path)
    {
        RegularFile.Demand(path);
        return AtomicFile.Target(path) is FileInfo { Exists: true, Length: > 0 and <= Longest } ? BusyFile.Read(path) : null;
    }

    private static JsonObject? ReadTree(string path)
    {
        try
        {
            return ContentOf(path) is { } content ? ForeignJson.ParseTree(content) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
