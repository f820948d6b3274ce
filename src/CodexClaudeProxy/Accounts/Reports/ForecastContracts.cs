namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>What remains of all accounts together, and how long that lasts at the present pace.</summary>
/// <param name="At">The time it is about.</param>
/// <param name="Ready">How many accounts can serve now.</param>
/// <param name="Total">How many accounts there are.</param>
/// <param name="RunsDryAt">When no account can serve any more at the present pace, the earliest of <paramref name="Windows"/> without a model; null when the quota lasts until its resets, or too little is known.</param>
/// <param name="Windows">Each kind of quota window, added up over the accounts: the plans' windows first, the shortest first.</param>
/// <param name="Resets">The resets of the next seven days, the next one first. A window that is not in use has none.</param>
/// <param name="Accounts">Each account with its windows, in the order of the account file.</param>
internal sealed record PoolForecast(
    DateTimeOffset At, int Ready, int Total, DateTimeOffset? RunsDryAt, IReadOnlyList<PoolWindow> Windows, IReadOnlyList<ForecastReset> Resets,
    IReadOnlyList<ForecastAccount> Accounts);

/// <summary>
/// One kind of quota window of all accounts that count: those that can serve, and those that serve again by the reset of this window. One that
/// is disabled, needs a sign-in or waits for a longer window does not count.
/// </summary>
/// <param name="Name">The window's length as people say it: <c>5h</c>, <c>7d</c>.</param>
/// <param name="Limit">The name of a limit that a model has to itself; null for the plans'.</param>
/// <param name="Model">The model it is for; null for the plans', or when the name tells none.</param>
/// <param name="WindowSeconds">Its length.</param>
/// <param name="Capacity">How many accounts count: each is one full window, whatever its plan.</param>
/// <param name="Used">What they have used together, in accounts: 1.5 is one and a half full windows.</param>
/// <param name="UsedPercent">The same as a part of the capacity, 0 to 100.</param>
/// <param name="UsedPerHour">What they use together in an hour, in accounts; null while too little is known of every one.</param>
/// <param name="RunsDryAt">When all of them are empty at this pace; null when the quota lasts until the resets, or too little is known.</param>
/// <param name="NextResetAt">The next reset of one of them; null when none is known.</param>
/// <param name="Course">How much will be used, in accounts, until each of them has been reset once or the quota is empty: points to be joined by straight lines, two at the same time where a window is reset.</param>
internal sealed record PoolWindow(
    string Name, string? Limit, string? Model, long WindowSeconds, int Capacity, double Used, double UsedPercent, double? UsedPerHour,
    DateTimeOffset? RunsDryAt, DateTimeOffset? NextResetAt, IReadOnlyList<CoursePoint> Course);

/// <summary>A point of a forecast.</summary>
/// <param name="At">The time.</param>
/// <param name="Used">What is used then, in accounts.</param>
internal sealed record CoursePoint(DateTimeOffset At, double Used);

/// <summary>A quota window of an account that will begin anew.</summary>
/// <param name="At">When.</param>
/// <param name="Account">The account's id.</param>
/// <param name="AccountLabel">Its label or mail address.</param>
/// <param name="Window">The window's length as people say it: <c>5h</c>, <c>7d</c>.</param>
/// <param name="Limit">The name of a limit that a model has to itself; null for the plan's.</param>
/// <param name="UsedPercent">What it gives back, if it is used no further.</param>
internal sealed record ForecastReset(DateTimeOffset At, string Account, string AccountLabel, string Window, string? Limit, double UsedPercent);

/// <summary>An account in the forecast.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">Its label or mail address.</param>
/// <param name="Plan">Such as <c>plus</c>; <c>unknown</c> until it is known.</param>
/// <param name="State">As in <see cref="PooledAccount"/>.</param>
/// <param name="StateUntil">When the account is usable again; null when it is, or when time alone does not help.</param>
/// <param name="Windows">Each with its pace.</param>
internal sealed record ForecastAccount(string Id, string Label, string Plan, string State, DateTimeOffset? StateUntil, IReadOnlyList<WindowReport> Windows);
