using CodexClaudeProxy.Protocol.AutoMode;

namespace CodexClaudeProxy.Turns.Memory;

/// <summary>
/// Verdicts on tool calls, for the same call under the same words of the user: a client that repeats a request does not have it judged
/// again. By hashes, in memory only, bounded, and for an hour.
/// </summary>
internal sealed class VerdictMemory(TimeProvider time, Action emptied) : IDisposable
{
    public const long LimitBytes = 1_048_576;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Of an entry, beside its explanation.</summary>
    private const int EntryBytes = 500;

    private readonly RecentlyUsed<string, CallJudgement> _known = new(LimitBytes, Lifetime, time, emptied);

    public CacheSize Size => _known.SizeAs("verdicts");

    public CallJudgement? Find(string key)
    {
        if (!_known.TryPeek(key, out CallJudgement? known)) return null;
        _known.Renew(key);
        return known;
    }

    /// <summary>What was left open is asked again.</summary>
    public void Keep(string key, CallJudgement judgement)
    {
        if (judgement.Outcome is not null) _known.Set(key, judgement, EntryBytes + 2 * (judgement.Explanation?.Length ?? 0));
    }

    public void Dispose() => _known.Dispose();
}
