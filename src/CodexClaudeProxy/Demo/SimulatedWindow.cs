namespace CodexClaudeProxy.Demo;

/// <summary>A quota window that fills as it is used and empties when its time has come.</summary>
internal sealed class SimulatedWindow(TimeSpan length, double usedPercent, DateTimeOffset resetsAt)
{
    /// <summary>Ordinary use never fills a window: the demo should not end by itself.</summary>
    private const double AlmostFull = 98;

    public TimeSpan Length { get; } = length;

    public double UsedPercent { get; private set; } = usedPercent;

    public DateTimeOffset ResetsAt { get; private set; } = resetsAt;

    public bool IsFull => UsedPercent >= 100;

    public void Roll(DateTimeOffset now)
    {
        if (now < ResetsAt) return;
        UsedPercent = 0;
        while (ResetsAt <= now) ResetsAt += Length;
    }

    public void Use(double percent)
    {
        if (!IsFull) UsedPercent = Math.Round(Math.Min(AlmostFull, UsedPercent + percent), 2);
    }

    public void Reset(DateTimeOffset now)
    {
        UsedPercent = 0;
        ResetsAt = now + Length;
    }

    public void Fill(DateTimeOffset until)
    {
        UsedPercent = 100;
        ResetsAt = until;
    }
}
