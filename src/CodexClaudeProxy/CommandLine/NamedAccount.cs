using CodexClaudeProxy.Accounts;

namespace CodexClaudeProxy.CommandLine;

/// <summary>The account a person means. Unlike a program, a person can be told that a name fits several.</summary>
internal static class NamedAccount
{
    /// <param name="problem">Why there is none; empty when there is one.</param>
    public static Account? Find(AccountList accounts, string name, out string problem)
    {
        IReadOnlyList<Account> fitting = accounts.FindAll(name);
        problem = fitting.Count switch
        {
            1 => "",
            > 1 => $"{name} means {fitting.Count} accounts. Name one of: {string.Join(", ", fitting.Select(account => account.Key))}",
            _ when accounts.All.IsEmpty => $"Account not found: {name}. There is none yet; sign in with: codex-claude-proxy login",
            _ => $"Account not found: {name}. There {(accounts.All.Length == 1 ? "is" : "are")}: {string.Join(", ", accounts.All.Select(account => account.Email).Distinct())}",
        };
        return fitting is [var only] ? only : null;
    }
}
