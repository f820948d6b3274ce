namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>
/// When an account may be used again. Two clocks that know nothing of each other: <em>exhausted</em> until a quota window is reset,
/// and <em>cooling down</em> for a moment after a fault; each for the whole account (model null) or for one model.
/// Not safe for several threads; the pool guards it.
/// </summary>
internal sealed class AccountClocks
{
    /// <summary>The reason of an exhaustion that is the plan's windows and nothing worse.</summary>
    public const string UsageLimit = "usage limit";

    /// <summary>A model may have any name a client makes up: beyond this the clock that ends first gives way.</summary>
    private const int MostClocks = 1_000;

    /// <summary>Plans have windows of hours, of a week and of a month.</summary>
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(32);

    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(5);

    private readonly Dictionary<Scope, Clock> _exhausted = [];
    private readonly Dictionary<Scope, Clock> _cooling = [];

    /// <summary>The latest word counts: a window's end is told anew with every refusal.</summary>
    /// <param name="since">When the backend said so.</param>
    public void Exhaust(string account, string? model, DateTimeOffset until, string reason, DateTimeOffset since) =>
        Put(_exhausted, new Scope(account, model), new Clock(until, reason, IsFault: false, since));

    /// <summary>The later end counts: a second failure does not shorten the cooldown.</summary>
    /// <param name="isFault">Nobody said that waiting helps: the account may be tried when there is no other.</param>
    /// <param name="since">When the cooldown began.</param>
    public void Cool(string account, string? model, DateTimeOffset until, string reason, bool isFault, DateTimeOffset since)
    {
        Scope scope = new(account, model);
        if (!_cooling.TryGetValue(scope, out Clock clock) || clock.Until < until) Put(_cooling, scope, new Clock(until, reason, isFault, since));
    }

    /// <summary>The backend said at <paramref name="at"/> that this may be used: true when that is news.</summary>
    public bool Restore(string account, string? model, DateTimeOffset at)
    {
        Scope scope = new(account, model);
        return _exhausted.TryGetValue(scope, out Clock clock) && clock.Since <= at && _exhausted.Remove(scope);
    }

    /// <param name="ownWindows">The model has a limit to itself, so the plan's used-up windows are nothing to it.</param>
    public Clock? Exhausted(string account, string model, bool ownWindows, DateTimeOffset now)
    {
        Clock? whole = Running(_exhausted, new Scope(account, null), now);
        if (ownWindows && whole?.Reason == UsageLimit) whole = null;
        return Later(whole, Running(_exhausted, new Scope(account, model), now));
    }

    public Clock? Cooling(string account, string model, DateTimeOffset now) =>
        Later(Plausible(Running(_cooling, new Scope(account, null), now), now), Plausible(Running(_cooling, new Scope(account, model), now), now));

    /// <summary>Every clock of the account that still runs, for reports.</summary>
    public IEnumerable<RunningClock> Running(string account, DateTimeOffset now) =>
        Running(now).Where(clock => clock.Account == account);

    /// <summary>What outlives the process.</summary>
    public IReadOnlyList<KeptClock> Keep(DateTimeOffset now) =>
    [
        .. Running(now).Select(clock => new KeptClock(
            clock.Account, clock.Model, clock.Exhausted ? clock.Until : null, clock.Exhausted ? null : clock.Until, clock.Reason, clock.Since, clock.IsFault ? true : null)),
    ];

    public void Take(IReadOnlyList<KeptClock> kept)
    {
        foreach (KeptClock clock in kept)
        {
            if (clock.Account is not { } account) continue;
            DateTimeOffset since = clock.Since ?? DateTimeOffset.MinValue;
            if (clock.ExhaustedUntil is { } exhausted) Exhaust(account, clock.Model, exhausted, clock.Reason ?? UsageLimit, since);
            if (clock.CoolingUntil is { } cooling) Cool(account, clock.Model, cooling, clock.Reason ?? "unknown", clock.Fault == true, since);
        }
    }

    private static void Put(Dictionary<Scope, Clock> clocks, Scope scope, Clock clock)
    {
        if (clocks.Count >= MostClocks && !clocks.ContainsKey(scope)) clocks.Remove(clocks.MinBy(static entry => entry.Value.Until).Key);
        clocks[scope] = clock;
    }

    /// <summary>Every clock that still runs.</summary>
    public IEnumerable<RunningClock> Running(DateTimeOffset now) =>
        _exhausted.Select(entry => Told(entry, exhausted: true))
            .Concat(_cooling.Select(entry => Told(entry, exhausted: false)))
            .Where(clock => clock.Until > now);

    private static RunningClock Told(KeyValuePair<Scope, Clock> entry, bool exhausted) =>
        new(entry.Key.Account, entry.Key.Model, exhausted, entry.Value.Until, entry.Value.Reason, entry.Value.IsFault, entry.Value.Since);

    /// <summary>A cooldown is short. One during which the clock was set back is over.</summary>
    private static Clock? Plausible(Clock? clock, DateTimeOffset now) => clock?.IsImplausible(now) == true ? null : clock;

    private static Clock? Later(Clock? whole, Clock? part) => whole?.Until > part?.Until ? whole : part ?? whole;

    private static Clock? Running(Dictionary<Scope, Clock> clocks, Scope scope, DateTimeOffset now)
    {
        if (!clocks.TryGetValue(scope, out Clock clock)) return null;
        if (clock.Until > now) return clock;
        clocks.Remove(scope);
        return null;
    }

    private readonly record struct Scope(string Account, string? Model);

    internal readonly record struct Clock(DateTimeOffset Until, string Reason, bool IsFault, DateTimeOffset Since)
    {
        /// <summary>The system's clock was set back since, or the end is later than any window is long: it cannot be right.</summary>
        public bool IsImplausible(DateTimeOffset now) => Since > now + ClocksDiffer || Until - now > LongestWindow;
    }
}

/// <summary>One clock of one account that has not run down.</summary>
/// <param name="Model">Null for the whole account.</param>
/// <param name="IsFault">See <see cref="AccountClocks.Cool"/>.</param>
internal readonly record struct RunningClock(string Account, string? Model, bool Exhausted, DateTimeOffset Until, string Reason, bool IsFault, DateTimeOffset Since);
