using System.Threading.Channels;
using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>Saves what the pool learns: the state a few seconds after a change, the quotas now and then, and both at the end.</summary>
internal sealed class PoolKeeper : IAsyncDisposable
{
    private static readonly TimeSpan StatePause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan QuotaPause = TimeSpan.FromSeconds(30);

    private readonly AccountPool _pool;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _states;
    private readonly BackgroundLoop _quotas;

    public PoolKeeper(AccountPool pool, TimeProvider time, ILogger<PoolKeeper> logger)
    {
        _pool = pool;
        _time = time;
        _logger = logger;
        _states = new BackgroundLoop(ct => KeepAsync(pool.StateChanged, StatePause, SaveStateAsync, ct));
        _quotas = new BackgroundLoop(ct => KeepAsync(pool.QuotaChanged, QuotaPause, SaveQuotasAsync, ct));
    }

    public async ValueTask DisposeAsync()
    {
        await _states.DisposeAsync();
        await _quotas.DisposeAsync();
        await SaveStateAsync();
        await SaveQuotasAsync();
    }

    /// <summary>Sleeps until there is something to save, and then long enough for more to come.</summary>
    private async Task KeepAsync(ChannelReader<bool> changed, TimeSpan pause, Func<Task> save, CancellationToken ct)
    {
        while (await changed.WaitToReadAsync(ct))
        {
            await Task.Delay(pause, _time, ct);
            while (changed.TryRead(out _)) { }
            await save();
        }
    }

    private Task SaveStateAsync()
    {
        _pool.Save();
        return Task.CompletedTask;
    }

    private async Task SaveQuotasAsync()
    {
        try
        {
            await _pool.SaveQuotasAsync(CancellationToken.None);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            Log.StateNotSaved(_logger, "The account file", e.Message);
        }
    }
}
