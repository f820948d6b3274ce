using System.Collections.Concurrent;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts.Resets;

/// <summary>
/// The resets that accounts have saved up: which there are, and redeeming one. A reset cannot be given back, and its effect may be hours late: so what is sent is
/// noted first, only the same request is ever repeated, and no second one is sent before the usage shows the first.
/// </summary>
internal sealed class BankedResets(AccountStore store, AccountUsage usage, ResetQuery query, ResetJournal journal, TimeProvider time, ILogger<BankedResets> logger)
{
    /// <summary>Upstream limits how often the list may be asked for, and it changes rarely.</summary>
    private static readonly TimeSpan ListKept = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, CreditList List)> _lists = new();

    /// <summary>What was redeemed in the last day, by whichever process.</summary>
    /// <exception cref="JsonException">The journal is damaged.</exception>
    public IReadOnlyList<Redemption> Redemptions => journal.Read();

    /// <summary>The redemption that has no answer yet, or whose effect the usage does not show yet; null for none.</summary>
    public Redemption? PendingOf(Account account)
    {
        try
        {
            return journal.Read().LastOrDefault(redemption => redemption.Account == account.Key && (redemption.IsOpen || redemption.IsAwaited));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Asks for the usage, and returns how many resets it tells.</summary>
    public async Task<int> CountAsync(Account account, CancellationToken ct) => (await usage.FetchAsync(account, ct)).Limits?.BankedResets ?? 0;

    /// <summary>The account's resets, ten minutes old at most. Not asked for where there are none.</summary>
    /// <param name="count">What the usage tells.</param>
    public async Task<CreditList> ListAsync(Account account, int count, CancellationToken ct)
    {
        if (count == 0) return new CreditList([], null);
        if (_lists.TryGetValue(account.Key, out (DateTimeOffset At, CreditList List) known) && time.GetUtcNow() < known.At + ListKept) return known.List;
        return await AskAsync(account, ct);
    }

    /// <summary>Redeems a reset, or repeats the request that has no answer yet.</summary>
    /// <param name="credit">The reset that a person has confirmed; null for the one that expires first.</param>
    /// <param name="by"><see cref="Redemption.ByPerson"/> or <see cref="Redemption.ByPool"/>.</param>
    /// <param name="ct">Until the request is noted; from then on it is seen through.</param>
    public async Task<RedeemReply> RedeemAsync(Account account, string? credit, string by, CancellationToken ct)
    {
        try
        {
            using FileLock held = await journal.LockAsync(LockPatience, ct);
            (Redemption? redemption, RedeemReply? reply) = await PrepareAsync(account, credit, by, ct);
            return reply ?? await SendAsync(account, redemption!);
        }
        catch (TimeoutException)
        {
            return RedeemReply.Nothing("Another reset is being redeemed now. Nothing was redeemed here.");
        }
        catch (JsonException e)
        {
            return RedeemReply.Nothing($"The file that tells what was redeemed last cannot be read, so nothing was redeemed: {e.Message}");
        }
    }

    /// <summary>Asks for the usage of accounts whose reset it does not show yet: at first every minute, later less often.</summary>
    public async Task FollowUpAsync(CancellationToken ct)
    {
        foreach (Redemption redemption in journal.Read().Where(redemption => redemption.IsAwaited))
        {
            if (store.Read().All.FirstOrDefault(account => account.Key == redemption.Account) is not { } account) continue;
            TimeSpan pause = (time.GetUtcNow() - redemption.AnsweredAt!.Value) / 4;
            pause = pause < TimeSpan.FromMinutes(1) ? TimeSpan.FromMinutes(1) : pause > ListKept ? ListKept : pause;
            bool isDue = !(account.QuotaAskedAt + pause > time.GetUtcNow());
            RateLimits? limits = isDue ? (await usage.FetchAsync(account, ct)).Limits : account.QuotaAskedAt > redemption.AnsweredAt ? QuotaFormat.Read(account.Quota, DateTimeOffset.MinValue) : null;
            if (limits is null || !redemption.HasReached(limits)) continue;
            using FileLock held = await journal.LockAsync(TimeSpan.FromSeconds(30), ct);
            Reached(redemption);
        }
    }

    /// <summary>The request to send; else why there is none.</summary>
    private async Task<(Redemption? Redemption, RedeemReply? Reply)> PrepareAsync(Account account, string? credit, string by, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        UsageOutcome told = await usage.FetchAsync(account, ct);
        Redemption[] before = [.. journal.Read().Where(redemption => redemption.Account == account.Key)];
        foreach (Redemption awaited in before.Where(redemption => redemption.IsAwaited))
        {
            if (told.Limits is null || !awaited.HasReached(told.Limits)) return (null, RedeemReply.Nothing(RedeemWords.StillAwaited(awaited, now)));
            Reached(awaited);
        }

        if (before.LastOrDefault(redemption => redemption.IsOpen) is { } open) return (open, null);
        if (told.Limits is not { } limits) return (null, RedeemReply.Nothing($"Nothing was redeemed, because upstream did not tell the usage: {told.Error}"));
        if (limits.BankedResets is not > 0) return (null, RedeemReply.Nothing($"{account.Email} has no banked reset."));

        CreditList list = await AskAsync(account, ct);
        BankedReset? chosen = credit is null ? list.Available is [var first, ..] ? first : null : list.Available.FirstOrDefault(each => each.Id == credit);
        if (chosen is null && list.Error is null) return (null, RedeemReply.Nothing(credit is null ? "Upstream lists no available reset. Nothing was redeemed." : "This reset is not available any more. Nothing was redeemed."));
        if (chosen is null && by != Redemption.ByPerson) return (null, RedeemReply.Nothing($"Upstream gave no list of resets, so nothing was redeemed: {list.Error}"));

        Redemption redemption = new()
        {
            Account = account.Key,
            RequestId = Guid.NewGuid().ToString(),
            CreditId = chosen?.Id ?? credit,
            CreditExpiresAt = chosen?.ExpiresAt,
            By = by,
            At = now,
            Before = Redemption.Used(limits),
        };
        journal.Write(redemption);
        return (redemption, null);
    }

    private async Task<RedeemReply> SendAsync(Account account, Redemption redemption)
    {
        (string? outcome, string? error) = await query.RedeemAsync(account, redemption, CancellationToken.None);
        DateTimeOffset now = time.GetUtcNow();
        Log.Redeemed(logger, redemption.Account, redemption.By ?? Redemption.ByPerson, redemption.CreditExpiresAt, outcome ?? "no answer");
        _lists.TryRemove(account.Key, out _);
        if (outcome is null) return RedeemReply.Nothing(RedeemWords.NoAnswer(error!));

        redemption = redemption with { Outcome = outcome, AnsweredAt = now };
        journal.Write(redemption);
        if (!redemption.IsAwaited) return RedeemReply.Nothing(RedeemWords.NotDone(outcome, error));

        // Only what the usage says frees the account.
        UsageOutcome told = await usage.FetchAsync(account, CancellationToken.None);
        bool isSeen = told.Limits is { } limits && redemption.HasReached(limits);
        if (isSeen) Reached(redemption);
        return RedeemWords.Done(outcome, isSeen ? told.Limits : null);
    }

    private void Reached(Redemption redemption)
    {
        journal.Write(redemption with { SeenAt = time.GetUtcNow() });
        Log.ResetReached(logger, redemption.Account);
    }

    private async Task<CreditList> AskAsync(Account account, CancellationToken ct)
    {
        CreditList list = await query.ListAsync(account, ct);
        _lists[account.Key] = (time.GetUtcNow(), list);
        return list;
    }
}

/// <param name="Success">Upstream has accepted the reset.</param>
/// <param name="Message">What came of it, in words.</param>
/// <param name="Note">What else the person should know; null for nothing.</param>
internal sealed record RedeemReply(bool Success, string Message, string? Note)
{
    public static RedeemReply Nothing(string message) => new(false, message, null);
}
