namespace CodexClaudeProxy.Turns;

/// <summary>The ids 400 to 449 are those of all rooms of turns.</summary>
internal static partial class Log
{
    [LoggerMessage(407, LogLevel.Warning, "{Id} {Model}: the schemas of the tools are {Kilobytes} KiB long, and every request carries them")]
    public static partial void LargeSchemas(ILogger log, string id, string model, int kilobytes);

    // next free id: 414
}
