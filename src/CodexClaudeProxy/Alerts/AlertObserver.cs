using System.Collections.Concurrent;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Alerts;

/// <summary>Looks at the accounts and at this machine. Asks nobody but upstream for the dates of banked resets, and that rarely.</summary>
internal sealed class AlertObserver(AccountStore store, AccountPool pool, ForecastReport forecast, BankedResets resets, SettingsStore settings, Drift drift, TimeProvider time)
{
    /// <summary>Banked resets last for weeks.</summary>
    private static readonly TimeSpan BetweenLists = TimeSpan.FromHours(6);

    private const int MostClients = 100;

    private readonly ConcurrentDictionary<string, byte> _clients = new();
    private readonly Dictionary<string, (DateTimeOffset At, int Count, CreditList List)> _lists = [];

    /// <summary>How much is free on the disk of a directory; null when the system does not tell.</summary>
    public Func<string, long?> FreeBytes { get; init; } = FreeBytesOf;

    /// <summary>The clients that were met before there was a memory.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<string>>> ClientsBefore { get; init; } = static _ => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>A request was served. Takes a note only.</summary>
    public void Note(RequestEntry entry)
    {
        if (_clients.Count < MostClients && ClientName.WithoutVersion(entry.UserAgent) is { } name) _clients.TryAdd(name, 0);
    }

    /// <param name="taken">The events that some channel takes: what is expensive is observed only for them.</param>
    public async Task<Observation> LookAsync(IReadOnlySet<string> taken, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        AccountList accounts = store.Read();
        IReadOnlyList<Candidate> candidates = pool.Judge(model: "");
        Selection next = pool.Preview("");
        List<ObservedAccount> observed = [];
        foreach (Candidate candidate in candidates)
        {
            RateLimits? limits = pool.LimitsOf(candidate.Account);
            observed.Add(Of(candidate, limits, accounts, now) with { Resets = taken.Contains(AlertEvents.ResetExpiring) ? await ResetsOf(candidate.Account, limits, ct) : null });
        }

        return new Observation(now, observed)
        {
            Release = next.Release,
            Next = next.Account is { } serving ? Named(serving, accounts) : null,
            RunsDryAt = taken.Contains(AlertEvents.Pace) && next.Account is not null ? forecast.Of().RunsDryAt : null,
            FreeBytes = taken.Contains(AlertEvents.DiskLow) ? FreeBytes(store.Directory.Root) : null,
            Clients = TakeClients(),
            Drift = [.. drift.Entries.Select(static entry => entry.Name)],
            LowPercent = settings.Read().AlertLowPercent,
        };
    }

    private static ObservedAccount Of(Candidate candidate, RateLimits? limits, AccountList accounts, DateTimeOffset now)
    {
        Account account = candidate.Account;
        Standing standing = candidate.Skip switch
        {
            SkipReason.Disabled => Standing.Disabled,
            SkipReason.NeedsSignIn => Standing.NeedsSignIn,
            SkipReason.Exhausted when !candidate.IsLastResort => Standing.UsedUp,
            SkipReason.Reserved => Standing.Reserved,
            SkipReason.None => Standing.Ready,
            _ => Standing.Unclear,
        };
        return new ObservedAccount(Named(account, accounts), standing, candidate.Until)
        {
            IsSigningOut = account.CannotRenew && !account.CannotSend(now),
            SignsOutAt = account.ExpiresAt,
            Windows = [.. (limits?.Windows ?? []).Select(static window => new ObservedWindow(WindowName.Of(window.Length), window.Length, window.UsedPercent, window.ResetsAt))],
        };
    }

    private static AlertAccount Named(Account account, AccountList accounts) =>
        new(AlertAccount.IdOf(account.Key), accounts.All.IndexOf(account) + 1, account.Label, account.Workspace is { IsPersonal: false } workspace ? workspace.Name : null, account.Email);

    /// <summary>Null while upstream has not told.</summary>
    private async Task<IReadOnlyList<ObservedReset>?> ResetsOf(Account account, RateLimits? limits, CancellationToken ct)
    {
        if (limits?.BankedResets is not { } count || !account.Enabled || account.CannotSend(time.GetUtcNow())) return null;
        if (!_lists.TryGetValue(account.Key, out (DateTimeOffset At, int Count, CreditList List) known) || known.Count != count || time.GetUtcNow() - known.At >= BetweenLists)
            _lists[account.Key] = known = (time.GetUtcNow(), count, await resets.ListAsync(account, count, ct));
        return known.List.Error is not null ? null : [.. known.List.Available.Where(static reset => reset.ExpiresAt is not null).Select(static reset => new ObservedReset(reset.Id, reset.ExpiresAt!.Value))];
    }

    private string[] TakeClients()
    {
        string[] met = [.. _clients.Keys];
        foreach (string name in met) _clients.TryRemove(name, out _);
        return met;
    }

    private static long? FreeBytesOf(string directory)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
