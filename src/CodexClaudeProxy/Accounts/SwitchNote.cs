namespace CodexClaudeProxy.Accounts;

/// <summary>What an owner should know who has just chosen an account that cannot serve now.</summary>
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
            SkipReason.Reserved => "has no more left than you keep for yourself",
            SkipReason.CoolingDown => "rests after a fault",
            _ => "is used up",
        };
        string meanwhile = pool.Preview("").Account is { } other && other.Key != chosen.Key ? $"Until then {other.Email} serves." : "Nobody else can serve until then.";
        return $"{chosen.Email} {why} and cannot serve{when}. {meanwhile}";
    }
}
