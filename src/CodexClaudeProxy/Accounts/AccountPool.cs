using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Accounts;

/// <summary>
/// Chooses the account for a turn and remembers what the answers said about each: which are used up, which need a rest, which
/// conversation is where. What it knows outlives the process in <c>state.json</c>.
/// </summary>
internal sealed class AccountPool(AccountStore store, TimeProvider time, ILogger<AccountPool> logger)
{
    /// <summary>A refusal without a date is believed for this long.</summary>
    private static readonly TimeSpan UnknownReset = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly AccountClocks _clocks = new();
    private readonly Conversations _conversations = new();
    private readonly Dictionary<string, ToldLimits> _told = [];
    private readonly Channel<bool> _stateChanged = Signal();
    private readonly Channel<bool> _quotaChanged = Signal();

    private string? _activeBefore;
    private string? _last;

    public SelectionStrategy Strategy { get; set; }

    /// <summary>Holds an element when there is something to save.</summary>
    public ChannelReader<bool> StateChanged => _stateChanged.Reader;

    /// <summary>Holds an element when there are quotas to write into the account file.</summary>
    public ChannelReader<bool> QuotaChanged => _quotaChanged.Reader;

    /// <param name="conversation">What stays on one account; null when the client does not tell.</param>
    /// <param name="model">The upstream model.</param>
    /// <param name="tried">Keys of the accounts this turn has failed on.</param>
    public Selection Select(string? conversation, string model, IReadOnlySet<string> tried)
    {
        AccountList accounts = store.Read();
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            FollowSwitch(accounts);
            Candidate[] candidates = [.. accounts.All.Select(account => Judge(account, model, tried, now))];
            string? pinned = string.IsNullOrEmpty(conversation) ? null : _conversations.AccountOf(conversation);
            (Account? chosen, string reason) = AccountSelector.Choose(candidates, Strategy, pinned, accounts.Active?.Key, _last);
            if (chosen is null) return new Selection(null, reason, candidates, AccountSelector.Release(candidates));

            if (chosen.Key != pinned)
            {
                _last = chosen.Key;
                if (!string.IsNullOrEmpty(conversation) && _conversations.Put(conversation, chosen.Key)) _stateChanged.Writer.TryWrite(true);
            }

            return new Selection(chosen, reason, candidates, null);
        }
    }

    /// <summary>When the first account that is now used up or resting becomes usable for the model; null when waiting is in vain.</summary>
    public DateTimeOffset? EarliestRelease(string model) => AccountSelector.Release(Judge(model));

    /// <summary>How every account stands for the model, in the order of the file.</summary>
    public IReadOnlyList<Candidate> Judge(string model)
    {
        AccountList accounts = store.Read();
        lock (_gate) return [.. accounts.All.Select(account => Judge(account, model, tried: null, time.GetUtcNow()))];
    }

    /// <summary>A response told the account's windows; a window used up with the limit reached exhausts the account.</summary>
    public void ReportUsage(string account, RateLimits limits)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate) _told[account] = new ToldLimits(limits, now);
        _quotaChanged.Writer.TryWrite(true);
        if (limits.LimitReached && ResetOf(limits) is { } until) ReportExhausted(account, null, until);
    }

    /// <summary>The account is used up.</summary>
    /// <param name="model">Null when every model is concerned.</param>
    /// <param name="until">The window's reset; null when the backend did not tell.</param>
    public void ReportExhausted(string account, string? model, DateTimeOffset? until)
    {
        DateTimeOffset end = until ?? time.GetUtcNow() + UnknownReset;
        lock (_gate) _clocks.Exhaust(account, model, end);
        _stateChanged.Writer.TryWrite(true);
        Log.Exhausted(logger, account, end, model ?? "all models");
    }

    /// <summary>The account should be left alone for a moment after a fault.</summary>
    public void ReportCooldown(string account, string? model, DateTimeOffset until, string reason)
    {
        lock (_gate) _clocks.Cool(account, model, until, reason);
        _stateChanged.Writer.TryWrite(true);
        Log.CoolingDown(logger, account, until, model ?? "all models", reason);
    }

    /// <summary>The usage endpoint was asked and its answer is in the account file; it overrules what was reported before.</summary>
    public void ReportFetched(string account, RateLimits limits)
    {
        lock (_gate)
        {
            _told.Remove(account);
            if (!limits.LimitReached && _clocks.Restore(account)) _stateChanged.Writer.TryWrite(true);
        }

        if (limits.LimitReached && ResetOf(limits) is { } until) ReportExhausted(account, null, until);
    }

    /// <summary>The account's windows as last heard, those that have been reset since empty; null when nothing is known.</summary>
    public RateLimits? LimitsOf(Account account)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            // Once saved, the file knows it, and perhaps something newer.
            if (!_told.TryGetValue(account.Key, out ToldLimits? told) || told.Saved) return QuotaFormat.Read(account.Quota, now);
            return told.Limits with { Windows = [.. told.Limits.Windows.Select(window => window.ResetsAt <= now ? window with { UsedPercent = 0, ResetsAt = null } : window)] };
        }
    }

    /// <summary>The account's clocks that run, for reports.</summary>
    public IReadOnlyList<RunningClock> ClocksOf(Account account)
    {
        lock (_gate) return [.. _clocks.Running(account.Key, time.GetUtcNow())];
    }

    /// <summary>Reads what the last process knew. A file nobody can read costs only memory, so it is ignored.</summary>
    public void Load()
    {
        try
        {
            using JsonDocument document = ForeignJson.ParseFile(File.ReadAllBytes(store.Directory.State));
            lock (_gate)
            {
                _clocks.Read(document.RootElement.Member("clocks"));
                _conversations.Read(document.RootElement.Member("conversations"));
                _activeBefore = document.RootElement.Text("active");
                _last = document.RootElement.Text("last");
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Log.StateIgnored(logger, store.Directory.State, e.Message);
        }
    }

    public void Save()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            lock (_gate)
            {
                writer.WriteStartObject();
                writer.WriteNumber("version"u8, 1);
                writer.WriteString("active"u8, _activeBefore);
                writer.WriteString("last"u8, _last);
                writer.WritePropertyName("clocks"u8);
                _clocks.Write(writer, time.GetUtcNow());
                writer.WritePropertyName("conversations"u8);
                _conversations.Write(writer);
                writer.WriteEndObject();
            }
        }

        try
        {
            PrivateFiles.CreateDirectory(store.Directory.Root);
            AtomicFile.Write(store.Directory.State, buffer.WrittenSpan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.StateNotSaved(logger, store.Directory.State, e.Message);
        }
    }

    /// <summary>Writes the quotas the responses told into the account file, where the dashboard and other programs read them.</summary>
    public async Task SaveQuotasAsync(CancellationToken ct)
    {
        KeyValuePair<string, ToldLimits>[] pending;
        lock (_gate) pending = [.. _told.Where(entry => !entry.Value.Saved)];
        if (pending.Length == 0) return;
        await store.UpdateAsync(document =>
        {
            AccountList accounts = document.Accounts;
            foreach ((string key, ToldLimits told) in pending)
            {
                if (accounts.Find(key) is not { } account) continue;
                document.Set(account, "quota", QuotaFormat.Merge(account.Quota, told.Limits, told.At));
                document.Set(account, "lastUsed", Times.Iso(told.At));
            }

            return true;
        }, ct);
        lock (_gate)
        {
            foreach ((string key, ToldLimits told) in pending)
            {
                if (_told.TryGetValue(key, out ToldLimits? current) && ReferenceEquals(current, told)) _told[key] = told with { Saved = true };
            }
        }
    }

    /// <summary>After a switch, by whichever process, the conversations follow the owner's choice too.</summary>
    private void FollowSwitch(AccountList accounts)
    {
        string? active = accounts.Active?.Key;
        if (active == _activeBefore) return;
        if (_activeBefore is not null)
        {
            _conversations.Clear();
            _last = null;
        }

        _activeBefore = active;
        _stateChanged.Writer.TryWrite(true);
    }

    private Candidate Judge(Account account, string model, IReadOnlySet<string>? tried, DateTimeOffset now)
    {
        if (tried?.Contains(account.Key) == true) return new Candidate(account, SkipReason.AlreadyTried);
        if (!account.Enabled) return new Candidate(account, SkipReason.Disabled);
        if (account.CannotSend(now)) return new Candidate(account, SkipReason.NeedsSignIn, Detail: account.NeedsSignIn?.Reason);
        DateTimeOffset? exhausted = _clocks.ExhaustedUntil(account.Key, model, now);
        (DateTimeOffset Until, string? Reason)? cooling = _clocks.CoolingUntil(account.Key, model, now);
        if (exhausted is null && cooling is null) return new Candidate(account, SkipReason.None);
        return exhausted is { } end && !(cooling?.Until > end)
            ? new Candidate(account, SkipReason.Exhausted, end)
            : new Candidate(account, exhausted is null ? SkipReason.CoolingDown : SkipReason.Exhausted, cooling!.Value.Until, cooling.Value.Reason);
    }

    /// <summary>The account works again when the last of its used-up windows has been reset.</summary>
    private static DateTimeOffset? ResetOf(RateLimits limits) => limits.Windows.Where(window => window.UsedPercent >= 100).Max(window => window.ResetsAt);

    private static Channel<bool> Signal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private sealed record ToldLimits(RateLimits Limits, DateTimeOffset At, bool Saved = false);
}
