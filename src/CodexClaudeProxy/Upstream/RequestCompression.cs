using System.Collections.Concurrent;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Upstream;

/// <summary>
/// Which requests go to the backend compressed: those the owner wants to, except to a host that turned out not to read them. That is not the
/// backend itself but what stands in front of it here, so it is remembered until the program ends and no longer.
/// </summary>
/// <param name="isOfficial">The backend is the one of the official client.</param>
internal sealed partial class RequestCompression(bool isOfficial, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>What is shorter goes into one packet anyway.</summary>
    private const int Worthwhile = 1024;

    private readonly ConcurrentDictionary<string, bool> _refusing = [];

    public ZstdEncoder Encoder { get; } = new(time);

    /// <summary>The hosts that did not read compressed requests.</summary>
    public IEnumerable<string> RefusedBy => _refusing.Keys.Order(StringComparer.Ordinal);

    /// <summary>The owner wants it, for a backend that is the official one or another.</summary>
    public static bool IsWanted(CompressionChoice choice, bool isOfficial) => choice == CompressionChoice.On || (choice == CompressionChoice.Auto && isOfficial);

    /// <param name="host">Where the request goes.</param>
    /// <param name="length">Of its plain body.</param>
    public bool Applies(CompressionChoice choice, string host, int length) => length >= Worthwhile && IsWanted(choice, isOfficial) && !_refusing.ContainsKey(host);

    /// <summary>The host read plain what it did not read compressed.</summary>
    public void NoteRefusal(string host)
    {
        if (_refusing.TryAdd(host, true)) Refused(log, host);
    }

    public void Dispose() => Encoder.Dispose();

    [LoggerMessage(330, LogLevel.Warning, "{Host} did not accept compressed requests; until the proxy is restarted they are sent uncompressed")]
    private static partial void Refused(ILogger log, string host);
}
