namespace CodexClaudeProxy.Hosting;

/// <summary>How long a turn waits for what. Each wait has a clock of its own, and none starts another.</summary>
internal sealed record TimeLimits
{
    /// <summary>For the backend's response headers, once the request is uploaded.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For the first event behind the headers.</summary>
    public TimeSpan FirstEvent { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Between two events. Comments and what the transport does to stay alive are none.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>While the backend says that it is alive, and nothing else.</summary>
    public TimeSpan OnlyAlive { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>For a client that takes nothing of what is written to it.</summary>
    public TimeSpan Client { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>For running answers, after the order to stop.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
