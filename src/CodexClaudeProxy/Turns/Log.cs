using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Turns;

internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Information, "{Id} {Model} → {Upstream} on {Account}: {Outcome}, {Input}+{Cached} in, {Output} out, {Milliseconds} ms", EventName = LogEntry.Success)]
    public static partial void Answered(ILogger log, string id, string model, string upstream, string account, string outcome, long input, long cached, long output, long milliseconds);

    [LoggerMessage(401, LogLevel.Warning, "{Id} {Model} failed: {Status} {Type}")]
    public static partial void Failed(ILogger log, string id, string model, int status, string type);

    [LoggerMessage(402, LogLevel.Debug, "{Id} {Model}: client disconnected")]
    public static partial void ClientLeft(ILogger log, string id, string model);

    [LoggerMessage(403, LogLevel.Information, "{Id} attempt on {Account} failed: {Kind} (status {Status}, code {Code}); {Step}")]
    public static partial void AttemptFailed(ILogger log, string id, string account, CodexFailureKind kind, int status, string? code, NextStep step);

    [LoggerMessage(404, LogLevel.Information, "{Id} repaired tool arguments: {Repair}")]
    public static partial void ArgumentsRepaired(ILogger log, string id, string repair);

    [LoggerMessage(405, LogLevel.Debug, "{Id} goes to {Selection}")]
    public static partial void Selected(ILogger log, string id, SelectionRecord selection);

    [LoggerMessage(406, LogLevel.Information, "{Id} {Model}: all accounts are used up; waiting for the reset at {Release:O}")]
    public static partial void Holding(ILogger log, string id, string model, DateTimeOffset release);
    [LoggerMessage(407, LogLevel.Warning, "{Id} {Model}: the schemas of the tools are {Kilobytes} KiB long, and every request carries them")]
    public static partial void LargeSchemas(ILogger log, string id, string model, int kilobytes);

    [LoggerMessage(413, LogLevel.Information, "{Id} checked {Calls} tool calls: {Judged} judged, {Flagged} of them flagged")]
    public static partial void Checked(ILogger log, string id, int calls, int judged, int flagged);

    [LoggerMessage(412, LogLevel.Information, "{Id} is sent once more: {Change}")]
    public static partial void RequestChanged(ILogger log, string id, string change);

    // next free id: 414
}
