namespace CodexClaudeProxy.Accounts.Store;

/// <summary>Accounts are named by their key; a token never gets here. The ids 200 to 249 are those of all rooms of accounts.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Error, "The account file {Path} cannot be read ({Damage}); the accounts read before stay in use")]
    public static partial void Unreadable(ILogger logger, string path, string damage);

    [LoggerMessage(201, LogLevel.Error, "The account file {Path} was damaged ({Damage}) and has been restored from its backup; the damaged one is kept as {Quarantine}")]
    public static partial void Repaired(ILogger logger, string path, string damage, string quarantine);

    [LoggerMessage(202, LogLevel.Warning, "The Codex copy of the tokens of {Account} could not be updated: {Reason}")]
    public static partial void MirrorFailed(ILogger logger, string account, string reason);
}
