namespace CodexClaudeProxy.Activity;

/// <summary>
/// Durations, counted in buckets that are each a twelfth wider than the one before (eight to a doubling): a percentile read from it
/// is at most 5 % off, two add up without loss, and a stored one takes a few bytes.
/// </summary>
internal sealed class Histogram
{
    private const int PerDoubling = 8;

    /// <summary>Up to more than a day.</summary>
    private const int Buckets = 27 * PerDoubling;

    private int[]? _counts;
    private int _total;

    /// <summary>Most tallies of a series stay empty.</summary>
    private int[] Counts => _counts ??= new int[Buckets];

    public void Add(int milliseconds)
    {
        Counts[BucketOf(milliseconds)]++;
        _total++;
    }

    public void Add(Histogram other)
    {
        if (other._counts is null) return;
        for (int i = 0; i < Buckets; i++) Counts[i] += other._counts[i];
        _total += other._total;
    }

    /// <summary>The duration that this part of all is not longer than; null when there are none.</summary>
    public int? Percentile(double part)
    {
        if (_counts is null || _total == 0) return null;
        long rank = Math.Max(1, (long)Math.Ceiling(part * _total));
        int bucket = 0;
        for (long seen = _counts[0]; seen < rank; seen += _counts[++bucket])
        {
        }

        return MiddleOf(bucket);
    }

    /// <summary>Adds what <see cref="Write"/> made. Anything else is left out as far as it makes no sense.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        int bucket = 0;
        while (TryReadNumber(ref bytes, out int skipped) && TryReadNumber(ref bytes, out int count))
        {
            bucket += skipped;
            if (bucket is < 0 or >= Buckets) return;
            Counts[bucket] += count;
            _total += count;
        }
    }

    /// <summary>For each bucket in use: how many are skipped, and the count; seven bits to a byte, the lowest first.</summary>
    public byte[] Write()
    {
        var bytes = new List<byte>();
        int last = 0;
        for (int i = 0; _counts is not null && i < Buckets; i++)
        {
            if (_counts[i] == 0) continue;
            WriteNumber(bytes, i - last);
            WriteNumber(bytes, _counts[i]);
            last = i;
        }

        return [.. bytes];
    }

    private static int BucketOf(int milliseconds)
    {
        if (milliseconds <= 1) return 0;
        return Math.Min((int)(Math.Log2(milliseconds) * PerDoubling), Buckets - 1);
    }

    private static int MiddleOf(int bucket) => bucket == 0 ? 1 : (int)Math.Round(Math.Pow(2, (bucket + 0.5) / PerDoubling));

    private static void WriteNumber(List<byte> to, int number)
    {
        for (uint rest = (uint)number; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                to.Add((byte)rest);
                return;
            }

            to.Add((byte)(rest | 0x80));
        }
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> from, out int number)
    {
        uint value = 0;
        for (int i = 0; i < from.Length && i < 5; i++)
        {
            value |= (uint)(from[i] & 0x7F) << (7 * i);
            if (from[i] >= 0x80) continue;
            from = from[(i + 1)..];
            number = (int)value;
            return true;
        }

        number = 0;
        return false;
    }
}
