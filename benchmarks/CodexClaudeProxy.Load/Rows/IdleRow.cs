using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>The memory of a process that has started and served nothing yet.</summary>
internal static class IdleRow
{
    private const string Resident = "idle-rss", Proportional = "idle-pss";
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    public static readonly Row Row = new("idle", IsOverTls: false, MeasureAsync,
    [
        new Metric(Resident, "RSS idle, one account (MB)", 1, Goal.AtMost(20)),
        new Metric(Proportional, "PSS idle, one account (MB)", 1),
    ]);

    private static async Task MeasureAsync(Bench bench)
    {
        await bench.StopAllAsync();
        foreach (Target target in bench.Targets) await target.StartAsync();
        await Task.Delay(Rest);
        foreach (Target target in bench.Targets)
        {
            bench.Results.Add(Resident, target, target.Tree.Resident);
            bench.Results.Add(Proportional, target, target.Tree.Proportional);
        }
        // Others want them warmed up.
        await bench.StopAllAsync();
    }
}
