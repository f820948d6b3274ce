using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Refresh;

/// <summary>
/// Keeps access tokens fresh. A refresh token works once, so each account is refreshed by one caller at a time: one flight inside
/// the process, one lock between processes, a second look at the disk before the request, and the new pair on disk before it is used.
/// Nothing is ever deleted because of a refusal, and an access token is used to its end whatever became of its refresh token.
/// </summary>
internal sealed class TokenRefresher(AccountStore store, TokenEndpoint endpoint, CodexHome codex, TimeProvider time, ILogger<TokenRefresher> logger) : IAsyncDisposable
{
    /// <summary>As the official client: an access token is refreshed this long before it expires.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>The issuer's word for a refresh because the backend refused the access token.</summary>
    private const string AfterRefusal = "unauthorized_recovery";

    /// <summary>A token this young that the backend refuses is not cured by yet another refresh.</summary>
    private static readonly TimeSpan TooYoungToRefuse = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(5);

    private readonly SharedAuthFiles _shared = new(store, codex, time, logger);
    private readonly RefreshPauses _pauses = new(time);
    private readonly RefreshLocks _locks = new(time);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<RefreshOutcome>> _flights = [];
    private readonly Dictionary<string, Fresh> _fresh = [];
    private readonly Dictionary<string, Unsaved> _unsaved = [];

    /// <summary>
    /// The account's token, refreshed first when it expires within five minutes. When that fails, the old one is returned as long as it is valid.
    /// </summary>
    public async Task<CredentialReply> GetCredentialAsync(Account account, CancellationToken ct)
    {
        Account? current = store.Read().Find(account);
        if (current is not null && !IsDue(current, Margin)) return Ready(current);

        RefreshOutcome outcome = await RefreshUnlessPausedAsync(current ?? account, "proactive_expiry", ct);
        if (outcome.Account is { } renewed) return Ready(renewed);
        return current is not null && Lives(current, TimeSpan.Zero) ? Ready(current) : new CredentialReply(null, outcome.Failure);
    }

    /// <summary>
    /// The backend refused <paramref name="rejected"/> with 401: the token that is on disk now if it is another one, else one refresh.
    /// </summary>
    public async Task<CredentialReply> OnUnauthorizedAsync(Credential rejected, CancellationToken ct)
    {
        if (store.Read().Find(rejected.AccountKey) is not { } current) return new CredentialReply(null, Gone(rejected.AccountKey).Failure);

        lock (_gate)
        {
            if (_fresh.TryGetValue(current.Key, out Fresh? fresh) && fresh.AccessToken == rejected.AccessToken
                && time.GetUtcNow() < fresh.At + TooYoungToRefuse && time.GetUtcNow() >= fresh.At)
            {
                return new CredentialReply(null, new RefreshFailure(
                    RefreshFailureKind.Transient, "Upstream refuses a token that was refreshed a moment ago", fresh.At + TooYoungToRefuse));
            }
        }

        Account seen = current with { AccessToken = rejected.AccessToken };
        if (current.AccessToken != rejected.AccessToken && !IsDue(current, TimeSpan.Zero)) return Ready(current);
        RefreshOutcome outcome = await RefreshUnlessPausedAsync(seen, AfterRefusal, ct);
        return outcome.Account is { } renewed ? Ready(renewed) : new CredentialReply(null, outcome.Failure);
    }

    /// <summary>The account itself is closed: nothing is sent with it until its owner acts.</summary>
    /// <param name="reason">The backend's error code.</param>
    public async Task TakeOutAsync(Credential refused, string reason)
    {
        try
        {
            if (store.Read().Find(refused.AccountKey) is { } account && account.AccessToken == refused.AccessToken)
                await DemandAsync(account, new SignInDemand(time.GetUtcNow(), reason) { TokenRefused = true });
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            // It is told again with the next turn.
            Log.NotTakenOut(logger, refused.AccountKey, e.Message);
        }
    }

    /// <summary>Refreshes the tokens now, unless another caller or process has done so since <paramref name="seen"/> was read.</summary>
    /// <param name="reason">The issuer's word for it, see <see cref="TokenEndpoint.RefreshAsync"/>.</param>
    /// <param name="ct">Ends the waiting only: a refresh that has begun is brought to its end, for its answer is the only valid token.</param>
    public Task<RefreshOutcome> RefreshAsync(Account seen, string reason, CancellationToken ct)
    {
        Task<RefreshOutcome>? flight;
        lock (_gate)
        {
            if (!_flights.TryGetValue(seen.Key, out flight)) _flights[seen.Key] = flight = Task.Run(() => FlyAsync(seen, reason), CancellationToken.None);
        }

        return flight.WaitAsync(ct);
    }

