using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Rows;

/// <summary>How large the program's one file is.</summary>
internal static class SizeRow
{
    private const string Size = "size";

    public static readonly Row Row = new("size", IsOverTls: false, MeasureAsync, [new Metric(Size, "Binary (MB)", 1, Goal.AtMost(16))]);

    private static Task MeasureAsync(Bench bench)
    {
        foreach (Target target in bench.Ours) bench.Results.Add(Size, target, new FileInfo(target.Binary).Length / 1e6);
        return Task.CompletedTask;
    }
}
