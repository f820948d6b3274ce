using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Backups;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What a command does with the accounts on disk: the program's own parts, without its server.</summary>
internal sealed class LocalAccounts : IAsyncDisposable
{
    private static readonly TimeSpan ModelsPatience = TimeSpan.FromSeconds(10);

    private readonly Journal _log;
    private readonly ILoggerFactory _loggers;

    private LocalAccounts(ProxyOptions options, Terminal terminal)
    {
        Options = options;
        _log = new Journal(Time) { Console = terminal.Error, Level = LogLevel.Warning };
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(_log));
        Http = Egress.Create(terminal.Variable);
        Backend = new CodexClient(Http, options.ChatGptUrl, options.CodexVersion);
        string userAgent = Backend.UserAgent;
        Store = new AccountStore(new DataDirectory(options.DataDirectory), Time, _loggers.CreateLogger<AccountStore>());
        Codex = CodexHome.FromEnvironment(terminal.Variable);
        TokenEndpoint = new TokenEndpoint(Http, options.AuthUrl, Time) { UserAgent = userAgent };
        Tokens = new TokenRefresher(Store, TokenEndpoint, Codex, Time, _loggers.CreateLogger<TokenRefresher>());
        Pool = new AccountPool(Store, Time, _loggers.CreateLogger<AccountPool>());
        var calls = new AccountCalls(Http, options.ChatGptUrl, Time) { UserAgent = userAgent };
        Usage = new AccountUsage(Store, Tokens, new UsageQuery(calls), Time);
        Resets = new BankedResets(Store, Usage, new ResetQuery(calls, Tokens), new ResetJournal(Store.Directory, Time), Time, _loggers.CreateLogger<BankedResets>());
    }

    public ProxyOptions Options { get; }

    public TimeProvider Time { get; } = TimeProvider.System;

    public HttpMessageInvoker Http { get; }

    public CodexClient Backend { get; }

    public AccountStore Store { get; }

    public CodexHome Codex { get; }

    public TokenEndpoint TokenEndpoint { get; }

    public TokenRefresher Tokens { get; }

    public AccountPool Pool { get; }

    public AccountUsage Usage { get; }

    public BankedResets Resets { get; }

    /// <summary>Opens the data directory for one command. Whatever is wrong with the options or the disk is told, and becomes the exit code.</summary>
    /// <param name="flags">Settings given on the command line; those without a value are left out.</param>
    /// <param name="asJson">A program reads what is told.</param>
    /// <param name="unusable">Tells in another way that the data directory cannot be used.</param>
    public static async Task<int> UseAsync(
        Terminal terminal, IEnumerable<KeyValuePair<string, string?>> flags, Func<LocalAccounts, Task<int>> act, CancellationToken ct, bool asJson = false,
        Func<ProxyOptions, Exception, Task<int>>? unusable = null)
    {
        OptionsResult read = OptionsReader.Read(flags.Where(flag => flag.Value is not null).ToDictionary(flag => flag.Key, flag => flag.Value!), terminal.Variable);
        if (read.Problems.Count > 0)
        {
            Outcome.Tell(terminal, asJson, success: false, string.Join('\n', read.Problems));
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        try
        {
            await using LocalAccounts accounts = await OpenAsync(read.Options, terminal, ct);
            return await act(accounts);
        }
        catch (Exception e) when (unusable is not null && e is (IOException or UnauthorizedAccessException))
        {
            return await unusable(read.Options, e);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            return Outcome.Tell(terminal, asJson, success: false, e.Message);
        }
    }

    /// <summary>How the accounts in a directory can be named, for a shell that completes them. Changes nothing there, and says nothing when something is wrong.</summary>
    public static IEnumerable<string> NamesIn(Terminal terminal, string? dataDirectory)
    {
        OptionsResult read = OptionsReader.Read(dataDirectory is null ? new() : new Dictionary<string, string> { ["data-dir"] = dataDirectory }, terminal.Variable);
        using AccountStore store = new(new DataDirectory(read.Options.DataDirectory), terminal.Time, NullLogger<AccountStore>.Instance);
        try
        {
            return [.. store.Read().All.SelectMany(static account => (string[])[account.Email, .. account.Label is { } label ? [label] : (string[])[]]).Distinct()];
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            return [];
        }
    }

    /// <exception cref="AccountsDamagedException">The account file and its backup are both unreadable.</exception>
    public static async Task<LocalAccounts> OpenAsync(ProxyOptions options, Terminal terminal, CancellationToken ct)
    {
        var accounts = new LocalAccounts(options, terminal);
        try
        {
            await UnfinishedRestore.RollBackAsync(accounts.Store.Directory, accounts.Time, ct);
            await accounts.Store.OpenAsync(ct);
            accounts.Pool.Load();
            using SettingsStore settings = new(options.DataDirectory, accounts.Time, NullLogger.Instance);
            accounts.Pool.Apply(settings.Read());
            return accounts;
        }
        catch
        {
            await accounts.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the accounts are offered; the list of the one that would serve next leads.</summary>
    public Task<CatalogueReply> FetchModelsAsync(CancellationToken ct) => new AccountCatalogues(Store, Pool, Tokens, Backend, Time).FetchAllAsync(ct);

    /// <summary>What an account that has just signed in brings along: its quota, and the models of its plan. Never fails: both can be asked for later.</summary>
    public async Task WelcomeAsync(Account account, CancellationToken ct)
    {
        await Usage.FetchAsync(account, ct);
        await using Catalogue catalogue = new(Options.DataDirectory, FetchModelsAsync, Time, NullLogger.Instance);
        await catalogue.GetAsync(ModelsPatience, ct);
        // A copy from before is answered at once; the new one is what counts.
        try
        {
            await catalogue.RefreshedAsync().WaitAsync(ModelsPatience, Time, ct);
        }
        catch (TimeoutException)
        {
            // The next start asks again.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Tokens.DisposeAsync();
        Store.Dispose();
        Http.Dispose();
        _loggers.Dispose();
        _log.Dispose();
    }
}
