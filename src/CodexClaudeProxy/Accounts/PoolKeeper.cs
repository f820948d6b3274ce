using System.Threading.Channels;

namespace CodexClaudeProxy.Accounts;

/// <summary>Saves what the pool learns: the state a few seconds after a change, the quotas now and then, and both at the end.</summary>
internal sealed class PoolKeeper(AccountPool pool, TimeProvider time, ILogger<PoolKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan StatePause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan QuotaPause = TimeSpan.FromSeconds(30);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        pool.Save();
        await SaveQuotasAsync();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        KeepAsync(pool.StateChanged, StatePause, SaveStateAsync, stoppingToken),
        KeepAsync(pool.QuotaChanged, QuotaPause, SaveQuotasAsync, stoppingToken));

    /// <summary>Sleeps until there is something to save, and then long enough for more to come.</summary>
    private async Task KeepAsync(ChannelReader<bool> changed, TimeSpan pause, Func<Task> save, CancellationToken ct)
    {
        while (await changed.WaitToReadAsync(ct))
        {
            await Task.Delay(pause, time, ct);
            while (changed.TryRead(out _)) { }
            await save();
        }
    }

    private Task SaveStateAsync()
    {
        pool.Save();
        return Task.CompletedTask;
    }

    private async Task SaveQuotasAsync()
    {
        try
        {
            await pool.SaveQuotasAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or AccountsDamagedException)
        {
            Log.StateNotSaved(logger, "The account file", e.Message);
        }
    }
}
