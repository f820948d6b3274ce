namespace CodexClaudeProxy.Turns.Streaming;

/// <summary>The ids 400 to 449 are those of all rooms of turns.</summary>
internal static partial class Log
{
    [LoggerMessage(404, LogLevel.Information, "{Id} repaired tool arguments: {Repair}")]
    public static partial void ArgumentsRepaired(ILogger log, string id, string repair);
}
