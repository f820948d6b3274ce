using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Logs;

namespace CodexClaudeProxy.Hosting;

/// <summary>What the host offers to the parts of the program while it is put together.</summary>
internal sealed class HostParts(ProxyOptions options, TimeProvider time, ILoggerFactory loggers, Journal journal)
{
    private readonly List<(string Name, string Text)> _announcements = [];
    private readonly Stack<object> _owned = [];

    public ProxyOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    public ILoggerFactory Loggers { get; } = loggers;

    /// <summary>The keys of clients. The gate asks for them before anything else is there.</summary>
    public ClientKeys Keys { get; } = new(options.DataDirectory, time, loggers.CreateLogger("Keys"));

    /// <summary>Where everything that is logged goes.</summary>
    public Journal Journal { get; } = journal;

    /// <summary>The host is stopping: feeds without an end finish now, and nothing new begins.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>The drain is nearly over: what still runs has a moment to tell its client before the connection is cut.</summary>
    public CancellationToken DrainEnding { get; init; }

    /// <summary>Before that, for what has sent its client nothing yet.</summary>
    public CancellationToken UnbegunEnding { get; init; }

    /// <summary>How many streams there may be.</summary>
    public Capacity Capacity { get; init; } = new(int.MaxValue);

    /// <summary>Lines for the start-up text, in the order they were announced.</summary>
    public IReadOnlyList<(string Name, string Text)> Announcements => _announcements;

    public void Announce(string name, string text) => _announcements.Add((name, text));

    /// <summary>Hands a part to the host, which disposes it after the last request, newest first.</summary>
    public T Own<T>(T part) where T : class
    {
        _owned.Push(part);
        return part;
    }

    public async ValueTask DisposeOwnedAsync()
    {
        while (_owned.TryPop(out object? part))
        {
            if (part is IAsyncDisposable async) await async.DisposeAsync();
            else (part as IDisposable)?.Dispose();
        }

        Keys.Dispose();
    }
}
