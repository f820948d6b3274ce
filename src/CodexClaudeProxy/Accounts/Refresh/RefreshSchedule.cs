using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Accounts.Refresh;

/// <summary>
/// Refreshes tokens shortly before a request would have to wait for a refresh. Only what is due is refreshed: a token that is valid for ten days is
/// refreshed once in ten days.
/// </summary>
internal sealed class RefreshSchedule : IAsyncDisposable
{
    private static readonly TimeSpan ShortestRound = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan RoundSpread = TimeSpan.FromSeconds(30);

    /// <summary>Earlier than <see cref="TokenRefresher.Margin"/>, so that requests seldom meet a token that is due.</summary>
    private static readonly TimeSpan ShortestLead = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan LeadSpread = TimeSpan.FromMinutes(7);

    private readonly AccountStore _store;
    private readonly TokenRefresher _refresher;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _rounds;

    /// <param name="random">Spreads the rounds, so that several processes do not wake at the same moment.</param>
    public RefreshSchedule(AccountStore store, TokenRefresher refresher, Random random, TimeProvider time, ILogger<RefreshSchedule> logger)
    {
        _store = store;
        _refresher = refresher;
        _random = random;
        _time = time;
        _logger = logger;
        _rounds = new BackgroundLoop(RunAsync);
    }

    public ValueTask DisposeAsync() => _rounds.DisposeAsync();

    private async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(ShortestRound + RoundSpread * _random.NextDouble(), _time, ct);
            try
            {
                await RoundAsync(ct);
            }
            catch (Exception e) when (AccountStore.IsTrouble(e))
            {
                Log.ScheduleFailed(_logger, e.Message);
            }
        }
    }

    public async Task RoundAsync(CancellationToken ct)
    {
        foreach (Account account in _store.Read().All)
        {
            // An account that waits for its owner is looked at only where another program may have signed it in again.
            bool hopeless = account.NeedsSignIn is not null && !account.IsImported;
            TimeSpan lead = ShortestLead + LeadSpread * _random.NextDouble();
            if (account.Enabled && !hopeless && _refresher.IsDue(account, lead)) await _refresher.RefreshUnlessPausedAsync(account, "scheduled", ct);
        }
    }
}