    /// <summary>The token ends within <paramref name="margin"/> or cannot be used at all, or a newer one waits for being saved.</summary>
    public bool IsDue(Account account, TimeSpan margin)
    {
        lock (_gate)
        {
            if (_unsaved.ContainsKey(account.Key)) return true;
        }

        return !Lives(account, margin);
    }

    /// <summary>Waits for the flights under way and saves what could not be saved before.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] flights;
        lock (_gate) flights = [.. _flights.Values];
        await Task.WhenAny(Task.WhenAll(flights), Task.Delay(FarewellPatience, time));
        await SaveLastAsync();
        _locks.Dispose();
    }

    private bool Lives(Account account, TimeSpan margin) => !account.CannotSend(time.GetUtcNow()) && !account.IsExpired(time.GetUtcNow() + margin);

    /// <summary>As <see cref="RefreshAsync"/>, but not while a failure a moment ago advises to wait.</summary>
    public Task<RefreshOutcome> RefreshUnlessPausedAsync(Account seen, string reason, CancellationToken ct) =>
        _pauses.Of(seen.Route) is { } pause ? Task.FromResult(pause) : RefreshAsync(seen, reason, ct);

    private async Task<RefreshOutcome> FlyAsync(Account seen, string reason)
    {
        string path = store.Directory.RefreshLock(seen);
        FileLock? held = null;
        try
        {
            held = await _locks.AcquireAsync(path);
            return await RenewAsync(seen, reason);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            return Postpone(seen, e.Message, null);
        }
        finally
        {
            lock (_gate)
            {
                if (held is not null && _unsaved.Values.Any(unsaved => unsaved.Lock == path)) _locks.Keep(path, held);
                else held?.Dispose();
                _flights.Remove(seen.Key);
            }
        }
    }

    private async Task<RefreshOutcome> RenewAsync(Account seen, string reason)
    {
        // 1. The previous holder of the lock may have refreshed the token: the file has it then.
        if (store.Read().Find(seen) is not { } current)
        {
            lock (_gate) _unsaved.Remove(seen.Key);
            return Gone(seen.Key);
        }

        current = await SaveLateAsync(current);
        if (current.AccessToken != seen.AccessToken && Lives(current, TimeSpan.Zero)) return RefreshOutcome.Renewed(current);

        // 2. So may have another program that shares the tokens.
        if (await _shared.AdoptAsync(current, orEqual: current.NeedsSignIn is not null) is { } adopted)
        {
            current = adopted;
            if (Lives(current, Margin)) return RefreshOutcome.Renewed(current);
        }

        bool tokenRefused = reason == AfterRefusal && current.AccessToken == seen.AccessToken;
        // An owner who asks for new tokens of a closed account may know that it is open again.
        bool isTrial = reason == "forced" && current is { RefreshToken: not null, NeedsSignIn.IsDeactivation: true };
        if (current.CannotRenew && !isTrial)
        {
            SignInDemand demand = current.NeedsSignIn ?? new SignInDemand(time.GetUtcNow(), "no_refresh_token");
            if (tokenRefused) await DemandAsync(current, demand with { TokenRefused = true });
            return current.RefreshToken is null && current.NeedsSignIn is null
                ? RefreshOutcome.Failed(RefreshFailureKind.NoRefreshToken, "No refresh token available" + UntilWhen(current, tokenRefused))
                : RefreshOutcome.Failed(RefreshFailureKind.NeedsSignIn, $"New sign-in needed: {demand.Reason}" + UntilWhen(current, tokenRefused));
        }

        // 3. Now the token is spent, and its successor must not be lost.
        TokenAnswer answer = await endpoint.RefreshAsync(current.RefreshToken!, reason, current.Route, CancellationToken.None);
        if (answer.Tokens is { } tokens) return RefreshOutcome.Renewed(await KeepAsync(current, tokens));
        if (answer.FinalCode is { } code) return await RefusedAsync(current, new SignInDemand(time.GetUtcNow(), code) { TokenRefused = tokenRefused }, answer.Message);
        return Postpone(current, answer.Message, answer.RetryAfter);
    }

    /// <summary>Puts the new pair on disk and returns what is there then.</summary>
    private async Task<Account> KeepAsync(Account spent, TokenSet tokens)
    {
        Account renewed = spent with
        {
            AccountId = spent.AccountId.Length > 0 ? spent.AccountId : tokens.AccountId ?? "",
            AccessToken = tokens.AccessToken,
            RefreshToken = tokens.RefreshToken ?? spent.RefreshToken,
            IdToken = tokens.IdToken ?? spent.IdToken,
            ExpiresAt = tokens.ExpiresAt,
            IssuedAt = tokens.Claims.IssuedAt,
        };
        _pauses.End(spent.Route);
        string? onDisk;
        lock (_gate)
        {
            _fresh[renewed.Key] = new Fresh(tokens.AccessToken, time.GetUtcNow());
            onDisk = _unsaved.TryGetValue(spent.Key, out Unsaved? late) ? late.Replaced : spent.RefreshToken;
        }

        try
        {
            // False: a new sign-in came in between, and it is the newer one.
            bool kept = await store.UpdateAsync(document => document.ReplaceTokens(spent, onDisk, tokens), CancellationToken.None);
            if (store.Read().Find(renewed) is { } stored) renewed = stored;
            lock (_gate) _unsaved.Remove(spent.Key);
            if (kept) Log.Refreshed(logger, renewed.Key, renewed.ExpiresAt);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            Log.Unsaved(logger, renewed.Key, e.Message);
            lock (_gate) _unsaved[spent.Key] = new Unsaved(onDisk, tokens, store.Directory.RefreshLock(spent));
        }

        _shared.WriteBack(spent.RefreshToken, renewed);
        return renewed;
    }

    /// <summary>A pair that could not be saved is saved now if the disk lets us; otherwise it is used from memory.</summary>
    private async Task<Account> SaveLateAsync(Account current)
    {
        Unsaved? unsaved;
        lock (_gate) _unsaved.TryGetValue(current.Key, out unsaved);
        if (unsaved is null) return current;
        if (current.RefreshToken == unsaved.Replaced) return await KeepAsync(current, unsaved.Tokens);
        lock (_gate) _unsaved.Remove(current.Key);
        return current;
    }

    /// <summary>The last chance for pairs that are only in memory.</summary>
    private async Task SaveLastAsync()
    {
        string[] keys;
        lock (_gate) keys = [.. _unsaved.Keys];
        if (keys.Length == 0) return;
        try
        {
            AccountList accounts = store.Read();
            foreach (Account account in keys.Select(accounts.Find).OfType<Account>()) await SaveLateAsync(account);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            foreach (string key in keys) Log.Unsaved(logger, key, e.Message);
        }
    }

    private async Task<RefreshOutcome> RefusedAsync(Account refused, SignInDemand demand, string message)
    {
        // The other program may have been faster between our look and our request.
        if (await _shared.AdoptAsync(refused, orEqual: true) is { } adopted && Lives(adopted, TimeSpan.Zero)) return RefreshOutcome.Renewed(adopted);

        bool noted = await DemandAsync(refused, demand);
        if (!noted && store.Read().Find(refused) is { } replaced && Lives(replaced, TimeSpan.Zero)) return RefreshOutcome.Renewed(replaced);
        return RefreshOutcome.Failed(RefreshFailureKind.NeedsSignIn, $"Token refresh failed: {message}" + UntilWhen(refused, demand.TokenRefused));
    }

    /// <summary>False when the tokens have been replaced meanwhile.</summary>
    private async Task<bool> DemandAsync(Account account, SignInDemand demand)
    {
        if (!await store.UpdateAsync(document => document.DemandSignIn(account, account.RefreshToken, demand), CancellationToken.None)) return false;
        Log.NeedsSignIn(logger, account.Key, demand.Reason);
        return true;
    }

    /// <summary>What is left of the account, for the owner; nothing when it is over.</summary>
    private string UntilWhen(Account account, bool tokenRefused)
    {
        if (tokenRefused || !Lives(account, TimeSpan.Zero)) return "";
        string end = account.ExpiresAt is { } at ? $"until {Times.Iso(at)}" : "until upstream refuses it";
        return $". The current token works {end}; sign in again before then";
    }

    private RefreshOutcome Postpone(Account account, string reason, TimeSpan? retryAfter)
    {
        RefreshOutcome outcome = _pauses.Begin(account.Route, reason, retryAfter);
        Log.RefreshFailed(logger, account.Key, reason, outcome.Failure!.RetryAt!.Value);
        return outcome;
    }

    private static RefreshOutcome Gone(string account) => RefreshOutcome.Failed(RefreshFailureKind.Gone, $"Account not found: {account}");

    private static CredentialReply Ready(Account account) => new(Credential.Of(account), null);

    private sealed record Fresh(string AccessToken, DateTimeOffset At);

    private sealed record Unsaved(string? Replaced, TokenSet Tokens, string Lock);
}
