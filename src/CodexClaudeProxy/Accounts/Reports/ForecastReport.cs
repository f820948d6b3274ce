using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>All accounts together: what of their windows is used, when they are reset, and how long they last.</summary>
internal sealed class ForecastReport(AccountPool pool, TimeProvider time)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(7);

    /// <summary>The backend tells a reset as a moment or in seconds from now; the two differ a little.</summary>
    private static readonly TimeSpan SameMoment = TimeSpan.FromMinutes(1);

    private readonly QuotaReport _quota = new(pool, time);

    public PoolForecast Of()
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<Candidate> candidates = pool.Judge(model: "");
        ForecastAccount[] accounts = [.. candidates.Select(AccountOf)];
        Known[] known = [.. candidates.Where(MayServe).Select(candidate => new Known(candidate, pool.LimitsOf(candidate.Account)))];
        PoolWindow[] plans = [.. AddUp(known.SelectMany(account => (account.Limits?.Windows ?? []).Select(window => (account.Candidate, window))), family: null, now)];
        LimitFamily[] families = [.. known.SelectMany(account => account.Limits?.Families ?? []).DistinctBy(family => family.Id)];
        return new PoolForecast(
            now, candidates.Count(candidate => candidate.IsUsable), candidates.Count, plans.Min(window => window.RunsDryAt),
            [.. plans, .. families.SelectMany(family => AddUp(WindowsOf(family), family, now))],
            [.. candidates.Zip(accounts).Where(pair => MayServe(pair.First)).SelectMany(pair => ResetsOf(pair.Second, now)).OrderBy(reset => reset.At)],
            accounts);
    }

    /// <summary>Those that waiting helps.</summary>
    private static bool MayServe(Candidate candidate) => candidate.Skip is SkipReason.None or SkipReason.Exhausted or SkipReason.Reserved or SkipReason.CoolingDown;

    private IEnumerable<(Candidate, RateLimitWindow)> WindowsOf(LimitFamily family) =>
        from candidate in pool.Judge(family.Model ?? "")
        where MayServe(candidate)
        from window in pool.LimitsOf(candidate.Account)?.Families.FirstOrDefault(each => each.Id == family.Id)?.Windows ?? []
        select (candidate, window);

    private static IEnumerable<PoolWindow> AddUp(IEnumerable<(Candidate Candidate, RateLimitWindow Window)> windows, LimitFamily? family, DateTimeOffset now) =>
        from entry in windows
        where entry.Candidate.IsUsable || entry.Candidate.Until <= (entry.Window.ResetsAt ?? now + entry.Window.Length) + SameMoment
        group new SharedWindow(entry.Window, entry.Candidate.IsUsable ? null : entry.Candidate.Until) by entry.Window.Length into kind
        orderby kind.Key
        select Sum([.. kind], family, now);

    private static PoolWindow Sum(IReadOnlyList<SharedWindow> windows, LimitFamily? family, DateTimeOffset now)
    {
        PoolPace pace = PoolPace.Of(windows, now);
        double used = windows.Sum(shared => Math.Clamp(shared.Window.UsedPercent, 0, 100));
        TimeSpan length = windows[0].Window.Length;
        return new PoolWindow(
            WindowName.Of(length), family?.Label, family?.Model, (long)length.TotalSeconds,
            windows.Count, InAccounts(used), Math.Round(used / windows.Count, 2), pace.PercentPerHour is { } perHour ? InAccounts(perHour) : null,
            pace.EmptyAt, windows.Min(shared => shared.Window.ResetsAt), [.. pace.Course.Select(point => new CoursePoint(point.At, InAccounts(point.Used)))]);
    }

    private static double InAccounts(double percent) => Math.Round(percent / 100, 4);

    private static IEnumerable<ForecastReset> ResetsOf(ForecastAccount account, DateTimeOffset now) =>
        from window in account.Windows
        where window.ResetsAt > now && window.ResetsAt <= now + Ahead
        select new ForecastReset(window.ResetsAt!.Value, account.Id, account.Label, window.Name, window.Limit, window.UsedPercent);

    private ForecastAccount AccountOf(Candidate candidate)
    {
        QuotaState quota = _quota.Of(candidate.Account, withHistory: false);
        return new ForecastAccount(candidate.Account.Key, pool.NameOf(candidate.Account), quota.Plan, candidate.State, candidate.Until, quota.Windows);
    }

    private readonly record struct Known(Candidate Candidate, RateLimits? Limits);
}
