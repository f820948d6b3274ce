using System.Text;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>
/// What is known of each account's windows: what responses told since, on top of what the account file holds. Not safe for several
/// threads; the pool guards it.
/// </summary>
internal sealed class KnownLimits
{
    private readonly Dictionary<string, Told> _told = [];

    /// <summary>The file's quotas as read, because every turn asks and they change rarely.</summary>
    private readonly Dictionary<string, (string Quota, RateLimits? Limits)> _read = [];

    /// <summary>What waits for being written into the account file.</summary>
    public IReadOnlyList<KeyValuePair<string, Told>> Pending => [.. _told.Where(entry => !entry.Value.Saved)];

    public void Tell(string account, RateLimits limits, DateTimeOffset now) =>
        _told[account] = new Told(limits.Over(_told.GetValueOrDefault(account)?.Limits.At(now)), now);

    /// <summary>Written into the file, unless something newer came meanwhile.</summary>
    public void Saved(string account, Told written)
    {
        if (ReferenceEquals(_told.GetValueOrDefault(account), written)) _told[account] = written with { Saved = true };
    }

    /// <summary>The account's windows, those that have been reset since empty; null when nothing is known.</summary>
    public RateLimits? Of(Account account, DateTimeOffset now)
    {
        RateLimits? stored = Stored(account);
        // Once saved, the file knows it, and perhaps something newer.
        RateLimits? limits = _told.GetValueOrDefault(account.Key) is { Saved: false } told ? told.Limits.Over(stored) : stored;
        return limits?.At(now);
    }

    /// <summary>The plan as told last.</summary>
    public string PlanOf(Account account) => _told.GetValueOrDefault(account.Key) is { Saved: false, Limits.PlanType: { } plan } ? plan : account.PlanType;

    /// <summary>The account's quota object with what waits for being written in it.</summary>
    public string? QuotaOf(Account account) => _told.GetValueOrDefault(account.Key) is { Saved: false } told
        ? Encoding.UTF8.GetString(JsonFile.Serialize(QuotaFormat.Merge(account.Quota, told.Limits, told.At)))
        : account.Quota;

    /// <summary>The usage endpoint was asked at <paramref name="at"/>: what responses told before is outdated.</summary>
    public void Forget(string account, DateTimeOffset at)
    {
        if (_told.GetValueOrDefault(account)?.At <= at) _told.Remove(account);
    }

    /// <summary>What the account file holds, as it was told.</summary>
    public RateLimits? Stored(Account account)
    {
        if (account.Quota is not { } quota) return null;
        if (_read.TryGetValue(account.Key, out (string Quota, RateLimits? Limits) known) && known.Quota == quota) return known.Limits;
        RateLimits? limits = QuotaFormat.Read(quota, DateTimeOffset.MinValue);
        _read[account.Key] = (quota, limits);
        return limits;
    }

    internal sealed record Told(RateLimits Limits, DateTimeOffset At, bool Saved = false);
}
