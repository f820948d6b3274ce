using System.Text.Json;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Accounts.Resets;

/// <summary>
/// Redeems a banked reset when the whole pool is used up and its owner has allowed that. At most one in an hour, whatever came of it, and none while
/// another one has not taken effect.
/// </summary>
internal sealed class DryPool(AccountPool pool, BankedResets resets, TimeProvider time, ILogger<DryPool> logger) : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromHours(1);

    /// <summary>Requests that were sent before a reset are answered by then.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <returns>True when an account can serve the model now.</returns>
    public async Task<bool> RedeemAsync(string model, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            // Another request may have redeemed one just now.
            IReadOnlyList<Candidate> accounts = pool.Judge(model);
            if (accounts.Any(candidate => candidate.IsUsable)) return true;
            if (!IsDry(accounts)) return false;
            if (JustReset(accounts) is { } renewed) await resets.CountAsync(renewed, ct);
            else if (MayRedeem() && await ChooseAsync(accounts, ct) is { } account && !CanServe(model)) await resets.RedeemAsync(account, credit: null, Redemption.ByPool, ct);
            return CanServe(model);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e) || e is JsonException)
        {
            Log.NotFollowedUp(logger, e.Message);
            return false;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>Whoever may serve at all is used up. What is only in cooldown comes back by itself, and a reserve is quota that its owner keeps.</summary>
    private static bool IsDry(IReadOnlyList<Candidate> accounts) =>
        accounts.Any(candidate => candidate.Skip == SkipReason.Exhausted)
        && accounts.All(candidate => candidate.Skip is SkipReason.Exhausted or SkipReason.Disabled or SkipReason.NeedsSignIn or SkipReason.Excluded or SkipReason.LacksModel);

    private bool CanServe(string model) => pool.Judge(model).Any(candidate => candidate.IsUsable);

    /// <summary>The account of a reset that has just taken effect: a refusal may be older than that, and only come later.</summary>
    private Account? JustReset(IReadOnlyList<Candidate> accounts)
    {
        DateTimeOffset earliest = time.GetUtcNow() - Lately;
        return resets.Redemptions.LastOrDefault(redemption => redemption.SeenAt > earliest) is { } last ? accounts.FirstOrDefault(candidate => candidate.Account.Key == last.Account).Account : null;
    }

    private bool MayRedeem()
    {
        DateTimeOffset earliest = time.GetUtcNow() - Between;
        return !resets.Redemptions.Any(redemption => redemption.IsAwaited || redemption.By == Redemption.ByPool && redemption.At > earliest);
    }

    /// <summary>Of the accounts whose own windows are used up, the one whose reset expires first.</summary>
    private async Task<Account?> ChooseAsync(IReadOnlyList<Candidate> accounts, CancellationToken ct)
    {
        List<(Account Account, DateTimeOffset ExpiresAt)> found = [];
        foreach (Account account in accounts.Where(candidate => candidate.Skip == SkipReason.Exhausted && IsUsedUp(candidate.Account)).Select(candidate => candidate.Account))
        {
            CreditList list = await resets.ListAsync(account, pool.LimitsOf(account)?.BankedResets ?? await resets.CountAsync(account, ct), ct);
            if (list.Available is [var first, ..]) found.Add((account, first.ExpiresAt ?? DateTimeOffset.MaxValue));
        }

        return found.Count == 0 ? null : found.MinBy(entry => entry.ExpiresAt).Account;
    }

    /// <summary>A limit that one model has to itself is not what a reset is for.</summary>
    private bool IsUsedUp(Account account) => pool.ClocksOf(account).Any(clock => clock is { Exhausted: true, Model: null, Reason: AccountClocks.UsageLimit });
}
