namespace CodexClaudeProxy.Settings;

internal static partial class Log
{
    [LoggerMessage(600, LogLevel.Warning, "'{Key}' in {File} is not {Expected}; its default is used")]
    public static partial void Unusable(ILogger log, string key, string file, string expected);

    [LoggerMessage(601, LogLevel.Warning, "{File} cannot be read ({Reason}); the settings stay as they were")]
    public static partial void Unreadable(ILogger log, string file, string reason);

    [LoggerMessage(602, LogLevel.Error, "{File} is damaged ({Reason}) and was moved to {Quarantine}; all settings have their defaults")]
    public static partial void Quarantined(ILogger log, string file, string reason, string quarantine);
    // next free id: 603
}
