using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>A quota window of one of the accounts that share the work.</summary>
/// <param name="BlockedUntil">When the account serves again; null when it can now.</param>
internal readonly record struct SharedWindow(RateLimitWindow Window, DateTimeOffset? BlockedUntil);

/// <summary>
/// How long several accounts last together. Each goes on at its own <see cref="Pace"/>; what one that is empty or blocked does not serve goes
/// to the others in equal parts. A window is full again at its reset.
/// </summary>
/// <param name="PercentPerHour">What they use together; null while too little is known of every one.</param>
/// <param name="EmptyAt">When none can serve any more; null when they last until each has been reset once, or when nothing is known.</param>
/// <param name="Course">What is used, in percent of one window, from now until then: straight lines from point to point, two at the same time where a window is reset.</param>
internal sealed record PoolPace(double? PercentPerHour, DateTimeOffset? EmptyAt, IReadOnlyList<(DateTimeOffset At, double Used)> Course)
{
    /// <summary>Less than this is a rounding error.</summary>
    private const double Nothing = 1e-9;

    public static PoolPace Of(IReadOnlyList<SharedWindow> windows, DateTimeOffset now)
    {
        Member[] members = [.. windows.Select(shared => new Member(shared, now))];
        double? perHour = members.Any(member => member.HasPace) ? members.Sum(member => member.PercentPerHour) : null;
        DateTimeOffset end = members.Max(member => member.ResetsAt) ?? now;
        List<(DateTimeOffset At, double Used)> course = [(now, UsedBy(members))];
        for (DateTimeOffset at = now; ;)
        {
            Member[] serving = [.. members.Where(member => member.CanServe(at))];
            if (serving.Length == 0) return new PoolPace(perHour, members.Length > 0 ? ToSeconds(at) : null, course);
            if (at >= end) return new PoolPace(perHour, null, course);

            double others = ((perHour ?? 0) - serving.Sum(member => member.PercentPerHour)) / serving.Length;
            DateTimeOffset next = members.Select(member => member.NextEvent(at)).Concat(serving.Select(member => member.EmptyAt(at, others))).Append(end).Min();
            foreach (Member member in serving) member.Use((member.PercentPerHour + others) * (next - at).TotalHours);
            at = next;
            course.Add((ToSeconds(at), UsedBy(members)));
            bool isReset = false;
            foreach (Member member in members) isReset |= member.TryReset(at);
            if (isReset) course.Add((ToSeconds(at), UsedBy(members)));
        }
    }

    private static double UsedBy(Member[] members) => members.Sum(member => 100 - member.Left);

    /// <summary>As a pace's: a guess has no milliseconds.</summary>
    private static DateTimeOffset ToSeconds(DateTimeOffset at) => new((at.UtcTicks + TimeSpan.TicksPerSecond / 2) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    private sealed class Member(SharedWindow shared, DateTimeOffset now)
    {
        private readonly Pace? _pace = Pace.Of(shared.Window, now);

        public bool HasPace => _pace is not null;

        public double PercentPerHour => _pace?.PercentPerHour ?? 0;

        public double Left { get; private set; } = Math.Clamp(100 - shared.Window.UsedPercent, 0, 100);

        /// <summary>Null also once it has been.</summary>
        public DateTimeOffset? ResetsAt { get; private set; } = shared.Window.ResetsAt > now ? shared.Window.ResetsAt : null;

        public bool CanServe(DateTimeOffset at) => Left > Nothing && !(shared.BlockedUntil > at);

        public void Use(double percent) => Left = Math.Max(0, Left - percent) is > Nothing and var left ? left : 0;

        public bool TryReset(DateTimeOffset at)
        {
            if (ResetsAt is null || ResetsAt > at) return false;
            (Left, ResetsAt) = (100, null);
            return true;
        }

        /// <summary>When it is reset or can serve again, whichever is first.</summary>
        public DateTimeOffset NextEvent(DateTimeOffset at)
        {
            DateTimeOffset reset = ResetsAt ?? DateTimeOffset.MaxValue;
            return shared.BlockedUntil is { } until && until > at && until < reset ? until : reset;
        }

        /// <summary>Rounded up to the clock's smallest step: a rest that is used up in less would be there for ever.</summary>
        public DateTimeOffset EmptyAt(DateTimeOffset at, double more) =>
            PercentPerHour + more is > Nothing and var perHour && Left / perHour < TimeSpan.FromDays(400).TotalHours
                ? at.AddTicks((long)Math.Ceiling(Left / perHour * TimeSpan.TicksPerHour)) : DateTimeOffset.MaxValue;
    }
}
