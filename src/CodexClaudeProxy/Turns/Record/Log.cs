using CodexClaudeProxy.Logs;

namespace CodexClaudeProxy.Turns.Record;

/// <summary>The ids 400 to 449 are those of all rooms of turns.</summary>
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Information, "{Id} {Model} → {Upstream} on {Account}: {Outcome}, {Input}+{Cached} in, {Output} out, {Milliseconds} ms", EventName = LogEntry.Success)]
    public static partial void Answered(ILogger log, string id, string model, string upstream, string account, string outcome, long input, long cached, long output, long milliseconds);

    [LoggerMessage(401, LogLevel.Warning, "{Id} {Model} failed: {Status} {Type}")]
    public static partial void Failed(ILogger log, string id, string model, int status, string type);

    [LoggerMessage(402, LogLevel.Debug, "{Id} {Model}: client disconnected")]
    public static partial void ClientLeft(ILogger log, string id, string model);
}
