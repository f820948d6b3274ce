using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>
/// Asks the backend about accounts that are held for used up: a quota may be reset early, by a reset that was saved up, by one
/// given to all accounts, or by a bigger plan. Now and then beside the requests, and before a client is refused because no account is available.
/// </summary>
internal sealed class QuotaWatch : IAsyncDisposable
{
    private static readonly TimeSpan ShortestRound = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RoundSpread = TimeSpan.FromMinutes(5);

    /// <summary>Whatever the clients do, the pool asks no more often because of them.</summary>
    private static readonly TimeSpan BetweenRefusals = TimeSpan.FromMinutes(1);

    /// <summary>A client that would be refused waits for the answers this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int MostAskedAtOnce = 8;

    private readonly AccountPool _pool;
    private readonly AccountUsage _usage;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly BackgroundLoop _rounds;
    private Task _asking = Task.CompletedTask;
    private long? _lastAsked;

    /// <param name="random">Spreads the rounds, so that several processes do not ask at the same moment.</param>
    public QuotaWatch(AccountPool pool, AccountUsage usage, Random random, TimeProvider time, ILogger<QuotaWatch> logger)
    {
        _pool = pool;
        _usage = usage;
        _random = random;
        _time = time;
        _logger = logger;
        _rounds = new BackgroundLoop(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _rounds.DisposeAsync();
        Task asking;
        lock (_gate) asking = _asking;
        await asking;
        _stop.Dispose();
    }

    /// <summary>Nobody can serve: perhaps one of the used-up accounts can again.</summary>
    /// <param name="tried">Keys of the accounts that have just refused.</param>
    /// <returns>True when it is worth choosing again.</returns>
    public async Task<bool> AskBeforeRefusalAsync(string model, IReadOnlySet<string> tried, CancellationToken ct)
    {
        Account[] usedUp = [.. _pool.Judge(model).Where(candidate => candidate.Skip == SkipReason.Exhausted && !tried.Contains(candidate.Account.Key))
            .Select(candidate => candidate.Account).Take(MostAskedAtOnce)];
        if (usedUp.Length == 0) return false;
        Task asking;
        lock (_gate)
        {
            if (_asking.IsCompleted)
            {
                if (_lastAsked is { } last && _time.GetElapsedTime(last) < BetweenRefusals) return false;
                _lastAsked = _time.GetTimestamp();
                _asking = Task.WhenAll(usedUp.Select(account => AskAsync(account, _stop.Token)));
            }

            asking = _asking;
        }

        try
        {
            await asking.WaitAsync(Patience, _time, ct);
        }
        catch (TimeoutException)
        {
            // What comes later helps the next request.
        }

        return _pool.Judge(model).Any(candidate => candidate.IsUsable && !tried.Contains(candidate.Account.Key));
    }

    private async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(ShortestRound + RoundSpread * _random.NextDouble(), _time, ct);
            await RoundAsync(ct);
        }
    }

    /// <summary>Asks about every account that is used up, one at a time.</summary>
    public async Task RoundAsync(CancellationToken ct)
    {
        try
        {
            foreach (Account account in _pool.UsedUp()) await AskAsync(account, ct);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            Log.QuotaNotAsked(_logger, "the accounts", e.Message);
        }
    }

    /// <summary>The pool finds the answer in the account file.</summary>
    private async Task AskAsync(Account account, CancellationToken ct)
    {
        try
        {
            UsageOutcome outcome = await _usage.FetchAsync(account, ct);
            if (outcome.Error is { } error) Log.QuotaNotAsked(_logger, account.Key, error);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            Log.QuotaNotAsked(_logger, account.Key, e.Message);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The program ends.
        }
    }
}
