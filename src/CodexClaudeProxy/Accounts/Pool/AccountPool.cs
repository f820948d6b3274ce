using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>
/// Chooses the account for a turn and remembers what the answers said about each: which are used up, which are in cooldown, which
/// conversation is where. What it knows outlives the process in <c>state.json</c>.
/// </summary>
internal sealed partial class AccountPool(AccountStore store, TimeProvider time, ILogger<AccountPool> logger)
{
    /// <summary>A refusal without a date is believed for this long.</summary>
    private static readonly TimeSpan UnknownReset = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly AccountClocks _clocks = new();
    private readonly Conversations _conversations = new();
    private readonly KnownLimits _limits = new();
    private readonly MissingModels _missing = new();
    private readonly UsageHistory _history = new();
    private readonly Dictionary<string, DateTimeOffset> _asked = [];

    private AccountList _followed = AccountList.Empty;
    private string? _activeBefore;
    private string? _last;

    public SelectionStrategy Strategy { get; set; }

    /// <param name="conversation">What stays on one account; null when the client does not tell.</param>
    /// <param name="model">The upstream model.</param>
    /// <param name="tried">Keys of the accounts this turn has failed on.</param>
    public Selection Select(string? conversation, string model, IReadOnlySet<string> tried)
    {
        AccountList accounts = store.Read();
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            Follow(accounts);
            FollowSwitch(accounts);
            string? pinned = string.IsNullOrEmpty(conversation) ? null : _conversations.AccountOf(conversation);
            Selection selection = Decide(accounts, pinned, model, tried, now);
            if (selection.Account is not { } chosen || chosen.Key == pinned) return selection;

            // A turn that looks elsewhere after a passing failure comes back: only an account that cannot serve loses its conversations.
            if (accounts.All.FirstOrDefault(account => account.Key == pinned) is { } home && Judge(home, model, tried: null, now).IsUsable) return selection;

            _last = chosen.Key;
            if (!string.IsNullOrEmpty(conversation) && _conversations.Put(conversation, chosen.Key)) _stateChanged.Writer.TryWrite(true);
            return selection;
        }
    }

    /// <summary>Who would serve a new conversation now, and why. Nothing is remembered of it.</summary>
    public Selection Preview(string model)
    {
        AccountList accounts = store.Read();
        lock (_gate)
        {
            Follow(accounts);
            FollowSwitch(accounts);
            return Decide(accounts, pinned: null, model, tried: null, time.GetUtcNow());
        }
    }

    /// <summary>When the first account that is now used up or in cooldown becomes usable for the model; null when waiting does not help.</summary>
    public DateTimeOffset? EarliestRelease(string model) => AccountSelector.Release(Judge(model));

    /// <summary>How every account stands for the model, in the order of the file.</summary>
    public IReadOnlyList<Candidate> Judge(string model)
    {
        AccountList accounts = store.Read();
        lock (_gate)
        {
            Follow(accounts);
            return [.. accounts.All.Select(account => Judge(account, model, tried: null, time.GetUtcNow()))];
        }
    }

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

    /// <summary>The account is used up.</summary>
    /// <param name="model">Null when every model is concerned that has no limit to itself.</param>
    /// <param name="until">The window's reset; null when the backend did not tell.</param>
    /// <param name="reason">Anything but <see cref="AccountClocks.UsageLimit"/> concerns every model.</param>
    public void ReportExhausted(string account, string? model, DateTimeOffset? until, string reason = AccountClocks.UsageLimit)
    {
        DateTimeOffset now = time.GetUtcNow(), end = until ?? now + UnknownReset;
        lock (_gate)
        {
            _clocks.Exhaust(account, model, end, reason, now);
            if (until is not null && model is null && reason == AccountClocks.UsageLimit) NoteFull(account, end, now);
        }

        _stateChanged.Writer.TryWrite(true);
        Log.Exhausted(logger, account, end, model ?? "all models");
    }

    /// <summary>Starts a cooldown of the account.</summary>
    /// <param name="isFault">See <see cref="AccountClocks.Cool"/>.</param>
    public void ReportCooldown(string account, string? model, DateTimeOffset until, string reason, bool isFault = false)
    {
        lock (_gate) _clocks.Cool(account, model, until, reason, isFault, time.GetUtcNow());
        _stateChanged.Writer.TryWrite(true);
        Log.CoolingDown(logger, account, until, model ?? "all models", reason);
    }

    /// <summary>The backend does not have the model for this account.</summary>
    public void ReportMissing(Account account, string model)
    {
        lock (_gate) _missing.Note(account, model, time.GetUtcNow());
        Log.LacksModel(logger, account.Key, model);
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

    /// <summary>The account's clocks that run, for reports.</summary>
    public IReadOnlyList<RunningClock> ClocksOf(Account account)
    {
        lock (_gate) return [.. _clocks.Running(account.Key, time.GetUtcNow())];
    }

    /// <summary>The accounts that could serve if their quota were reset early.</summary>
    public IReadOnlyList<Account> UsedUp()
    {
        AccountList accounts = store.Read();
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            Follow(accounts);
            HashSet<string> usedUp = [.. _clocks.Running(now).Where(clock => clock.Exhausted).Select(clock => clock.Account)];
            return [.. accounts.All.Where(account => usedUp.Contains(account.Key) && account.Enabled && !account.CannotSend(now))];
        }
    }

    private Selection Decide(AccountList accounts, string? pinned, string model, IReadOnlySet<string>? tried, DateTimeOffset now)
    {
        Candidate[] candidates = [.. accounts.All.Select(account => Judge(account, model, tried, now))];
        (Account? chosen, string reason) = AccountSelector.Choose(candidates, Strategy, pinned, accounts.Active?.Key, _last);
        return new Selection(chosen, reason, candidates, chosen is null ? AccountSelector.Release(candidates) : null);
    }

    private Candidate Judge(Account account, string model, IReadOnlySet<string>? tried, DateTimeOffset now)
    {
        RateLimits? limits = _limits.Of(account, now);
        IReadOnlyList<RateLimitWindow> windows = limits?.WindowsFor(model) ?? [];
        Candidate candidate = new(account, SkipReason.None)
        {
            Left = windows.Count == 0 ? null : Math.Clamp(100 - windows.Max(window => window.UsedPercent), 0, 100),
            RenewsAt = windows.MaxBy(window => window.Length)?.ResetsAt,
        };
        if (tried?.Contains(account.Key) == true) return candidate with { Skip = SkipReason.AlreadyTried };
        if (!account.Enabled) return candidate with { Skip = SkipReason.Disabled };
        if (account.CannotSend(now)) return candidate with { Skip = SkipReason.NeedsSignIn, Detail = account.NeedsSignIn?.Explanation };

        if (_missing.Lacks(account, model, now)) return candidate with { Skip = SkipReason.LacksModel, Detail = $"Upstream does not offer {model} to this account." };

        AccountClocks.Clock? exhausted = _clocks.Exhausted(account.Key, model, limits?.FamilyOf(model) is not null, now);
        AccountClocks.Clock? cooling = _clocks.Cooling(account.Key, model, now);
        if (exhausted is { } empty)
        {
            bool restsLonger = cooling?.Until > empty.Until;
            return candidate with { Skip = SkipReason.Exhausted, Until = restsLonger ? cooling!.Value.Until : empty.Until, Detail = empty.Reason, IsLastResort = empty.IsImplausible(now) };
        }

        if (cooling is { } rest) return candidate with { Skip = SkipReason.CoolingDown, Until = rest.Until, Detail = rest.Reason, IsLastResort = rest.IsFault };

        RateLimitWindow? week = windows.Where(window => !window.IsShort).MaxBy(window => window.Length);
        return week is not null && 100 - week.UsedPercent < account.Reserve
            ? candidate with { Skip = SkipReason.Reserved, Until = week.ResetsAt, Detail = $"the reserve of {account.Reserve} % of the weekly quota window is reached" }
            : candidate;
    }

    /// <summary>A limit said to be reached while no window is full is no exhaustion: the backend says so about other limits, too.</summary>
    private void ReportFull(string account, RateLimits limits)
    {
        if (limits.LimitReached && ResetOf(limits.Windows) is { } until) ReportExhausted(account, null, until);
        foreach (LimitFamily family in limits.Families)
        {
            if (family is { LimitReached: true, Model: { } model } && ResetOf(family.Windows) is { } end) ReportExhausted(account, model, end);
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

    /// <summary>A refusal names no window: the shortest that lasts as long as the wait is the one that is full.</summary>
    private void NoteFull(string account, DateTimeOffset until, DateTimeOffset now)
    {
        if (_followed.All.FirstOrDefault(each => each.Key == account) is not { } known || _limits.Of(known, now) is not { Windows.Count: > 0 } limits) return;
        if (limits.Windows.Any(window => window.UsedPercent >= 100)) return;
        RateLimitWindow full = limits.Windows.Where(window => window.Length >= until - now).MinBy(window => window.Length) ?? limits.Windows.MaxBy(window => window.Length)!;
        _limits.Tell(account, limits with
        {
            LimitReached = true,
            Windows = [.. limits.Windows.Select(window => window == full ? window with { UsedPercent = 100, ResetsAt = until } : window)],
        }, now);
        _quotaChanged.Writer.TryWrite(true);
    }

    /// <summary>After a switch, by whichever process, the conversations follow the owner's choice too.</summary>
    private void FollowSwitch(AccountList accounts)
    {
        string? active = accounts.Active?.Key;
        if (active == _activeBefore) return;
        // Removing the active account is no choice of another one: the conversations on the others stay on them.
        if (accounts.All.Any(account => account.Key == _activeBefore))
        {
            _conversations.Clear();
            _last = null;
        }

        _activeBefore = active;
        _stateChanged.Writer.TryWrite(true);
    }

    /// <summary>The account works again when the last of its used-up windows has been reset.</summary>
    private static DateTimeOffset? ResetOf(IReadOnlyList<RateLimitWindow> windows) => windows.Where(window => window.UsedPercent >= 100).Max(window => window.ResetsAt);
}
