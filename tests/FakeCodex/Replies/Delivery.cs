namespace FakeCodex;

/// <summary>Where the bytes of a stream are cut into separately flushed pieces.</summary>
public sealed class Delivery
{
    private readonly Func<ReadOnlyMemory<byte>, IEnumerable<int>> _cuts;

    private Delivery(string name, Func<ReadOnlyMemory<byte>, IEnumerable<int>> cuts)
    {
        Name = name;
        _cuts = cuts;
    }

    public string Name { get; }

    public static Delivery Whole { get; } = new("whole", _ => []);

    /// <summary>One piece for each frame, up to and with its blank line.</summary>
    public static Delivery PerEvent { get; } = new("per event", FrameEnds);

    public static Delivery OneByte { get; } = new("one byte", bytes => Enumerable.Range(1, Math.Max(0, bytes.Length - 1)));

    public static Delivery Every(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new($"every {count}", bytes => Enumerable.Range(1, bytes.Length / count).Select(piece => piece * count));
    }

    /// <summary>Cuts before the bytes at these offsets of each piece of the script (of the whole stream for a fixture).</summary>
    public static Delivery At(params int[] offsets) => new("at " + string.Join(',', offsets), _ => offsets.Order());

    public override string ToString() => Name;

    internal IEnumerable<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> bytes)
    {
        int start = 0;
        foreach (int cut in _cuts(bytes).Where(cut => cut > 0 && cut < bytes.Length))
        {
            yield return bytes[start..cut];
            start = cut;
        }
        if (start < bytes.Length) yield return bytes[start..];
    }

    private static IEnumerable<int> FrameEnds(ReadOnlyMemory<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (EndsFrame(bytes.Span, i)) yield return i + 1;
        }
    }

    /// <summary>A line end directly after a line end, LF or CRLF.</summary>
    private static bool EndsFrame(ReadOnlySpan<byte> bytes, int at) =>
        bytes[at] == '\n' && (bytes[..at].EndsWith("\n"u8) || bytes[..at].EndsWith("\n\r"u8));
}
