using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>What the pool is told of the accounts' windows, and what follows from it.</summary>
internal sealed partial class AccountPool
{
    /// <summary>The backend tells a reset as a moment or in seconds from now; the two differ a little.</summary>
    private static readonly TimeSpan SameMoment = TimeSpan.FromMinutes(1);

    /// <summary>A response told the account's windows; one that is full, with the limit reached, exhausts what it is for.</summary>
    public void ReportUsage(string account, RateLimits limits)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            _limits.Tell(account, limits, now);
            if (_history.Note(account, limits, now)) _stateChanged.Writer.TryWrite(true);
        }

        _quotaChanged.Writer.TryWrite(true);
        // With credits the backend serves beyond a full window; when it does not, it refuses, and that is reported too.
        if (limits.Credits is not { GoOn: true }) ReportFull(account, limits);
    }

    /// <summary>The usage endpoint was asked and its answer is in the account file; it overrules what was reported before.</summary>
    /// <param name="at">When it was asked.</param>
    public void ReportFetched(string account, RateLimits limits, DateTimeOffset at)
    {
        lock (_gate)
        {
            _limits.Forget(account, at);
            bool news = _history.Note(account, limits, time.GetUtcNow());
            if (!limits.LimitReached) news |= _clocks.Restore(account, model: null, at);
            foreach (LimitFamily family in limits.Families)
            {
                if (!family.LimitReached && family.Model is { } model) news |= _clocks.Restore(account, model, at);
            }

            if (news) _stateChanged.Writer.TryWrite(true);
        }

        ReportFull(account, limits);
    }

    /// <summary>The account's windows as last heard, those that have been reset since empty; null when nothing is known.</summary>
    public RateLimits? LimitsOf(Account account)
    {
        AccountList accounts = store.Read();
        lock (_gate)
        {
            Follow(accounts);
            return _limits.Of(account, time.GetUtcNow());
        }
    }

    /// <summary>What the account is called, see <see cref="AccountList.NameOf"/>.</summary>
    public string NameOf(Account account) => store.Read().NameOf(account);

    /// <summary>The account's plan as told last, by its token, an answer or the usage endpoint.</summary>
    public string PlanOf(Account account)
    {
        lock (_gate) return _limits.PlanOf(account);
    }

    /// <summary>The account's quota object with what responses told since it was stored.</summary>
    public string? QuotaOf(Account account)
    {
        AccountList accounts = store.Read();
        lock (_gate)
        {
            Follow(accounts);
            return _limits.QuotaOf(account);
        }
    }

    /// <param name="limit">The id of a model's own limit; empty for the plan's windows.</param>
    public IReadOnlyList<UsageSample> HistoryOf(Account account, string limit, TimeSpan window)
    {
        lock (_gate) return _history.Of(account.Key, limit, window);
    }

    /// <summary>A limit said to be reached while no window is full is no exhaustion: the backend says so about other limits, too.</summary>
    private void ReportFull(string account, RateLimits limits)
    {
        if (limits.LimitReached && ResetOf(limits.Windows) is { } until) Exhaust(account, null, until, AccountClocks.UsageLimit);
        foreach (LimitFamily family in limits.Families)
        {
            if (family is { LimitReached: true, Model: { } model } && ResetOf(family.Windows) is { } end) Exhaust(account, model, end, AccountClocks.UsageLimit);
        }
    }

    /// <summary>Takes the latest answers of the usage endpoint from the account file, whichever process asked.</summary>
    private void Follow(AccountList accounts)
    {
        if (ReferenceEquals(accounts, _followed)) return;
        _followed = accounts;
        foreach (Account account in accounts.All)
        {
            if (account.QuotaAskedAt is not { } at || (_asked.TryGetValue(account.Key, out DateTimeOffset known) && known == at)) continue;
            _asked[account.Key] = at;
            if (_limits.Stored(account)?.At(time.GetUtcNow()) is { } limits) ReportFetched(account.Key, limits, at);
        }
    }

    /// <summary>
    /// When a refused account works again: one time for the account and its windows. Windows that are known to be full tell it when they
    /// last as long as the refusal says. Otherwise another one is full: the shortest that lasts as long as the wait.
    /// </summary>
    private DateTimeOffset EndOf(string account, string? model, DateTimeOffset? until, DateTimeOffset now)
    {
        RateLimits? limits = _followed.All.FirstOrDefault(each => each.Key == account) is { } known ? _limits.Of(known, now) : null;
        LimitFamily? family = model is null ? null : limits?.FamilyOf(model);
        IReadOnlyList<RateLimitWindow> windows = (model is null ? limits?.Windows : family?.Windows) ?? [];
        if (ResetOf(windows) is { } reset && !(until > reset + SameMoment)) return reset;
        if (until is not { } end) return now + UnknownReset;
        if (windows.Count == 0) return end;

        RateLimitWindow full = windows.Where(window => window.Length >= end - now).MinBy(window => window.Length) ?? windows.MaxBy(window => window.Length)!;
        windows = [.. windows.Select(window => window == full ? window with { UsedPercent = 100, ResetsAt = end } : window)];
        _limits.Tell(account, family is null
            ? limits! with { LimitReached = true, Windows = windows }
            : limits! with { Families = [.. limits.Families.Select(each => each == family ? each with { LimitReached = true, Windows = windows } : each)] }, now);
        _quotaChanged.Writer.TryWrite(true);
        return end;
    }

    /// <summary>The account works again when the last of its used-up windows has been reset.</summary>
    private static DateTimeOffset? ResetOf(IReadOnlyList<RateLimitWindow> windows) => windows.Where(window => window.UsedPercent >= 100).Max(window => window.ResetsAt);
}
