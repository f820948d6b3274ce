namespace CodexClaudeProxy.Login;

/// <summary>Ids 250 to 269. No address, code or token gets here: whoever reads a log must not be able to finish a login with it.</summary>
internal static partial class Log
{
    [LoggerMessage(250, LogLevel.Information, "A sign-in by {Kind} has begun; it can be finished until {Until:O}")]
    public static partial void Started(ILogger logger, string kind, DateTimeOffset until);

    [LoggerMessage(251, LogLevel.Information, "Account {Account} signed in")]
    public static partial void SignedIn(ILogger logger, string account);

    [LoggerMessage(252, LogLevel.Warning, "A sign-in failed: {Reason}")]
    public static partial void Failed(ILogger logger, string reason);

    [LoggerMessage(253, LogLevel.Information, "A sign-in was cancelled: {Reason}")]
    public static partial void Cancelled(ILogger logger, string reason);

    [LoggerMessage(254, LogLevel.Warning, "A sign-in callback with an unknown state was refused")]
    public static partial void UnknownState(ILogger logger);

    [LoggerMessage(255, LogLevel.Warning, "The account {Account} is signed in, but its quota could not be asked for: {Reason}")]
    public static partial void NoQuota(ILogger logger, string account, string reason);

    [LoggerMessage(256, LogLevel.Warning, "The tokens of the removed account {Account} could not be revoked: {Reason}")]
    public static partial void NotRevoked(ILogger logger, string account, string reason);
}
