using System.Diagnostics;
using CodexClaudeProxy.Load.Backend;
using CodexClaudeProxy.Load.Client;
using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>The memory of a process while a thousand answers to requests of 73 KB have begun, and some time after they ended.</summary>
internal static class MemoryRow
{
    private const string Open = "memory-open", After = "memory-after";
    private const int Streams = 1_000;
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);

    public static readonly Row Row = new("memory", IsOverTls: true, MeasureAsync,
    [
        new Metric(Open, "RSS at 1,000 open streams with 73 KB bodies (MB)", 0, Goal.AtMost(100)),
        new Metric(After, "RSS a minute after they ended (MB)", 0),
    ]);

    private static async Task MeasureAsync(Bench bench)
    {
        Dictionary<Target, long> ended = [];
        foreach (Target target in bench.Targets)
        {
            await bench.RestartAsync(target);
            await bench.Backend.PlayAsync(Pace.Held, 1);
            Crowd crowd = await Crowd.OpenAsync(target, ClientRequest.Usual, Streams, Spread);
            await Task.Delay(Calm);
            bench.Results.Add(Open, target, target.Tree.Resident);
            await bench.Backend.FinishAsync();
            await crowd.EndAsync();
            ended[target] = Stopwatch.GetTimestamp();
        }

        foreach (Target target in bench.Targets)
        {
            TimeSpan rest = bench.Plan.Rest - Stopwatch.GetElapsedTime(ended[target]);
            if (rest > TimeSpan.Zero) await Task.Delay(rest);
            bench.Results.Add(After, target, target.Tree.Resident);
        }
    }
}
