using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>The note for a user who has just made an account active that is not available now.</summary>
internal static class SwitchNote
{
    /// <param name="moment">How a point in time is written here.</param>
    /// <returns>Null when the account can serve.</returns>
    public static string? Of(AccountPool pool, Account chosen, Func<DateTimeOffset, string> moment)
    {
        if (pool.Judge("").FirstOrDefault(candidate => candidate.Account.Key == chosen.Key) is not { IsUsable: false } candidate) return null;
        string when = candidate.Until is { } until ? $" before {moment(until)}" : "";
        string why = candidate.Skip switch
        {
            SkipReason.Disabled => "is disabled",
            SkipReason.NeedsSignIn => "needs a new sign-in",
            SkipReason.Reserved => "has less than its reserve remaining",
            SkipReason.CoolingDown => "is in cooldown after a failure",
            _ => "is used up",
        };
        string meanwhile = pool.Preview("").Account is { } other && other.Key != chosen.Key ? $"Until then {pool.NameOf(other)} is used." : "No other account is available until then.";
        return $"{pool.NameOf(chosen)} {why} and is not available{when}. {meanwhile}";
    }
}
