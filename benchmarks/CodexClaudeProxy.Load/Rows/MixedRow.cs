using CodexClaudeProxy.Load.Backend;
using CodexClaudeProxy.Load.Client;
using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>Whether a paced stream waits for others: twenty of them while four requests of 5 MB arrive each second.</summary>
internal static class MixedRow
{
    private const string Median = "mixed-p50", Late = "mixed-p99";
    private const int Streams = 20, PerSecond = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static readonly Row Row = new("mixed", IsOverTls: true, MeasureAsync,
    [
        new Metric(Median, "Event on its way, 20 streams × 20/s beside requests of 5 MB, p50 (ms)", 2),
        new Metric(Late, "The same, p99 (ms)", 2),
    ]);

    private static async Task MeasureAsync(Bench bench)
    {
        await bench.RunAllAsync();
        await Bench.InTurnAsync(bench.Plan.Rounds, bench.Targets, async target =>
        {
            await bench.Backend.PlayAsync(Pace.Steady, 64, TimeSpan.FromSeconds(1) / PerSecond);
            Crowd crowd = await Crowd.OpenAsync(target, ClientRequest.Small, Streams, TimeSpan.FromSeconds(0.1));
            await Task.Delay(bench.Plan.Settling);
            crowd.Tally.StartTiming();
            await SendAsync(target, (int)(bench.Plan.Window / Interval));
            crowd.Tally.StopTiming();
            await bench.Backend.FinishAsync();
            await crowd.EndAsync();
            bench.Results.Add(Median, target, crowd.Tally.Percentile(0.5));
            bench.Results.Add(Late, target, crowd.Tally.Percentile(0.99));
        });
    }

    private static async Task SendAsync(Target target, int count)
    {
        byte[] request = ClientRequest.Huge.Bytes(target.IsMessages, session: Streams, turn: 0);
        using PeriodicTimer timer = new(Interval);
        for (; count > 0; count--)
        {
            await SendAsync(target, request);
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>The answer is one of the paced streams, too, and ends with its first event.</summary>
    private static async Task SendAsync(Target target, byte[] request)
    {
        using Connection connection = new();
        using CancellationTokenSource seen = new();
        await connection.ConnectAsync(target.Port);
        try
        {
            await connection.ExchangeAsync(request, started: _ => seen.Cancel(), cancellation: seen.Token);
        }
        catch (OperationCanceledException) when (seen.IsCancellationRequested)
        {
            // It has begun; that is all.
        }
    }
}
