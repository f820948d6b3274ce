namespace CodexClaudeProxy.Accounts;

/// <summary>Ids 200 to 249. Accounts are named by their key; a token never gets here.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Error, "The account file {Path} cannot be read ({Damage}); the accounts read before stay in use")]
    public static partial void Unreadable(ILogger logger, string path, string damage);

    [LoggerMessage(201, LogLevel.Error, "The account file {Path} was damaged ({Damage}) and has been restored from its backup; the damaged one is kept as {Quarantine}")]
    public static partial void Repaired(ILogger logger, string path, string damage, string quarantine);

    [LoggerMessage(202, LogLevel.Warning, "The Codex copy of the tokens of {Account} could not be updated: {Reason}")]
    public static partial void MirrorFailed(ILogger logger, string account, string reason);

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

    [LoggerMessage(209, LogLevel.Warning, "Account {Account} is used up until {Until:O} ({Model})")]
    public static partial void Exhausted(ILogger logger, string account, DateTimeOffset until, string model);

    [LoggerMessage(210, LogLevel.Information, "Account {Account} is in cooldown until {Until:O} ({Model}): {Reason}")]
    public static partial void CoolingDown(ILogger logger, string account, DateTimeOffset until, string model, string reason);

    [LoggerMessage(211, LogLevel.Warning, "{Path} could not be written: {Reason}")]
    public static partial void StateNotSaved(ILogger logger, string path, string reason);

    [LoggerMessage(212, LogLevel.Warning, "{Path} could not be read and is ignored: {Reason}")]
    public static partial void StateIgnored(ILogger logger, string path, string reason);

    [LoggerMessage(213, LogLevel.Error, "A run of the token refresh schedule failed; the schedule continues: {Reason}")]
    public static partial void ScheduleFailed(ILogger logger, string reason);

    [LoggerMessage(214, LogLevel.Information, "Could not check whether the quota of {Account} was reset early: {Reason}")]
    public static partial void QuotaNotAsked(ILogger logger, string account, string reason);

    [LoggerMessage(216, LogLevel.Warning, "The deactivation of {Account} could not be saved in the account file: {Reason}")]
    public static partial void NotTakenOut(ILogger logger, string account, string reason);

    [LoggerMessage(215, LogLevel.Information, "Account {Account} does not have the model {Model}; other accounts are tried")]
    public static partial void LacksModel(ILogger logger, string account, string model);
}
