using System.Collections.ObjectModel;
using System.Text.Json;
using System.Threading.Channels;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Pool;

internal sealed partial class AccountPool
{
    private readonly Channel<bool> _stateChanged = Signal();
    private readonly Channel<bool> _quotaChanged = Signal();

    /// <summary>Holds an element when there is something to save.</summary>
    public ChannelReader<bool> StateChanged => _stateChanged.Reader;

    /// <summary>Holds an element when there are quotas to write into the account file.</summary>
    public ChannelReader<bool> QuotaChanged => _quotaChanged.Reader;

    public IReadOnlyList<CacheSize> Caches
    {
        get { lock (_gate) return [_conversations.Size, _history.Size]; }
    }

    /// <summary>Reads what the last process knew. A file nobody can read costs only memory, so it is ignored.</summary>
    public void Load()
    {
        try
        {
            using JsonDocument document = ForeignJson.ParseFile(BusyFile.Read(store.Directory.State));
            PoolState state = document.RootElement.As(PoolContext.Default.PoolState) ?? new PoolState();
            lock (_gate)
            {
                _clocks.Take(state.Clocks ?? []);
                _conversations.Take(state.Conversations ?? ReadOnlyDictionary<string, string>.Empty);
                _history.Take(state.History ?? []);
                _activeBefore = state.Active;
                _last = state.Last;
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
        PoolState state;
        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            state = new PoolState { Active = _activeBefore, Last = _last, Clocks = _clocks.Keep(now), Conversations = _conversations.Keep(), History = _history.Keep(now) };
        }

        try
        {
            PrivateFiles.CreateDirectory(store.Directory.Root);
            AtomicFile.Write(store.Directory.State, JsonFile.Serialize(state, PoolContext.Default.PoolState));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.StateNotSaved(logger, store.Directory.State, e.Message);
        }
    }

    /// <summary>Writes the quotas the responses told into the account file, where the dashboard and other programs read them.</summary>
    public async Task SaveQuotasAsync(CancellationToken ct)
    {
        IReadOnlyList<KeyValuePair<string, KnownLimits.Told>> pending;
        lock (_gate) pending = _limits.Pending;
        if (pending.Count == 0) return;
        await store.UpdateAsync(document =>
        {
            AccountList accounts = document.Accounts;
            foreach ((string key, KnownLimits.Told told) in pending)
            {
                if (accounts.Find(key) is not { } account || account.QuotaAskedAt >= told.At) continue;
                document.Set(account, "quota", QuotaFormat.Merge(account.Quota, told.Limits, told.At));
                document.Set(account, "lastUsed", Times.Iso(told.At));
                if (told.Limits.PlanType is { } plan) document.Set(account, "planType", plan);
            }

            return true;
        }, ct);
        lock (_gate)
        {
            foreach ((string key, KnownLimits.Told told) in pending) _limits.Saved(key, told);
        }
    }

    private static Channel<bool> Signal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}
