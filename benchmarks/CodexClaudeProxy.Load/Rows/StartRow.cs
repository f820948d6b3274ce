using CodexClaudeProxy.Load.Report;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>From the start of a process to its first answer, with one account.</summary>
internal static class StartRow
{
    private const string Time = "start", Cpu = "start-cpu";

    public static readonly Row Row = new("start", IsOverTls: false, MeasureAsync,
    [
        new Metric(Time, "Start to first 200, best (ms)", 1, Goal.AtMost(25), Summary.Best),
        new Metric(Time, "Start to first 200, median (ms)", 1),
        new Metric(Cpu, "CPU of a start, best (ms)", 1, Goal.AtMost(15), Summary.Best),
        new Metric(Cpu, "CPU of a start, median (ms)", 1),
    ]);

    private static async Task MeasureAsync(Bench bench)
    {
        await bench.StopAllAsync();
        await Bench.InTurnAsync(bench.Plan.Starts, bench.Targets, async target =>
        {
            (TimeSpan time, TimeSpan cpu) = await target.StartAsync();
            bench.Results.Add(Time, target, time.TotalMilliseconds);
            bench.Results.Add(Cpu, target, cpu.TotalMilliseconds);
            await target.StopAsync();
        });
    }
}
