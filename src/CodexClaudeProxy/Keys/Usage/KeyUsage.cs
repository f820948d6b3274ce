using System.Collections.Concurrent;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Keys.Usage;

/// <summary>
/// How much of its limits each key has used. When a key is first asked about, the request log tells what it used before; from then on every
/// request counts when it ends. So what is counted outlives a restart, and a new limit begins with what is in the log already.
/// </summary>
/// <param name="prices">What the estimates of the cost are made with.</param>
/// <param name="zone">Whose days and months count.</param>
internal sealed class KeyUsage(ClientKeys keys, ActivityStore activity, Func<PriceList> prices, Func<TimeZoneInfo> zone, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Meter> _meters = [];

    /// <summary>Whose days and months count.</summary>
    public TimeZoneInfo Zone => zone();

    /// <summary>A name for people, of what requests keep of a key.</summary>
    /// <param name="kept">See <see cref="KeyName"/>.</param>
    public string LabelOf(string kept) => keys.Read().FindById(KeyName.IdIn(kept)!)?.Name ?? $"{KeyName.NameIn(kept)} (deleted)";

    /// <summary>A request has ended, whichever way.</summary>
    public void Add(RequestEntry entry)
    {
        if (entry.Key is not { } key || !_meters.TryGetValue(KeyName.IdIn(key)!, out Meter? meter)) return;
        lock (meter)
        {
            if (meter.Counted is { } counted) counted.Add(entry.Id);
            if (Counts(entry)) meter.Sums.Add(UseOf(entry));
            else meter.Sums.NoteUse(entry.Ended);
        }
    }

    /// <summary>The limit that keeps a key from asking a model now, the one that does so for longest; null when none does.</summary>
    public async ValueTask<LimitStanding?> ReachedAsync(ClientKey key, string asked, string meant, CancellationToken cancellation)
    {
        KeyLimit[] limits = [.. key.AllLimits.Where(limit => limit.Model is null || KeyMeter.Fits(limit.Model, asked, meant))];
        if (limits.Length == 0) return null;
        IReadOnlyList<LimitStanding> standings = (await StandingAsync(key.Id, limits, cancellation)).Limits;
        return standings.Where(static standing => standing.IsReached).OrderByDescending(static standing => standing.FreeAt).FirstOrDefault();
    }

    /// <summary>All keys, for people and programs.</summary>
    /// <param name="hasOwnersKey">There is an access key for the owner.</param>
    public async Task<KeyList> ReportAsync(bool hasOwnersKey, CancellationToken cancellation)
    {
        KeyRing ring = keys.Read();
        var shown = new List<ShownKey>();
        foreach (ClientKey key in ring.All) shown.Add(await ShowAsync(key, cancellation));
        return new KeyList(ring.IsRequired || hasOwnersKey, hasOwnersKey, shown);
    }

    /// <summary>One key, for people and programs.</summary>
    public async Task<ShownKey> ShowAsync(ClientKey key, CancellationToken cancellation) =>
        ShownKey.Of(key, await StandingAsync(key.Id, key.AllLimits, cancellation), time.GetUtcNow());

    /// <summary>How a key stands: its limits, when it was last used, and its requests and tokens of today.</summary>
    public async ValueTask<KeyStanding> StandingAsync(string id, IReadOnlyList<KeyLimit> limits, CancellationToken cancellation)
    {
        Meter meter = await MeterOfAsync(id, cancellation);
        DateTimeOffset now = time.GetUtcNow();
        TimeZoneInfo zoneNow = zone();
        lock (meter)
        {
            meter.Sums.Prune(now);
            return new KeyStanding(
                [.. limits.Select(limit => meter.Sums.StandingOf(limit, now, zoneNow))], meter.Sums.LastUsed,
                (long)meter.Sums.StandingOf(new KeyLimit(KeyLimit.Requests, KeyLimit.Daily, 1), now, zoneNow).Used,
                (long)meter.Sums.StandingOf(new KeyLimit(KeyLimit.TotalTokens, KeyLimit.Daily, 1), now, zoneNow).Used);
        }
    }

    private async Task<Meter> MeterOfAsync(string id, CancellationToken cancellation)
    {
        Meter meter = _meters.GetOrAdd(id, static _ => new Meter());
        Task filled;
        // Whoever asked first may go away; the others still want to know.
        lock (meter) filled = meter.Filled ??= FillAsync(id, meter);
        await filled.WaitAsync(cancellation);
        return meter;
    }

    /// <summary>What ends meanwhile may be in the log already, or not yet: it is counted once.</summary>
    private async Task FillAsync(string id, Meter meter)
    {
        await Task.Yield();
        PastUse past = await activity.ReadAsync(database => PastUse.Of(database, id, time.GetUtcNow() - KeyLimit.Longest, prices()), CancellationToken.None) ?? PastUse.None;
        lock (meter)
        {
            foreach (KeyUse use in past.Uses)
            {
                if (!meter.Counted!.Contains(use.Request)) meter.Sums.Add(use);
            }

            if (past.Last is { } last) meter.Sums.NoteUse(last);
            meter.Counted = null;
        }
    }

    /// <summary>
    /// What was sent upstream counts, also when it failed; a refusal does not, or one would lead to the next. What Anthropic served was paid for by the
    /// client's own credential.
    /// </summary>
    private static bool Counts(RequestEntry entry) => (entry.Attempts > 0 || entry.ConnectMs is not null) && entry.Account != AnthropicClient.Name;

    private KeyUse UseOf(RequestEntry entry)
    {
        PricedTokens tokens = entry.Tokens?.ToPriced() ?? default;
        double usd = prices().Of(entry.UpstreamModel, entry.Ended, tokens)?.Usd ?? 0;
        return new KeyUse(entry.Id, entry.Ended, entry.RequestedModel is { } asked ? ModelRouter.Bare(asked) : null, entry.UpstreamModel, tokens.Input, tokens.Output, usd);
    }

    private sealed class Meter
    {
        public KeyMeter Sums { get; } = new();

        /// <summary>What has ended while the log is being read; null once it was read.</summary>
        public HashSet<string>? Counted { get; set; } = [];

        public Task? Filled { get; set; }
    }
}

/// <summary>How a key stands.</summary>
/// <param name="Limits">In the order they were asked for.</param>
/// <param name="LastUsed">When its last request ended; null for never, or when nothing is kept of it.</param>
/// <param name="RequestsToday">How many requests it sent upstream since midnight.</param>
/// <param name="TokensToday">What they used.</param>
internal sealed record KeyStanding(IReadOnlyList<LimitStanding> Limits, DateTimeOffset? LastUsed, long RequestsToday, long TokensToday);
