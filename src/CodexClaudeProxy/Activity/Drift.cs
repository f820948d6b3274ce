using System.Collections.Concurrent;

namespace CodexClaudeProxy.Activity;

/// <summary>Where something new was met.</summary>
internal enum DriftKind
{
    /// <summary>A member of a client's request, or the type of a block in it.</summary>
    Request,

    /// <summary>A value of the header <c>anthropic-beta</c>.</summary>
    Beta,

    /// <summary>An event or item of upstream.</summary>
    UpstreamEvent,
}

/// <summary>One thing that was new to us.</summary>
/// <param name="FirstClient">The client, with its version, in whose turn it was met first.</param>
internal sealed record DriftEntry(DriftKind Kind, string Name, DateTimeOffset FirstSeen, string? FirstClient, long Count);

/// <summary>Counts what clients and backend send that this version does not know: the first sign that it has to be brought up to date.</summary>
internal sealed partial class Drift(TimeProvider time, ILogger log)
{
    private const int Most = 500;
    private const int LongestName = 100;

    /// <summary>Two names of up to a hundred letters, and their places.</summary>
    private const int EntryBytes = 600;

    private readonly ConcurrentDictionary<(DriftKind Kind, string Name), Counter> _counters = new();
    private long _beyond;

    private sealed class Counter(DateTimeOffset firstSeen, string? firstClient)
    {
        public DateTimeOffset FirstSeen { get; } = firstSeen;

        public string? FirstClient { get; } = firstClient;

        public long Count;
    }

    /// <summary>What was not counted one by one, because there are too many things already.</summary>
    public long Beyond => Interlocked.Read(ref _beyond);

    public CacheSize Size => new("drift", _counters.Count * EntryBytes, Most * EntryBytes, _counters.Count);

    /// <summary>In the order they were met.</summary>
    public IReadOnlyList<DriftEntry> Entries =>
        [.. _counters.Select(entry => new DriftEntry(entry.Key.Kind, entry.Key.Name, entry.Value.FirstSeen, entry.Value.FirstClient, Interlocked.Read(ref entry.Value.Count)))
            .OrderBy(entry => entry.FirstSeen).ThenBy(entry => entry.Name, StringComparer.Ordinal)];

    /// <param name="client">The client's <c>User-Agent</c>.</param>
    public void Note(DriftKind kind, string name, string? client)
    {
        (DriftKind, string) key = (kind, Cut(name)!);
        if (!_counters.TryGetValue(key, out Counter? counter))
        {
            if (_counters.Count >= Most)
            {
                Interlocked.Increment(ref _beyond);
                return;
            }

            var added = new Counter(time.GetUtcNow(), Cut(client));
            counter = _counters.GetOrAdd(key, added);
            if (ReferenceEquals(counter, added)) New(log, kind, key.Item2, added.FirstClient ?? "an unnamed client");
        }

        Interlocked.Increment(ref counter.Count);
    }

    private static string? Cut(string? text) => text is { Length: > LongestName } ? text[..LongestName] + "…" : text;

    [LoggerMessage(500, LogLevel.Information, "Unknown to this version ({Kind}): {Name}, first seen from {Client}")]
    private static partial void New(ILogger log, DriftKind kind, string name, string client);
}
