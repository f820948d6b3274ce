namespace CodexClaudeProxy.Accounts;

/// <summary>
/// Renews tokens shortly before a request would have to wait for it. It looks only at what is due: a token that lives ten days is
/// renewed once in ten days.
/// </summary>
/// <param name="random">Spreads the rounds, so that several processes do not wake at the same moment.</param>
internal sealed class RefreshSchedule(AccountStore store, TokenRefresher refresher, Random random, TimeProvider time, ILogger<RefreshSchedule> logger)
    : BackgroundService
{
    private static readonly TimeSpan ShortestRound = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan RoundSpread = TimeSpan.FromSeconds(30);

    /// <summary>Earlier than <see cref="TokenRefresher.Margin"/>, so that requests seldom meet a token that is due.</summary>
    private static readonly TimeSpan ShortestLead = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan LeadSpread = TimeSpan.FromMinutes(7);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(ShortestRound + RoundSpread * random.NextDouble(), time, stoppingToken);
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or AccountsDamagedException)
            {
                Log.ScheduleFailed(logger, e.Message);
            }
        }
    }

    public async Task RoundAsync(CancellationToken ct)
    {
        foreach (Account account in store.Read().All)
        {
            // An account that waits for its owner is looked at only where another program may have signed it in again.
            bool hopeless = account.NeedsSignIn is not null && !account.IsImported;
            TimeSpan lead = ShortestLead + LeadSpread * random.NextDouble();
            if (account.Enabled && !hopeless && refresher.IsDue(account, lead)) await refresher.RefreshUnlessPausedAsync(account, "scheduled", ct);
        }
    }
}
