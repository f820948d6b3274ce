namespace CodexClaudeProxy.Images;

internal static partial class Log
{
    [LoggerMessage(450, LogLevel.Information, "The image {Address} was not loaded: {Reason}")]
    public static partial void NotFetched(ILogger log, string address, string reason);
    // next free id: 451
}
