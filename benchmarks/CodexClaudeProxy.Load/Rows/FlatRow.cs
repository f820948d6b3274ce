using CodexClaudeProxy.Load.Backend;
using CodexClaudeProxy.Load.Client;
using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>Whether the ten-thousandth request costs what the thousandth did, and how much memory has stayed.</summary>
internal static class FlatRow
{
    private const string First = "flat-cpu-first", Last = "flat-cpu-last", Before = "flat-rss-first", After = "flat-rss-last";
    private const int Sessions = 50;

    public static readonly Row Row = new("flat", IsOverTls: false, MeasureAsync,
    [
        new Metric(First, "CPU per request of 73 KB, the second tenth of 10,000 (ms)", 2),
        new Metric(Last, "CPU per request of 73 KB, the last tenth (ms)", 2),
        new Metric(Before, "RSS after the first tenth (MB)", 0),
        new Metric(After, "RSS after the last (MB)", 0),
    ]);

    private static async Task MeasureAsync(Bench bench)
    {
        int tenth = bench.Plan.FlatRequests / 10;
        foreach (Target target in bench.Ours)
        {
            await bench.RestartAsync(target);
            await bench.Backend.PlayAsync(Pace.Burst, 5);
            using Connection connection = new();
            await connection.ConnectAsync(target.Port);
            await SendAsync(connection, target, 0, tenth);
            bench.Results.Add(Before, target, target.Tree.Resident);
            bench.Results.Add(First, target, await SendAsync(connection, target, tenth, tenth));
            await SendAsync(connection, target, 2 * tenth, 7 * tenth);
            bench.Results.Add(Last, target, await SendAsync(connection, target, 9 * tenth, tenth));
            bench.Results.Add(After, target, target.Tree.Resident);
        }
    }

    /// <returns>The processor time of a request in milliseconds.</returns>
    private static async Task<double> SendAsync(Connection connection, Target target, int from, int count)
    {
        TimeSpan cpu = target.Tree.Cpu;
        for (int turn = from; turn < from + count; turn++)
        {
            ReplyReader reply = await connection.ExchangeAsync(ClientRequest.Usual.Bytes(isMessages: true, session: turn % Sessions, turn));
            if (!reply.IsGood) throw new InvalidOperationException($"{target.Name} answered with {reply.Ending}");
        }
        return (target.Tree.Cpu - cpu).TotalMilliseconds / count;
    }
}
