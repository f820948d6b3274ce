using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Login;

/// <summary>The one end of every login: the code becomes tokens, and the tokens an account.</summary>
/// <param name="welcome">What else the program does for an account that has just signed in, such as asking for its quota.</param>
internal sealed class TokenExchange(
    TokenEndpoint endpoint, AccountStore store, TimeProvider time, ILogger<TokenExchange> logger, Func<Account, CancellationToken, Task> welcome) : IAsyncDisposable
{
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _closing = new();

    /// <summary>
    /// Finishes a session that was claimed, or lets it wait again when the login server could not be asked for a passing reason.
    /// Never throws: the session's progress tells what happened.
    /// </summary>
    public async Task<LoginProgress> RunAsync(LoginSession session, string code, string redirectUri, string verifier)
    {
        Task<(LoginProgress End, Account? Account)> exchange = ExchangeAsync(code, redirectUri, verifier, session.Proxy);
        Track(exchange);
        (LoginProgress end, Account? account) = await exchange;
        // Before the session ends, so that nobody who saw the end finds nothing to wait for.
        if (account is not null) Track(WelcomeAsync(account));
        if (end.Stage == LoginStage.Waiting) return session.Release(end.Message!);
        session.Finish(end);
        return end;
    }

    /// <summary>Ends when everything begun so far is done.</summary>
    public Task SettledAsync()
    {
        lock (_gate) return Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        // A quota can be asked for later; a code that was sent cannot.
        await _closing.CancelAsync();
        await Task.WhenAny(SettledAsync(), Task.Delay(FarewellPatience, time));
        _closing.Dispose();
    }

    /// <summary>Without a token to cancel it: once sent, the code is spent, and its answer must not be lost.</summary>
    private async Task<(LoginProgress End, Account? Account)> ExchangeAsync(string code, string redirectUri, string verifier, AccountProxy? proxy)
    {
        TokenAnswer answer = await endpoint.ExchangeAsync(code, redirectUri, verifier, new OutboundRoute(null, proxy), CancellationToken.None);
        if (answer.Tokens is not { } tokens)
        {
            (LoginProgress failed, _) = Failed($"Token exchange failed: {answer.Message}");
            return (answer.IsPassing ? LoginProgress.Waiting with { Message = failed.Message } : failed, null);
        }

        if (tokens.AccountId is null) return Failed("The sign-in belongs to no ChatGPT workspace, so it cannot be used here. Does the account have a ChatGPT plan?");
        if (!tokens.IsPlain) return Failed("The sign-in tells an e-mail address or an account id with control characters, which no real one has. It was not added.");
        try
        {
            string email = tokens.Claims.Email ?? CodexImport.NoAddress;
            Account account = await store.UpdateAsync(document => document.Upsert(tokens, email, source: null, time.GetUtcNow(), proxy), CancellationToken.None);
            Log.SignedIn(logger, account.Key);
            return (LoginProgress.Done(account), account);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            return Failed($"The account could not be saved: {e.Message}");
        }
    }

    private async Task WelcomeAsync(Account account)
    {
        try
        {
            await welcome(account, _closing.Token);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e) || e is OperationCanceledException)
        {
            Log.NoQuota(logger, account.Key, e.Message);
        }
    }

    private void Track(Task task)
    {
        lock (_gate) _running.Add(task);
        _ = task.ContinueWith(
            done =>
            {
                lock (_gate) _running.Remove(done);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private (LoginProgress, Account?) Failed(string reason)
    {
        Log.Failed(logger, reason);
        return (LoginProgress.Failed(reason), null);
    }
}
