namespace CodexClaudeProxy.Logs;

/// <summary>Something that was logged, free of secrets.</summary>
/// <param name="Id">Grows from entry to entry, over restarts too: the first one is the time of the start.</param>
internal sealed record LogEntry(long Id, DateTimeOffset Time, LogLevel Level, string Category, EventId Event, string Message, string? Exception)
{
    /// <summary>As an event's name: an answer that went well, which viewers show as a level of its own.</summary>
    public const string Success = "success";

    public bool IsSuccess => Event.Name == Success;

    /// <summary>Roughly what it takes in memory.</summary>
    public int Bytes => 160 + 2 * (Message.Length + (Exception?.Length ?? 0));
}
