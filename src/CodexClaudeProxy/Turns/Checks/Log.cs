namespace CodexClaudeProxy.Turns.Checks;

/// <summary>The ids 400 to 449 are those of all rooms of turns.</summary>
internal static partial class Log
{
    [LoggerMessage(413, LogLevel.Information, "{Id} checked {Calls} tool calls: {Judged} judged, {Flagged} of them flagged")]
    public static partial void Checked(ILogger log, string id, int calls, int judged, int flagged);
}
