namespace CodexClaudeProxy.Accounts.Refresh;

/// <summary>Accounts are named by their key; a token never gets here. The ids 200 to 249 are those of all rooms of accounts.</summary>
internal static partial class Log
{
    [LoggerMessage(203, LogLevel.Information, "Token of {Account} refreshed, valid until {Until:O}")]
    public static partial void Refreshed(ILogger logger, string account, DateTimeOffset? until);

    [LoggerMessage(204, LogLevel.Information, "Token of {Account} taken over from {Path}, where it was newer")]
    public static partial void Adopted(ILogger logger, string account, string path);

    [LoggerMessage(205, LogLevel.Warning, "Account {Account} needs a new sign-in: {Reason}")]
    public static partial void NeedsSignIn(ILogger logger, string account, string reason);

    [LoggerMessage(206, LogLevel.Warning, "Token of {Account} could not be refreshed now ({Reason}); next try at {Retry:O}")]
    public static partial void RefreshFailed(ILogger logger, string account, string reason, DateTimeOffset retry);

    [LoggerMessage(207, LogLevel.Critical, "The new token of {Account} could not be saved ({Reason}); it is kept in memory and saved as soon as possible")]
    public static partial void Unsaved(ILogger logger, string account, string reason);

    [LoggerMessage(208, LogLevel.Warning, "The refreshed token of {Account} could not be written back to {Path}: {Reason}")]
    public static partial void WriteBackFailed(ILogger logger, string account, string path, string reason);

    [LoggerMessage(213, LogLevel.Error, "A run of the token refresh schedule failed; the schedule continues: {Reason}")]
    public static partial void ScheduleFailed(ILogger logger, string reason);

    [LoggerMessage(216, LogLevel.Warning, "The deactivation of {Account} could not be saved in the account file: {Reason}")]
    public static partial void NotTakenOut(ILogger logger, string account, string reason);
}
