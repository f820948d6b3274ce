using CodexClaudeProxy.Load.Report;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>One thing that is measured, and the lines it has in the table.</summary>
internal sealed record Row(string Name, bool IsOverTls, Func<Bench, Task> MeasureAsync, IReadOnlyList<Metric> Metrics)
{
    /// <summary>In the order of their running: first what wants fresh processes.</summary>
    public static readonly IReadOnlyList<Row> All =
    [
        SizeRow.Row,
        StartRow.Row,
        IdleRow.Row,
        EventsRow.Of("events-100", "100 streams × 20/s", streams: 100, perSecond: 20, Goal.Times(1.2)),
        EventsRow.Of("events-1", "1 stream × 50/s", streams: 1, perSecond: 50, Goal.Times(1.4)),
        EventsRow.Of("events-1000", "1,000 streams × 2/s", streams: 1_000, perSecond: 2, Goal.Times(1.3)),
        SlopeRow.Row,
        RequestsRow.Row,
        MixedRow.Row,
        MemoryRow.Row,
        FlatRow.Row,
        ManyRow.Row,
    ];
}
