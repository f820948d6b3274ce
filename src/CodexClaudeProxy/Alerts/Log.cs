namespace CodexClaudeProxy.Alerts;

/// <summary>Channels are named; their addresses and secrets never get here.</summary>
internal static partial class Log
{
    [LoggerMessage(520, LogLevel.Warning, "{File} cannot be read ({Reason}); the alert channels stay as they were")]
    public static partial void ChannelsUnreadable(ILogger log, string file, string reason);

    [LoggerMessage(521, LogLevel.Warning, "Alerts do not reach {Channel}: {Reason}. They wait, and are tried again")]
    public static partial void NotDelivered(ILogger log, string channel, string reason);

    [LoggerMessage(522, LogLevel.Information, "Alerts reach {Channel} again")]
    public static partial void DeliveredAgain(ILogger log, string channel);

    [LoggerMessage(523, LogLevel.Warning, "{File} cannot be read ({Reason}); what alerts were sent before is not known")]
    public static partial void MemoryIgnored(ILogger log, string file, string reason);

    [LoggerMessage(524, LogLevel.Warning, "{File} was not saved: {Reason}")]
    public static partial void MemoryNotSaved(ILogger log, string file, string reason);

    [LoggerMessage(525, LogLevel.Warning, "Alerts cannot be made now: {Reason}")]
    public static partial void NotObserved(ILogger log, string reason);
    // next free id: 526
}
