using CodexClaudeProxy.Load.Backend;
using CodexClaudeProxy.Load.Client;
using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>What each further event of one stream costs when events come as fast as they are taken: the cost of streams of three lengths, one less another.</summary>
internal static class SlopeRow
{
    private const string Short = "slope-5000", Long = "slope-50000";

    /// <summary>How many events a stream has, and how many such streams there are in a round.</summary>
    private static readonly (int Events, int Streams)[] Lengths = [(500, 40), (5_000, 20), (50_000, 4)];

    public static readonly Row Row = new("slope", IsOverTls: true, MeasureAsync,
    [
        new Metric(Short, "CPU of a further event, 500 → 5,000 events (µs)", 2, Goal.AtMost(2)),
        new Metric(Long, "CPU of a further event, 5,000 → 50,000 events (µs)", 2),
    ]);

    private static async Task MeasureAsync(Bench bench)
    {
        await bench.RunAllAsync();
        Dictionary<(Target, int), List<double>> costs = [];
        foreach ((int events, int streams) in Lengths)
        {
            await bench.Backend.PlayAsync(Pace.Burst, events);
            await Bench.InTurnAsync(bench.Plan.Rounds, bench.Targets, async target =>
            {
                if (!costs.TryGetValue((target, events), out List<double>? found)) costs[(target, events)] = found = [];
                found.Add(await CostAsync(target, events, streams));
            });
        }

        foreach (Target target in bench.Targets)
        {
            for (int round = 0; round < bench.Plan.Rounds; round++)
            {
                bench.Results.Add(Short, target, (costs[(target, 5_000)][round] - costs[(target, 500)][round]) / 4_500);
                bench.Results.Add(Long, target, (costs[(target, 50_000)][round] - costs[(target, 5_000)][round]) / 45_000);
            }
        }
    }

    /// <returns>The processor time of a stream in microseconds.</returns>
    private static async Task<double> CostAsync(Target target, int events, int streams)
    {
        using Connection connection = new();
        await connection.ConnectAsync(target.Port);
        await ExchangeAsync(0);
        TimeSpan cpu = target.Tree.Cpu;
        for (int turn = 1; turn <= streams; turn++) await ExchangeAsync(turn);
        return (target.Tree.Cpu - cpu).TotalMicroseconds / streams;

        async Task ExchangeAsync(int turn)
        {
            ReplyReader reply = await connection.ExchangeAsync(ClientRequest.Small.Bytes(target.IsMessages, session: 0, turn));
            if (!reply.IsGood || reply.Events < events) throw new InvalidOperationException($"{target.Name} sent {reply.Events} of {events} events and ended with {reply.Ending}");
        }
    }
}
