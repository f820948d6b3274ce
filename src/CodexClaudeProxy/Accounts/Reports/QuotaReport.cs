using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>An account's windows as the outside sees them: the plan's and those of single models, each with its pace.</summary>
internal sealed class QuotaReport(AccountPool pool, TimeProvider time)
{
    /// <param name="withHistory">Also how each window filled up.</param>
    public QuotaState Of(Account account, bool withHistory)
    {
        RateLimits? limits = pool.LimitsOf(account);
        CreditsReport? credits = limits?.Credits is { } told ? new CreditsReport(told.HasCredits, told.Unlimited, told.Balance) : null;
        IReadOnlyList<RunningClock> clocks = pool.ClocksOf(account);
        return new QuotaState(pool.PlanOf(account), credits, limits?.BankedResets,
        [
            .. (limits?.Windows ?? []).Select(window => Window(account, null, window, clocks, withHistory)),
            .. (limits?.Families ?? []).SelectMany(family => family.Windows.Select(window => Window(account, family, window, clocks, withHistory))),
        ]);
    }

    private WindowReport Window(Account account, LimitFamily? family, RateLimitWindow window, IReadOnlyList<RunningClock> clocks, bool withHistory) =>
        new(WindowName.Of(window.Length), family?.Label, family?.Model, (long)window.Length.TotalSeconds, window.UsedPercent,
            Math.Clamp(Math.Round(100 - window.UsedPercent, 2), 0, 100), window.ResetsAt,
            window.UsedPercent >= 100 && clocks.Any(clock => clock.Exhausted && string.Equals(clock.Model, family?.Model, StringComparison.OrdinalIgnoreCase)),
            Pace.Of(window, time.GetUtcNow()) is { } pace ? PaceReport.Of(pace) : null,
            withHistory ? pool.HistoryOf(account, family?.Id ?? "", window.Length) : null);
}

/// <summary>What an account has used.</summary>
/// <param name="Plan">Such as <c>plus</c>; <c>unknown</c> until it is known.</param>
/// <param name="Credits">Null when nothing is known of credits.</param>
/// <param name="BankedResets">How many resets are saved up; null when upstream does not tell.</param>
/// <param name="Windows">The plan's windows and those of single models; empty when nothing is known.</param>
internal sealed record QuotaState(string Plan, CreditsReport? Credits, int? BankedResets, IReadOnlyList<WindowReport> Windows);

/// <summary>One quota window.</summary>
/// <param name="Name">Its length as people say it: <c>5h</c>, <c>7d</c>, <c>90m</c>.</param>
/// <param name="Limit">The name of a limit that a model has to itself; null for the plan's.</param>
/// <param name="Model">The model it is for; null for the plan's, or when the name tells none.</param>
/// <param name="WindowSeconds">Its length.</param>
/// <param name="UsedPercent">From 0; more than 100 is possible.</param>
/// <param name="LeftPercent">From 0 to 100.</param>
/// <param name="ResetsAt">When it begins anew; null when that is not known.</param>
/// <param name="Exhausted">It is full, and nothing is sent on it until its reset. A full window may go on serving, from credits or until upstream refuses.</param>
/// <param name="Pace">Null while too little is known for a guess.</param>
/// <param name="History">How it filled up, the oldest first, at most 200; absent unless asked for.</param>
internal sealed record WindowReport(
    string Name, string? Limit, string? Model, long WindowSeconds, double UsedPercent, double LeftPercent, DateTimeOffset? ResetsAt, bool Exhausted, PaceReport? Pace,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<UsageSample>? History);

/// <summary>How fast a window fills up, if it goes on as it has on average since it began.</summary>
/// <param name="PercentPerHour">Percent used in an hour.</param>
/// <param name="UsedAtReset">Percent used by the reset; above 100 when the window does not last.</param>
/// <param name="LastsUntilReset">Whether quota remains at the reset.</param>
/// <param name="EmptyAt">When the window is used up; null when it lasts until the reset.</param>
internal sealed record PaceReport(double PercentPerHour, double UsedAtReset, bool LastsUntilReset, DateTimeOffset? EmptyAt)
{
    public static PaceReport Of(Pace pace) =>
        new(Math.Round(pace.PercentPerHour, 2), Math.Round(pace.UsedAtReset, 1), pace.LastsUntilReset, pace.LastsUntilReset ? null : pace.EmptyAt);
}

/// <summary>What an account may use beyond its windows.</summary>
/// <param name="HasCredits">There are credits.</param>
/// <param name="Unlimited">There is no end to them.</param>
/// <param name="Balance">The remaining credits, as upstream reports them; null when it does not.</param>
internal sealed record CreditsReport(bool HasCredits, bool Unlimited, string? Balance);
