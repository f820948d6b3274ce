namespace CodexClaudeProxy.Accounts.Resets;

/// <summary>Accounts are named by their key; a token never gets here. The ids 200 to 249 are those of all rooms of accounts.</summary>
internal static partial class Log
{
    [LoggerMessage(217, LogLevel.Information, "Banked reset of {Account} redeemed by {By}, its end {End:O}: {Outcome}")]
    public static partial void Redeemed(ILogger logger, string account, string by, DateTimeOffset? end, string outcome);

    [LoggerMessage(218, LogLevel.Information, "The usage of {Account} has fallen after the reset")]
    public static partial void ResetReached(ILogger logger, string account);

    [LoggerMessage(219, LogLevel.Information, "Could not look after a redeemed reset: {Reason}")]
    public static partial void NotFollowedUp(ILogger logger, string reason);
}
