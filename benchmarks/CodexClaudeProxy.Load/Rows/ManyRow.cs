using CodexClaudeProxy.Load.Backend;
using CodexClaudeProxy.Load.Client;
using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>Three thousand streams at the same time, each with an event every two seconds: none may be refused or break off.</summary>
internal static class ManyRow
{
    private const string Failed = "many", Late = "many-p99", Memory = "many-rss";
    private const int Streams = 3_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(15);

    public static readonly Row Row = new("many", IsOverTls: true, MeasureAsync,
    [
        new Metric(Failed, "Failed of 3,000 streams at the same time", 0, Goal.AtMost(0)),
        new Metric(Late, "Event on its way there, p99 (ms)", 2),
        new Metric(Memory, "RSS there (MB)", 0),
    ]);

    private static async Task MeasureAsync(Bench bench)
    {
        foreach (Target target in bench.Ours)
        {
            await bench.RestartAsync(target);
            await bench.Backend.PlayAsync(Pace.Steady, 64, Interval);
            Crowd crowd = await Crowd.OpenAsync(target, ClientRequest.Small, Streams, Spread);
            crowd.Tally.StartTiming();
            await Task.Delay(bench.Plan.Window);
            crowd.Tally.StopTiming();
            bench.Results.Add(Memory, target, target.Tree.Resident);
            await bench.Backend.FinishAsync();
            await crowd.EndAsync();
            bench.Results.Add(Failed, target, crowd.Failures);
            bench.Results.Add(Late, target, crowd.Tally.Percentile(0.99));
        }
    }
}
