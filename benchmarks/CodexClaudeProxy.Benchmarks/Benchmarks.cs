using System.Globalization;
using BenchmarkDotNet.Running;

namespace CodexClaudeProxy.Benchmarks;

internal static class Benchmarks
{
    private static async Task Main(string[] args)
    {
        if (args is [StatisticsMeasurement.Word, var rows, var directory])
            await StatisticsMeasurement.RunAsync(int.Parse(rows, CultureInfo.InvariantCulture), directory);
        else
            BenchmarkSwitcher.FromAssembly(typeof(Benchmarks).Assembly).Run(args);
    }
}
