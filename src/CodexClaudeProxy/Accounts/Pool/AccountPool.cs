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

    /// <summary>Between the requests of a running conversation a client is at work itself, for seconds as a rule.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(2);

    private const string CreditsServe = "a quota window is used up, and credits are used";
    private const string StillServes = "a quota window is full, but upstream has not refused a request yet";

    private readonly Lock _gate = new();
    private readonly AccountClocks _clocks = new();
    private readonly Conversations _conversations = new();
    private readonly KnownLimits _limits = new();
    private readonly MissingModels _missing = new();
    private readonly UsageHistory _history = new();
    private readonly Dictionary<string, DateTimeOffset> _asked = [];
    private readonly Dictionary<string, int> _running = [];

    private AccountList _followed = AccountList.Empty;
    private string? _activeBefore;
    private string? _last;

    public SelectionStrategy Strategy { get; set; }

    /// <summary>What every account keeps back, unless it has a reserve of its own.</summary>
    public IReadOnlyList<WindowReserve> Reserves { get; set; } = [];

    public void Apply(ProxySettings settings) => (Strategy, Reserves) = (settings.AccountStrategy, settings.Reserves);

    /// <summary>Chooses the account that serves next, and counts the request as one that runs on it until <see cref="End"/>.</summary>
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
            string? pinned = string.IsNullOrEmpty(conversation) ? null : _conversations.AccountOf(conversation, now);
            Selection selection = Decide(accounts, pinned, model, tried, now);
            if (selection.Account is not { } chosen) return selection;
            _running[chosen.Key] = _running.GetValueOrDefault(chosen.Key) + 1;
            if (chosen.Key == pinned) return selection;

            // A turn that looks elsewhere after a passing failure comes back: only an account that cannot serve loses its conversations.
            if (accounts.All.FirstOrDefault(account => account.Key == pinned) is { } home && Judge(home, model, tried: null, now).IsUsable) return selection;

            _last = chosen.Key;
            if (!string.IsNullOrEmpty(conversation) && _conversations.Put(conversation, chosen.Key, now)) _stateChanged.Writer.TryWrite(true);
            return selection;
        }
    }

    /// <summary>The account has served the request it was chosen for, or failed to.</summary>
    public void End(Account account)
    {
        lock (_gate)
        {
            if (_running.GetValueOrDefault(account.Key) is > 1 and var running) _running[account.Key] = running - 1;
            else _running.Remove(account.Key);
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

    /// <summary>The account is used up.</summary>
    /// <param name="model">Null when every model is concerned that has no limit to itself.</param>
    /// <param name="until">The window's reset; null when the backend did not tell.</param>
    /// <param name="reason">Anything but <see cref="AccountClocks.UsageLimit"/> concerns every model.</param>
    public void ReportExhausted(string account, string? model, DateTimeOffset? until, string reason = AccountClocks.UsageLimit)
    {
        DateTimeOffset now = time.GetUtcNow(), end;
        lock (_gate) end = reason == AccountClocks.UsageLimit ? EndOf(account, model, until, now) : until ?? now + UnknownReset;
        Exhaust(account, model, end, reason);
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

    private void Exhaust(string account, string? model, DateTimeOffset until, string reason)
    {
        lock (_gate) _clocks.Exhaust(account, model, until, reason, time.GetUtcNow());
        _stateChanged.Writer.TryWrite(true);
        Log.Exhausted(logger, account, until, model ?? "all models");
    }

    private Selection Decide(AccountList accounts, string? pinned, string model, IReadOnlySet<string>? tried, DateTimeOffset now)
    {
        Dictionary<string, int>? recent = Strategy == SelectionStrategy.LeastBusy ? _conversations.ActiveSince(now - Recently) : null;
        Candidate[] candidates = [.. accounts.All.Select(account => Judge(account, model, tried, now) with
        {
            Running = _running.GetValueOrDefault(account.Key),
            RecentConversations = recent?.GetValueOrDefault(account.Key) ?? 0,
        })];
        (Account? chosen, string reason) = AccountSelector.Choose(candidates, Strategy, pinned, accounts.Active?.Key, _last);
        return new Selection(chosen, reason, candidates, chosen is null ? AccountSelector.Release(candidates) : null);
    }

    private Candidate Judge(Account account, string model, IReadOnlySet<string>? tried, DateTimeOffset now)
    {
        RateLimits? limits = _limits.Of(account, now);
        IReadOnlyList<RateLimitWindow> windows = limits?.WindowsFor(model) ?? [];
        RateLimitWindow? tightest = windows.MaxBy(static window => (Math.Min(100, window.UsedPercent), window.ResetsAt ?? DateTimeOffset.MinValue));
        Candidate candidate = new Candidate(account, SkipReason.None)
        {
            Detail = tightest?.UsedPercent >= 100 ? limits!.Credits is { GoOn: true } ? CreditsServe : StillServes : null,
            LongestRenewsAt = windows.MaxBy(static window => window.Length)?.ResetsAt,
        }.GoingBy(tightest);
        if (tried?.Contains(account.Key) == true) return candidate with { Skip = SkipReason.AlreadyTried, Detail = null };
        if (!account.Enabled) return candidate with { Skip = SkipReason.Disabled, Detail = null };
        if (account.CannotSend(now)) return candidate with { Skip = SkipReason.NeedsSignIn, Detail = account.NeedsSignIn?.Explanation };

        if (account.ExclusionOf(model) is { } pattern)
            return candidate with { Skip = SkipReason.Excluded, Detail = pattern.Equals(model, StringComparison.OrdinalIgnoreCase) ? "excluded for this account" : $"excluded for this account by {pattern}" };
        if (_missing.Lacks(account, model, now)) return candidate with { Skip = SkipReason.LacksModel, Detail = $"Upstream does not offer {model} to this account." };

        AccountClocks.Clock? exhausted = _clocks.Exhausted(account.Key, model, limits?.FamilyOf(model) is not null, now);
        AccountClocks.Clock? cooling = _clocks.Cooling(account.Key, model, now);
        if (exhausted is { } empty)
        {
            bool restsLonger = cooling?.Until > empty.Until;
            Candidate skipped = candidate with { Skip = SkipReason.Exhausted, Until = restsLonger ? cooling!.Value.Until : empty.Until, Detail = empty.Reason, IsLastResort = empty.IsImplausible(now) };
            return empty.Reason == AccountClocks.UsageLimit ? skipped with { Left = 0, RenewsAt = empty.Until } : skipped;
        }

        if (cooling is { } rest) return candidate with { Skip = SkipReason.CoolingDown, Until = rest.Until, Detail = rest.Reason, IsLastResort = rest.IsFault };

        return Reached(account, windows) is not { } kept ? candidate : candidate.GoingBy(kept.Window) with
        {
            Skip = SkipReason.Reserved,
            Until = kept.Window.ResetsAt,
            Reserve = kept.Reserve,
            Detail = $"the reserve of {kept.Reserve.Words} is reached",
        };
    }

    /// <summary>The window that is below its reserve; of several the one that is reset last. The owner's number without a length is for the longest window, unless that is a short one.</summary>
    private (RateLimitWindow Window, WindowReserve Reserve)? Reached(Account account, IReadOnlyList<RateLimitWindow> windows)
    {
        if (account.Reserve is null && account.Reserves.Count == 0 && Reserves.Count == 0) return null;
        RateLimitWindow? week = windows.Where(window => !window.IsShort).MaxBy(window => window.Length);
        (RateLimitWindow Window, WindowReserve Reserve)[] reached =
        [
            .. from window in windows
               let percent = WindowReserve.Of(account.Reserves, window.Length) ?? (window == week ? account.Reserve : null) ?? WindowReserve.Of(Reserves, window.Length) ?? 0
               where 100 - window.UsedPercent < percent
               select (window, new WindowReserve(window.Length, percent)),
        ];
        return reached.Length == 0 ? null : reached.MaxBy(each => each.Window.ResetsAt ?? DateTimeOffset.MaxValue);
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
}
