using CodexClaudeProxy.Load.Backend;
using CodexClaudeProxy.Load.Client;
using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>Requests of three sizes with a short answer, one after the other: the processor time of each, and how much later its first delta comes.</summary>
internal static class RequestsRow
{
    private const string Median = "first-p50", Late = "first-p95";

    private static readonly (string Key, ClientRequest Request, int Part)[] Sizes =
        [("request-small", ClientRequest.Small, 1), ("request-usual", ClientRequest.Usual, 1), ("request-large", ClientRequest.Large, 6)];

    public static readonly Row Row = new("requests", IsOverTls: true, MeasureAsync,
    [
        new Metric("request-small", "CPU per request, 0.8 KB (ms)", 2, Goal.AtMost(0.45)),
        new Metric("request-usual", "CPU per request, 73 KB (ms)", 2, Goal.AtMost(0.9)),
        new Metric("request-large", "CPU per request, 1 MB (ms)", 2, Goal.AtMost(4)),
        new Metric(Median, "Added to the first delta, 73 KB, p50 (ms)", 2, Goal.AtMost(0.6)),
        new Metric(Late, "The same, p95 (ms)", 2),
    ]);

    private static async Task MeasureAsync(Bench bench)
    {
        await bench.RunAllAsync();
        await bench.Backend.PlayAsync(Pace.Burst, 5);
        foreach ((string key, ClientRequest request, int part) in Sizes)
        {
            await Bench.InTurnAsync(bench.Plan.Rounds, bench.Targets, async target =>
            {
                TimeSpan cpu = target.Tree.Cpu;
                double[] firsts = await SendAsync(target, request, bench.Plan.Requests / part);
                bench.Results.Add(key, target, (target.Tree.Cpu - cpu).TotalMilliseconds / firsts.Length);
                if (request != ClientRequest.Usual) return;
                double[] direct = await SendAsync(bench.Direct, request, bench.Plan.Requests);
                bench.Results.Add(Median, target, At(firsts, 0.5) - At(direct, 0.5));
                bench.Results.Add(Late, target, At(firsts, 0.95) - At(direct, 0.95));
            });
        }
    }

    /// <returns>How many milliseconds after each request its first delta came, the shortest first.</returns>
    private static async Task<double[]> SendAsync(Target target, ClientRequest request, int count)
    {
        List<double> firsts = [];
        using Connection connection = new();
        await connection.ConnectAsync(target.Port);
        for (int turn = 0; turn < count; turn++)
        {
            ReplyReader reply = await connection.ExchangeAsync(request.Bytes(target.IsMessages, session: 0, turn), started: time => firsts.Add(time.TotalMilliseconds));
            if (!reply.IsGood) throw new InvalidOperationException($"{target.Name} answered with {reply.Ending}");
        }
        return [.. firsts.Order()];
    }

    private static double At(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];
}
