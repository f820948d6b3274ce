using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Turns.Record;

namespace CodexClaudeProxy.Turns.Attempt;

/// <summary>The ids 400 to 449 are those of all rooms of turns.</summary>
internal static partial class Log
{
    [LoggerMessage(403, LogLevel.Information, "{Id} attempt on {Account} failed: {Kind} (status {Status}, code {Code}); {Step}")]
    public static partial void AttemptFailed(ILogger log, string id, string account, CodexFailureKind kind, int status, string? code, NextStep step);

    [LoggerMessage(405, LogLevel.Debug, "{Id} goes to {Selection}")]
    public static partial void Selected(ILogger log, string id, SelectionRecord selection);

    [LoggerMessage(406, LogLevel.Information, "{Id} {Model}: all accounts are used up; waiting for the reset at {Release:O}")]
    public static partial void Holding(ILogger log, string id, string model, DateTimeOffset release);

    [LoggerMessage(412, LogLevel.Information, "{Id} is sent once more: {Change}")]
    public static partial void RequestChanged(ILogger log, string id, string change);
}
