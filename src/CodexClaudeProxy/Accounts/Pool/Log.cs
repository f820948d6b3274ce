namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>Accounts are named by their key; a token never gets here. The ids 200 to 249 are those of all rooms of accounts.</summary>
internal static partial class Log
{
    [LoggerMessage(209, LogLevel.Warning, "Account {Account} is used up until {Until:O} ({Model})")]
    public static partial void Exhausted(ILogger logger, string account, DateTimeOffset until, string model);

    [LoggerMessage(210, LogLevel.Information, "Account {Account} is in cooldown until {Until:O} ({Model}): {Reason}")]
    public static partial void CoolingDown(ILogger logger, string account, DateTimeOffset until, string model, string reason);

    [LoggerMessage(211, LogLevel.Warning, "{Path} could not be written: {Reason}")]
    public static partial void StateNotSaved(ILogger logger, string path, string reason);

    [LoggerMessage(212, LogLevel.Warning, "{Path} could not be read and is ignored: {Reason}")]
    public static partial void StateIgnored(ILogger logger, string path, string reason);

    [LoggerMessage(214, LogLevel.Information, "Could not check whether the quota of {Account} was reset early: {Reason}")]
    public static partial void QuotaNotAsked(ILogger logger, string account, string reason);

    [LoggerMessage(215, LogLevel.Information, "Account {Account} does not have the model {Model}; other accounts are tried")]
    public static partial void LacksModel(ILogger logger, string account, string model);
}
