using System.Diagnostics;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>What it costs a turn that its first account is used up. The figures of benchmarks/README.md come from here.</summary>
public sealed class FailoverLatencyTests(ITestOutputHelper output)
{
    private const int WarmUp = 50;

    private static readonly int Turns = Environment.GetEnvironmentVariable("CCP_LONG_RUNS") == "1" ? 300 : 50;

    private const string Limited = """{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":60}}""";

    [Fact]
    public async Task Moving_on_to_another_account_costs_milliseconds()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await using RunningProxy one = await RunningProxy.StartAsync(accounts: 1, time);
        await using RunningProxy two = await RunningProxy.StartAsync(accounts: 2, time);
        one.Backend.AnswerAll(_ => Reply.Text("served"));
        two.Backend.AnswerAll(request => request.User == two.Users[0] ? Reply.Json(429, Limited) : Reply.Text("served"));

        List<double> direct = [], moved = [];
        for (int i = 0; i < WarmUp + Turns; i++)
        {
            // In turns, and in both orders, so that both meet the same neighbours on the machine.
            double first = i % 2 == 0 ? await MeasureAsync(one, i) : 0;
            double second = await MeasureAsync(two, i);
            if (i % 2 != 0) first = await MeasureAsync(one, i);
            // The used-up account is renewed, and the next turn begins with it again.
            time.Advance(TimeSpan.FromSeconds(61));
            if (i < WarmUp) continue;
            direct.Add(first);
            moved.Add(second);
        }

        Assert.Equal(2 * (WarmUp + Turns), two.Backend.Requests.Count);
        direct.Sort();
        moved.Sort();
        output.WriteLine($"one account: median {direct[Turns / 2]:0.00} ms, fastest {direct[0]:0.00} ms; moved on: median {moved[Turns / 2]:0.00} ms, fastest {moved[0]:0.00} ms; added: median {moved[Turns / 2] - direct[Turns / 2]:0.00} ms, fastest {moved[0] - direct[0]:0.00} ms");
        // Far above what is measured, and far below any wait or a retry in place.
        Assert.InRange(moved[Turns / 2] - direct[Turns / 2], -5, 150);
    }

    /// <summary>Milliseconds from sending the request to the whole answer.</summary>
    private static async Task<double> MeasureAsync(RunningProxy proxy, int number)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask($"Conversation {number}"));
        string answer = await response.Content.ReadAsStringAsync();
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Assert.Contains("served", answer, StringComparison.Ordinal);
        return elapsed;
    }
}
