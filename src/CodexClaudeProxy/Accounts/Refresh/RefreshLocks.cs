using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Accounts.Refresh;

/// <summary>
/// The locks between processes, one for each person's tokens. One is kept while the newest pair is only in memory: another process would
/// spend the pair on the disk a second time.
/// </summary>
internal sealed class RefreshLocks(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileLock> _kept = [];

    /// <summary>The lock, if need be the one that this process has kept. Two workspaces of one person share it, so it may come back meanwhile.</summary>
    public async Task<FileLock> AcquireAsync(string path)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            lock (_gate)
            {
                if (_kept.Remove(path, out FileLock? kept)) return kept;
            }

            try
            {
                return await FileLock.AcquireAsync(path, Look, time, CancellationToken.None);
            }
            catch (TimeoutException) when (time.GetElapsedTime(start) < Patience)
            {
            }
        }
    }

    /// <summary>Instead of letting it go.</summary>
    public void Keep(string path, FileLock held)
    {
        lock (_gate) _kept[path] = held;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (FileLock held in _kept.Values) held.Dispose();
            _kept.Clear();
        }
    }
}
