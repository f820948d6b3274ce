namespace CodexClaudeProxy.Accounts.Store;

/// <summary>The one account a name means, where it must not be another one: for a person, and for what cannot be taken back.</summary>
internal static class NamedAccount
{
    /// <param name="problem">Why there is none; empty when there is one.</param>
    public static Account? Find(AccountList accounts, string name, out string problem)
    {
        IReadOnlyList<Account> fitting = accounts.FindAll(name);
        problem = fitting.Count switch
        {
            1 => "",
            > 1 => Several(name, fitting),
            _ when accounts.All.IsEmpty => $"Account not found: {name}. There is no account yet; sign in with: codex-claude-proxy login",
            _ => $"Account not found: {name}. There {(accounts.All.Length == 1 ? "is" : "are")}: {string.Join(", ", accounts.All.Select(account => account.Email).Distinct())}",
        };
        return fitting is [var only] ? only : null;
    }

    public static string Several(string name, IReadOnlyList<Account> fitting) =>
        $"{name} means {fitting.Count} accounts. Name one of: {string.Join(", ", fitting.Select(Described))}";

    private static string Described(Account account) => account.Workspace?.Name is { } workspace ? $"{account.Key} ({workspace})" : account.Key;
}
