using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Login;
using FakeCodex;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>A refresher with its store, in front of a login server that plays by the real one's rules.</summary>
internal sealed class RefreshScene : IAsyncDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false });

    private RefreshScene(FakeTimeProvider time, FakeBackend backend)
    {
        Time = time;
        Backend = backend;
        Files = new AccountFixture(time);
        Codex = new CodexHome(Path.Combine(Files.Root, "codex"));
        Directory.CreateDirectory(Codex.Path);
        Refresher = NewRefresher(Files.Store);
    }

    public FakeTimeProvider Time { get; }

    public FakeBackend Backend { get; }

    public FakeAuth Auth => Backend.Auth;

    public AccountFixture Files { get; }

    public CodexHome Codex { get; }

    public TokenRefresher Refresher { get; }

    public AccountCalls Calls => new(_http, new Uri($"{Backend.Origin}/backend-api"), Time);

    public AccountUsage Usage => new(Files.Store, Refresher, new UsageQuery(Calls), Time);

    public Logout Logout => new(Files.Store, new TokenEndpoint(_http, new Uri(Auth.Url), Time), Files.Logs.CreateLogger<Logout>());

    /// <summary>The first account as it is on disk.</summary>
    public Account OnDisk => Files.NewStore().Read().All[0];

    public static async Task<RefreshScene> StartAsync()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
        return new RefreshScene(time, await FakeBackend.StartAsync(time));
    }

    /// <param name="handler">Null for the scene's login server.</param>
    public TokenRefresher NewRefresher(AccountStore store, HttpMessageHandler? handler = null) => new(
        store, new TokenEndpoint(handler is null ? _http : new HttpMessageInvoker(handler), new Uri(Auth.Url), Time) { UserAgent = "codex_cli_rs/0.1", Originator = "codex_cli_rs" },
        Codex, Time, Files.Logs.CreateLogger<TokenRefresher>());

    /// <summary>Signs the default user in and stores the account.</summary>
    public Task<Account> SignInAsync(TimeSpan lifetime, string? source = null) => StoreAsync(Auth.SignIn(lifetime: lifetime), source);

    public Task<Account> StoreAsync(FakeTokens tokens, string? source = null) => Files.Store.UpdateAsync(
        document => document.Upsert(TokensOf(tokens), tokens.User.Email, source, Time.GetUtcNow()), default);

    public void WriteCodexFile(FakeTokens tokens) => File.WriteAllText(Codex.AuthFile, tokens.ToAuthJson(Time.GetUtcNow()));

    public static TokenSet TokensOf(FakeTokens tokens) => new()
    {
        AccessToken = tokens.AccessToken,
        RefreshToken = tokens.RefreshToken,
        IdToken = tokens.IdToken,
        AccountId = tokens.User.AccountId,
    };

    public async ValueTask DisposeAsync()
    {
        await Refresher.DisposeAsync();
        await Backend.DisposeAsync();
        _http.Dispose();
        Files.Dispose();
    }
}

/// <summary>Answers requests without a network, for what a login server cannot be made to do.</summary>
internal sealed class StubHandler(Func<HttpResponseMessage> answer) : HttpMessageHandler
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return Task.FromResult(answer());
    }
}
