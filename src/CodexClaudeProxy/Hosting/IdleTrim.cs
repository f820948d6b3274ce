namespace CodexClaudeProxy.Hosting;

/// <summary>Gives memory back to the system, once, after half a minute without a request that does something: one that only reads does not count.</summary>
internal sealed class IdleTrim : IDisposable
{
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private int _active;

    public IdleTrim(TimeProvider time, Action trim)
    {
        _timer = time.CreateTimer(_ => trim(), null, Quiet, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the product does; tests only count.</summary>
    public static void CollectGarbage() => GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    public void Enter()
    {
        lock (_lock)
        {
            if (_active++ == 0) _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_active == 0) _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();
}
