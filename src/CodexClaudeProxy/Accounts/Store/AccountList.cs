using System.Collections.Immutable;
using System.Text.Json;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>All accounts at one moment, in the order of the file. Never changes; a new one replaces it.</summary>
internal sealed class AccountList
{
    public static readonly AccountList Empty = new([], null);

    /// <summary>The e-mail addresses that several accounts have.</summary>
    private readonly Lazy<HashSet<string>> _shared;

    private AccountList(ImmutableArray<Account> all, Account? active)
    {
        All = all;
        Active = active;
        _shared = new(() => all.GroupBy(account => account.Email, StringComparer.OrdinalIgnoreCase).Where(same => same.Skip(1).Any()).Select(same => same.Key).ToHashSet(StringComparer.OrdinalIgnoreCase));
    }

    public ImmutableArray<Account> All { get; }

    /// <summary>The account the owner chose; null when none is chosen or the chosen one is gone.</summary>
    public Account? Active { get; }

    /// <exception cref="JsonException">The text is damaged.</exception>
    public static AccountList Parse(ReadOnlyMemory<byte> file)
    {
        using JsonDocument document = ForeignJson.ParseFile(file);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException("The account file is not an object.");
        JsonElement entries = root.Member("accounts");
        if (entries.ValueKind is not (JsonValueKind.Array or JsonValueKind.Undefined)) throw new JsonException("\"accounts\" is not a list.");

        ImmutableArray<Account> all = entries.ValueKind == JsonValueKind.Array
            ? [.. entries.EnumerateArray().Select(Account.Read).OfType<Account>()]
            : [];
        return Of(all, root.Text("activeAccount"), root.Text("activeAccountId"));
    }

    public static AccountList Of(IEnumerable<Account> accounts, string? activeEmail, string? activeAccountId)
    {
        ImmutableArray<Account> all = [.. accounts];
        return new AccountList(all, Chosen(all, activeEmail, activeAccountId));
    }

    /// <summary>
    /// Finds by key, e-mail address, account id, label, the workspace's name or the name that is shown. Where several accounts fit, the active one is meant, else the first.
    /// </summary>
    public Account? Find(string? address)
    {
        IReadOnlyList<Account> fitting = FindAll(address);
        return fitting.FirstOrDefault(account => ReferenceEquals(account, Active)) ?? (fitting is [var first, ..] ? first : null);
    }

    /// <summary>All accounts that <see cref="Find(string)"/> would choose among.</summary>
    public IReadOnlyList<Account> FindAll(string? address)
    {
        if (string.IsNullOrEmpty(address)) return [];
        Func<Account, string?>[] names = [account => account.Key, account => account.Email, account => account.AccountId, account => account.Label, account => account.Workspace?.Name, NameOf];
        return names.Select(name => All.Where(account => address.Equals(name(account), StringComparison.OrdinalIgnoreCase)).ToArray()).FirstOrDefault(found => found.Length > 0) ?? [];
    }

    /// <summary>Finds the same identity in another state; an account that did not know its workspace yet is found by its e-mail address.</summary>
    public Account? Find(Account account) =>
        All.FirstOrDefault(other => other.Key == account.Key)
        ?? (account.AccountId.Length == 0 ? All.FirstOrDefault(other => other.Email.Equals(account.Email, StringComparison.OrdinalIgnoreCase)) : null);

    /// <summary>For people: the owner's label or the e-mail address, and the workspace where that tells more.</summary>
    public string NameOf(Account account) => WorkspaceOf(account) is { } workspace ? $"{account.Label ?? account.Email} · {workspace}" : account.Label ?? account.Email;

    /// <summary>
    /// The workspace for people, where it is an organisation's or several accounts have this e-mail address: its name, else the beginning of its id.
    /// Null where the account needs no more than its own name.
    /// </summary>
    public string? WorkspaceOf(Account account)
    {
        if (!_shared.Value.Contains(account.Email) && account.Workspace is not { IsPersonal: false }) return null;
        if (account.Workspace?.Name is { } name) return name;
        return account.AccountId is { Length: > 0 } id ? id[..Math.Min(id.Length, 8)] : null;
    }

    /// <summary>The original names the active account by e-mail address; our <c>activeAccountId</c> tells which workspace is meant.</summary>
    private static Account? Chosen(ImmutableArray<Account> all, string? email, string? accountId)
    {
        if (email is null) return null;
        Account[] named = [.. all.Where(account => account.Email.Equals(email, StringComparison.OrdinalIgnoreCase))];
        return named.FirstOrDefault(account => account.AccountId == accountId) ?? named.FirstOrDefault();
    }
}
