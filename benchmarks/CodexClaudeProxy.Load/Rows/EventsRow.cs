using System.Globalization;
using CodexClaudeProxy.Load.Backend;
using CodexClaudeProxy.Load.Client;
using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>Streams at an even pace: the processor time of an event while nothing but events happens, and how long they are on their way.</summary>
internal sealed class EventsRow
{
    /// <summary>Below this part of the pace the fake backend or the client was held up, and the figures mean little.</summary>
    private const double Enough = 0.97;
    private const double ConnectionsPerSecond = 250;

    private readonly string _name;
    private readonly int _streams;
    private readonly int _perSecond;

    private EventsRow(string name, int streams, int perSecond) => (_name, _streams, _perSecond) = (name, streams, perSecond);

    public static Row Of(string name, string title, int streams, int perSecond, Goal goal)
    {
        EventsRow row = new(name, streams, perSecond);
        return new Row(name, IsOverTls: true, row.MeasureAsync,
        [
            new Metric(name, $"CPU per event, {title} (µs)", 1, goal),
            new Metric(name + "-p50", $"Event on its way, {title}, p50 (ms)", 2),
            new Metric(name + "-p99", "The same, p99 (ms)", 2),
        ]);
    }

    private async Task MeasureAsync(Bench bench)
    {
        await bench.RunAllAsync();
        await Bench.InTurnAsync(bench.Plan.Rounds, bench.Targets, target => MeasureAsync(bench, target));
    }

    private async Task MeasureAsync(Bench bench, Target target)
    {
        await bench.Backend.PlayAsync(Pace.Steady, 64, TimeSpan.FromSeconds(1) / _perSecond);
        Crowd crowd = await Crowd.OpenAsync(target, ClientRequest.Small, _streams, TimeSpan.FromSeconds(_streams / ConnectionsPerSecond));
        await Task.Delay(bench.Plan.Settling);

        Tally tally = crowd.Tally;
        tally.StartTiming();
        (TimeSpan cpu, long events) = (target.Tree.Cpu, tally.Events);
        await Task.Delay(bench.Plan.Window);
        (cpu, events) = (target.Tree.Cpu - cpu, tally.Events - events);
        tally.StopTiming();
        await bench.Backend.FinishAsync();
        await crowd.EndAsync();

        double pace = events / bench.Plan.Window.TotalSeconds / (_streams * _perSecond);
        if (pace < Enough) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_name}, {target.Name}: only {pace:P0} of the pace"));
        bench.Results.Add(_name, target, cpu.TotalMicroseconds / events);
        bench.Results.Add(_name + "-p50", target, tally.Percentile(0.5));
        bench.Results.Add(_name + "-p99", target, tally.Percentile(0.99));
    }
}
