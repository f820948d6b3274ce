using System.Diagnostics;
using System.Globalization;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Report;

/// <summary>Where and when it was measured, and what else the machine did.</summary>
internal sealed class Machine
{
    private readonly string _load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
    private readonly long[] _before = Ticks();

    /// <summary>One paragraph about this run.</summary>
    public string Describe(IEnumerable<Target> targets)
    {
        string system = File.ReadLines("/etc/os-release").First(static line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)).Split('"')[1];
        string processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "unknown processor";
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024);
        long[] spent = [.. Ticks().Zip(_before, static (after, before) => after - before)];
        double stolen = (double)spent[7] / spent.Sum();
        return string.Create(CultureInfo.InvariantCulture, $"""
            Measured on {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC: {system}, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, {Environment.ProcessorCount} × {processor}, {memory} MB.
            The load average at the start was {_load}; {stolen:P1} of the processor time went to other machines on the same host. {string.Join("; ", targets.Select(Version))}.

            """);
    }

    private static string Version(Target target) => $"{target.Name}: {(target.IsMessages ? FirstLine(target.Binary, "version") : FirstLine(target.Binary, "-v"))}";

    private static string FirstLine(string binary, string argument)
    {
        using Process process = Process.Start(new ProcessStartInfo(binary, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        return output.Split('\n')[0].Trim();
    }

    /// <summary>user, nice, system, idle, iowait, irq, softirq, steal.</summary>
    private static long[] Ticks() =>
        [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(static ticks => long.Parse(ticks, CultureInfo.InvariantCulture))];
}
