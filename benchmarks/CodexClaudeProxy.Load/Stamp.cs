using System.Diagnostics;

namespace CodexClaudeProxy.Load;

/// <summary>
/// When a delta was written, as a part of its text: a mark and sixteen digits, microseconds of the machine's monotonic clock, which is the same in
/// every process. Nothing else in a body has the mark, so marks are also what events are counted by; where no time is needed, the mark stands alone.
/// </summary>
internal static class Stamp
{
    public const byte Mark = (byte)'@';
    public const int Length = 17;

    /// <summary>What stands where no time is told.</summary>
    public const string Blank = "@0000000000000000";

    private static readonly long TicksPerMicrosecond = Stopwatch.Frequency / 1_000_000;

    public static long Now => Stopwatch.GetTimestamp() / TicksPerMicrosecond;

    public static void Write(Span<byte> stamp)
    {
        long rest = Now;
        for (int i = Length - 1; i > 0; i--, rest /= 10) stamp[i] = (byte)('0' + rest % 10);
    }

    /// <param name="text">Begins with the mark.</param>
    /// <returns>0 when it is blank, or cut by the end of what was received.</returns>
    public static long Read(ReadOnlySpan<byte> text)
    {
        if (text.Length < Length) return 0;
        long time = 0;
        foreach (byte digit in text[1..Length])
        {
            if (digit is < (byte)'0' or > (byte)'9') return 0;
            time = time * 10 + (digit - '0');
        }
        return time;
    }
}
