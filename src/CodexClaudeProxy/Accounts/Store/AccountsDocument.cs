using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>
/// The content of <c>accounts.json</c> while it is being changed. It is the JSON tree itself, so that members we do not know
/// survive at every level; the typed view is <see cref="AccountList"/>.
/// </summary>
internal sealed class AccountsDocument
{
    private readonly JsonObject _root;

    /// <summary>The typed entries, because among thousands of accounts a change concerns one.</summary>
    private readonly Dictionary<JsonObject, Account?> _read = new(ReferenceEqualityComparer.Instance);

    private AccountList? _accounts;

    private AccountsDocument(JsonObject root) => _root = root;

    /// <summary>The typed view of the content as it is now.</summary>
    public AccountList Accounts => _accounts ??= AccountList.Of(
        ((JsonArray)_root["accounts"]!).OfType<JsonObject>().Select(Read).OfType<Account>(), TextOf(_root, "activeAccount"), TextOf(_root, "activeAccountId"));

    /// <summary>Spares the reading of what is known already.</summary>
    /// <param name="accounts">Read from this very content.</param>
    public void Begin(AccountList accounts)
    {
        JsonObject[] entries = [.. ((JsonArray)_root["accounts"]!).OfType<JsonObject>().Where(entry => TextOf(entry, "email").Length > 0)];
        if (entries.Length != accounts.All.Length) return;
        foreach ((JsonObject entry, Account account) in entries.Zip(accounts.All)) _read[entry] = account;
        _accounts = accounts;
    }

    public static AccountsDocument Create() =>
        new(new JsonObject { ["accounts"] = new JsonArray(), ["activeAccount"] = null, ["version"] = 1 });

    /// <exception cref="JsonException">The text is damaged.</exception>
    public static AccountsDocument Parse(ReadOnlyMemory<byte> file)
    {
        JsonObject members = ForeignJson.ParseTree(file);
        if (members["accounts"] is null) members["accounts"] = new JsonArray();
        else if (members["accounts"] is not JsonArray) throw new JsonException("\"accounts\" is not a list.");
        return new AccountsDocument(members);
    }

    /// <summary>As the original writes it.</summary>
    public byte[] Serialize() => JsonFile.Serialize(_root);

    /// <summary>
    /// Adds the account of <paramref name="tokens"/> or updates the one with the same identity, which keeps its label, its quota,
    /// its time of adding and everything unknown. The first account becomes the active one.
    /// </summary>
    /// <param name="proxy">Null leaves the account's proxy as it is.</param>
    public Account Upsert(TokenSet tokens, string email, string? source, DateTimeOffset now, AccountProxy? proxy = null)
    {
        string accountId = tokens.AccountId ?? "";
        Account? known = Accounts.Find(new Account { Email = email, AccountId = accountId }) ?? WithoutWorkspace(email, accountId);
        JsonObject entry;
        if (known is not null)
        {
            entry = Entry(known)!;
        }
        else
        {
            entry = new JsonObject { ["email"] = email, ["accountId"] = accountId };
            ((JsonArray)_root["accounts"]!).Add((JsonNode)entry);
        }

        entry["accountId"] = accountId;
        SetTokens(entry, tokens);
        if (entry["addedAt"] is null) entry["addedAt"] = Times.Iso(now);
        if (!entry.ContainsKey("lastUsed")) entry["lastUsed"] = null;
        if (proxy is not null) entry["proxy"] = proxy.Text;
        if (source is null) entry.Remove("source");
        else entry["source"] = source;
        Changed(entry);

        Account added = Accounts.All.First(account => account.Key == Account.KeyOf(email, accountId));
        if (Accounts.Active is null) SetActive(added);
        return added;
    }

    /// <summary>Replaces the tokens of <paramref name="account"/>; false when it is gone or its refresh token is not <paramref name="expected"/> any more.</summary>
    public bool ReplaceTokens(Account account, string? expected, TokenSet tokens)
    {
        if (Accounts.Find(account) is not { } current || current.RefreshToken != expected || Entry(current) is not { } entry) return false;
        bool active = Accounts.Active?.Key == current.Key;
        // An account added without a token learns its workspace from the first one.
        if (current.AccountId.Length == 0 && tokens.AccountId is { } learnt && PlainText.Is(learnt)) entry["accountId"] = learnt;
        SetTokens(entry, tokens);
        Changed(entry);
        if (active && Accounts.Find(current) is { } renewed) SetActive(renewed);
        return true;
    }

    /// <summary>Notes that only the owner can help; false when the refresh token has been replaced meanwhile.</summary>
    public bool DemandSignIn(Account account, string? expected, SignInDemand demand)
    {
        if (Accounts.Find(account) is not { } current || current.RefreshToken != expected || Entry(current) is not { } entry) return false;
        var told = new JsonObject { ["at"] = Times.Iso(demand.At), ["reason"] = demand.Reason };
        if (demand.TokenRefused) told["tokenRefused"] = true;
        entry["needsSignIn"] = told;
        Changed(entry);
        return true;
    }

    public void SetActive(Account? account)
    {
        _root["activeAccount"] = account?.Email;
        if (account is { AccountId.Length: > 0 }) _root["activeAccountId"] = account.AccountId;
        else _root.Remove("activeAccountId");
        _accounts = null;
    }

    /// <summary>Removes the account; if it was the active one, the first that remains takes its place.</summary>
    public bool Remove(Account account)
    {
        if (Entry(account) is not { } entry) return false;
        bool active = Accounts.Active?.Key == account.Key;
        ((JsonArray)_root["accounts"]!).Remove(entry);
        Changed(entry);
        if (active) SetActive(Accounts.All.FirstOrDefault());
        return true;
    }

    /// <summary>Sets one member of the account, or removes it when <paramref name="value"/> is null.</summary>
    public bool Set(Account account, string member, JsonNode? value)
    {
        if (Accounts.Find(account) is not { } current || Entry(current) is not { } entry) return false;
        if (value is null) entry.Remove(member);
        else entry[member] = value;
        Changed(entry);
        return true;
    }

    private void Changed(JsonObject entry)
    {
        _read.Remove(entry);
        _accounts = null;
    }

    private Account? Read(JsonObject entry)
    {
        if (_read.TryGetValue(entry, out Account? known)) return known;
        using JsonDocument document = ForeignJson.ParseFile(JsonFile.Serialize(entry));
        return _read[entry] = Account.Read(document.RootElement);
    }

    private static void SetTokens(JsonObject entry, TokenSet tokens)
    {
        if (tokens.Claims.PlanType is { } plan) entry["planType"] = plan;
        else if (entry["planType"] is null) entry["planType"] = "unknown";
        entry["accessToken"] = tokens.AccessToken;
        if (tokens.RefreshToken is { } refresh) entry["refreshToken"] = refresh;
        if (tokens.IdToken is { } id) entry["idToken"] = id;
        entry["expiresAt"] = tokens.ExpiresAt?.ToUnixTimeMilliseconds();
        entry.Remove("needsSignIn");
    }

    private Account? WithoutWorkspace(string email, string accountId) =>
        accountId.Length == 0 ? null : Accounts.All.FirstOrDefault(account => account.Key == Account.KeyOf(email, ""));

    private JsonObject? Entry(Account account) =>
        ((JsonArray)_root["accounts"]!).OfType<JsonObject>().FirstOrDefault(entry =>
            Account.KeyOf(TextOf(entry, "email"), TextOf(entry, "accountId")) == account.Key);

    /// <summary>Empty for what is no text.</summary>
    private static string TextOf(JsonObject entry, string member) =>
        entry[member] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
