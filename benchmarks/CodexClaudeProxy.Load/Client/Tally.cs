namespace CodexClaudeProxy.Load.Client;

/// <summary>What many streams receive together: events, and how long each was on its way.</summary>
internal sealed class Tally
{
    private const int MicrosecondsPerStep = 10;

    /// <summary>How many events took how many steps; the last counts everything from a second on.</summary>
    private readonly int[] _steps = new int[1_000_000 / MicrosecondsPerStep];
    private long _events;
    private volatile bool _isTiming;

    public long Events => Interlocked.Read(ref _events);

    /// <summary>From now on latencies count.</summary>
    public void StartTiming() => _isTiming = true;

    public void StopTiming() => _isTiming = false;

    /// <param name="sent">When it was written; 0 when that is not known.</param>
    public void Add(long sent)
    {
        Interlocked.Increment(ref _events);
        if (!_isTiming || sent == 0) return;
        long step = Math.Clamp((Stamp.Now - sent) / MicrosecondsPerStep, 0, _steps.Length - 1);
        Interlocked.Increment(ref _steps[step]);
    }

    /// <summary>The time that this part of the events did not exceed, in milliseconds.</summary>
    public double Percentile(double part)
    {
        long wanted = (long)Math.Ceiling(_steps.Sum(static count => (long)count) * part);
        int step = 0;
        for (long seen = _steps[0]; seen < wanted; seen += _steps[step]) step++;
        return (step + 0.5) * MicrosecondsPerStep / 1000;
    }
}
