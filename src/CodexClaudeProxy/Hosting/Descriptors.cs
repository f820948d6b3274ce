using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Hosting;

/// <summary>How many files and connections the system lets this process have open at once.</summary>
internal static partial class Descriptors
{
    // A process may ask for more than the system gives: macOS says "unlimited" and means this.
    private const ulong MostOnApple = 10_240;

    /// <summary>Raises the limit as far as it may be raised.</summary>
    /// <returns>What holds now; <see cref="int.MaxValue"/> where there is none.</returns>
    public static int Raise()
    {
        if (OperatingSystem.IsWindows()) return int.MaxValue;
        int resource = OperatingSystem.IsLinux() ? 7 : 8;
        if (GetLimit(resource, out Limits limits) != 0) return int.MaxValue;
        ulong most = OperatingSystem.IsMacOS() ? Math.Min(limits.Hard, MostOnApple) : limits.Hard;
        Limits raised = limits with { Soft = most };
        if (most > limits.Soft && SetLimit(resource, in raised) == 0) limits = raised;
        return (int)Math.Min(limits.Soft, int.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limits limits);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limits limits);

    private record struct Limits(ulong Soft, ulong Hard);
}
