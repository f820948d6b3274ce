using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>How fast a window fills up, if it goes on as it has on average since the window began.</summary>
/// <param name="EmptyAt">When the window is used up at this rate. A time after the reset means that the window lasts.</param>
/// <param name="UsedAtReset">Percent used by then; above 100 when the window does not last.</param>
internal sealed record Pace(double PercentPerHour, DateTimeOffset EmptyAt, double UsedAtReset)
{
    /// <summary>Before this share of the window has passed, one large request would already be a trend.</summary>
    private const double SmallestShare = 0.05;

    /// <summary>The backend tells whole percents, so below this the error is half of the value.</summary>
    private const double SmallestUse = 2;

    private static readonly TimeSpan ShortestPast = TimeSpan.FromMinutes(10);

    public bool LastsUntilReset => UsedAtReset <= 100;

    /// <summary>Null while too little is known for an estimate, and when the window is used up.</summary>
    public static Pace? Of(RateLimitWindow window, DateTimeOffset now)
    {
        if (window.ResetsAt is not { } reset || reset <= now || window.UsedPercent is < SmallestUse or >= 100) return null;
        TimeSpan past = now - (reset - window.Length);
        if (past < ShortestPast || past < window.Length * SmallestShare) return null;

        double perHour = window.UsedPercent / past.TotalHours;
        // To the second: a guess has no milliseconds.
        DateTimeOffset emptyAt = now.AddSeconds(Math.Round((100 - window.UsedPercent) / perHour * 3600));
        return new Pace(perHour, emptyAt, perHour * window.Length.TotalHours);
    }
}
