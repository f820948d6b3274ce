using System.Globalization;
using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Load.Targets;

/// <summary>What a process and its children use, as Linux counts it.</summary>
internal sealed partial class ProcessTree(int root)
{
    private const int SchedulerClock = 2;

    /// <summary>The processor time of all threads, also those that ended; to the nanosecond, while <c>/proc</c> counts hundredths of a second.</summary>
    public TimeSpan Cpu
    {
        get
        {
            long nanoseconds = 0;
            Span<long> time = stackalloc long[2];
            foreach (int process in Processes())
            {
                // A process's clock, as clock_getcpuclockid makes it.
                if (ReadClock((~process << 3) | SchedulerClock, time) == 0) nanoseconds += time[0] * 1_000_000_000 + time[1];
            }
            return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        }
    }

    /// <summary>Memory in RAM, in MB; what processes share counts in each of them.</summary>
    public double Resident => Sum("Rss:");

    /// <summary>The same; what processes share counts in parts.</summary>
    public double Proportional => Sum("Pss:");

    private double Sum(string name) => Processes().Sum(process => File.ReadLines($"/proc/{process}/smaps_rollup")
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Sum(static line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))) / 1024;

    private List<int> Processes()
    {
        List<int> found = [root];
        for (int at = 0; at < found.Count; at++)
        {
            foreach (string thread in Directory.EnumerateDirectories($"/proc/{found[at]}/task"))
                found.AddRange(File.ReadAllText(thread + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture)));
        }
        return found;
    }

    /// <param name="clock">Which one.</param>
    /// <param name="time">Seconds and nanoseconds.</param>
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, Span<long> time);
}
