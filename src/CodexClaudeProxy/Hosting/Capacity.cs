namespace CodexClaudeProxy.Hosting;

/// <summary>
/// What the system's limit on open files leaves for clients and their streams. A stream needs two connections, the client's and ours to the
/// backend: one that could not have both is refused before anything is tried. Some connections more are taken than there can be streams, so that
/// there is somebody to tell it.
/// </summary>
internal sealed class Capacity
{
    /// <summary>The program's own files, and connections beside those of streams.</summary>
    private const int Reserve = 40;
    private const int Spare = 12;
    private const int Fewest = 4;

    private int _streams;

    /// <param name="descriptors">How many files and connections may be open.</param>
    public Capacity(int descriptors)
    {
        MostStreams = Math.Max(Fewest, (descriptors - Reserve - Spare) / 2);
        MostConnections = Math.Max(MostStreams, MostStreams + Spare);
    }

    public int MostStreams { get; }

    public int MostConnections { get; }

    /// <summary>False when there is no room for another stream now.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _streams) <= MostStreams) return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _streams);
}
