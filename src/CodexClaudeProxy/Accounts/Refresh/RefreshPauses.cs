using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Accounts.Refresh;

/// <summary>
/// How long an account's tokens are not refreshed again after a passing failure: five seconds at first, twice as long after each further one.
/// Another proxy of the account begins anew, since it may have been the failure.
/// </summary>
internal sealed class RefreshPauses(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<OutboundRoute, Pause> _pauses = [];

    /// <summary>The failure that still advises to wait; null when nothing does.</summary>
    public RefreshOutcome? Of(OutboundRoute route)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate) return _pauses.TryGetValue(route, out Pause? pause) && now < pause.Until && now >= pause.At ? pause.Outcome : null;
    }

    /// <param name="retryAfter">The wait the issuer itself asks for.</param>
    public RefreshOutcome Begin(OutboundRoute route, string reason, TimeSpan? retryAfter)
    {
        lock (_gate)
        {
            int failures = _pauses.TryGetValue(route, out Pause? before) ? before.Failures + 1 : 1;
            TimeSpan wait = First * Math.Pow(2, Math.Min(failures, 10) - 1);
            if (wait > Longest) wait = Longest;
            if (retryAfter > wait) wait = retryAfter.Value;
            DateTimeOffset now = time.GetUtcNow();
            Pause pause = new(failures, now, now + wait, $"Token refresh failed: {reason}");
            _pauses[route] = pause;
            return pause.Outcome;
        }
    }

    public void End(OutboundRoute route)
    {
        lock (_gate) _pauses.Remove(route);
    }

    /// <param name="At">A clock that shows less has been set back, and the end means nothing any more.</param>
    private sealed record Pause(int Failures, DateTimeOffset At, DateTimeOffset Until, string Message)
    {
        public RefreshOutcome Outcome => RefreshOutcome.Failed(RefreshFailureKind.Transient, Message, Until);
    }
}
