using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What a command does with the accounts on disk: the program's own parts, without its server.</summary>
internal sealed class LocalAccounts : IAsyncDisposable
{
    private readonly Journal _log;
    private readonly ILoggerFactory _loggers;

    private LocalAccounts(ProxyOptions options, Terminal terminal)
    {
        Options = options;
        _log = new Journal(Time) { Console = terminal.Error, Level = LogLevel.Warning };
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(_log));
        Http = Egress.Create(terminal.Variable);
        string userAgent = new CodexClient(Http, options.ChatGptUrl, options.CodexVersion).UserAgent;
        Store = new AccountStore(new DataDirectory(options.DataDirectory), Time, _loggers.CreateLogger<AccountStore>());
        Codex = CodexHome.FromEnvironment(terminal.Variable);
        TokenEndpoint = new TokenEndpoint(Http, options.AuthUrl, Time) { UserAgent = userAgent };
        Tokens = new TokenRefresher(Store, TokenEndpoint, Codex, Time, _loggers.CreateLogger<TokenRefresher>());
        Pool = new AccountPool(Store, Time, _loggers.CreateLogger<AccountPool>());
        Usage = new AccountUsage(Store, Tokens, new UsageQuery(Http, options.ChatGptUrl, Time) { UserAgent = userAgent }, Time);
    }

    public ProxyOptions Options { get; }

    public TimeProvider Time { get; } = TimeProvider.System;

    public HttpMessageInvoker Http { get; }

    public AccountStore Store { get; }

    public CodexHome Codex { get; }

    public TokenEndpoint TokenEndpoint { get; }

    public TokenRefresher Tokens { get; }

    public AccountPool Pool { get; }

    public AccountUsage Usage { get; }

    /// <summary>Opens the data directory for one command. Whatever is wrong with the options or the disk is told, and becomes the exit code.</summary>
    /// <param name="flags">Settings given on the command line; those without a value are left out.</param>
    public static async Task<int> UseAsync(Terminal terminal, IEnumerable<KeyValuePair<string, string?>> flags, Func<LocalAccounts, Task<int>> act, CancellationToken ct)
    {
        OptionsResult read = OptionsReader.Read(flags.Where(flag => flag.Value is not null).ToDictionary(flag => flag.Key, flag => flag.Value!), terminal.Variable);
        if (read.Problems.Count > 0)
        {
            foreach (string problem in read.Problems) await terminal.Error.WriteLineAsync(problem);
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        try
        {
            await using var accounts = new LocalAccounts(read.Options, terminal);
            await accounts.Store.OpenAsync(ct);
            accounts.Pool.Load();
            return await act(accounts);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            await terminal.Error.WriteLineAsync(e.Message);
            return Commands.Failure;
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
