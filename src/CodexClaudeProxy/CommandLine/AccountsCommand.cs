using System.CommandLine;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Manages the accounts on disk, whether the proxy runs or not: it sees the change at its next request.</summary>
internal sealed class AccountsCommand
{
    private readonly Terminal _terminal;
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON instead of text", Recursive = true };
    private readonly Option<string> _dataDirectory = new("--data-dir") { Description = "Where the accounts are kept", HelpName = "directory", Recursive = true };

    private AccountsCommand(Terminal terminal) => _terminal = terminal;

    public static Command Build(Terminal terminal) => new AccountsCommand(terminal).Tree();

    private Command Tree()
    {
        var command = new Command("accounts", "List and manage the accounts") { _json, _dataDirectory };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ListAsync(), ct));
        command.Subcommands.Add(List());
        command.Subcommands.Add(Import());
        command.Subcommands.Add(ForOne("switch", "Make an account the active one", (actions, account) => actions.SwitchAsync(account)));
        command.Subcommands.Add(ForOne("remove", "Remove an account and its tokens", (actions, account) => actions.RemoveAsync(account)));
        command.Subcommands.Add(ForOne("enable", "Use an account again", (actions, account) => actions.EnableAsync(account, true)));
        command.Subcommands.Add(ForOne("disable", "Keep an account but do not use it", (actions, account) => actions.EnableAsync(account, false)));
        command.Subcommands.Add(With(new Argument<string>("text") { Description = "One line; empty for none" },
            "label", "Give an account a name of your own", (actions, account, text) => actions.LabelAsync(account, text)));
        command.Subcommands.Add(With(new Argument<int>("number") { Description = "0 unless set; may be negative" },
            "priority", "Order the accounts: lower numbers serve first", (actions, account, number) => actions.PrioritizeAsync(account, number)));
        command.Subcommands.Add(With(new Argument<int>("percent") { Description = "0 for nothing" },
            "reserve", "Keep a part of an account's week for yourself: no new conversation begins below it", (actions, account, percent) => actions.ReserveAsync(account, percent)));
        command.Subcommands.Add(ForSome("refresh", "Renew the token of an account, or of all", (actions, account, ct) => actions.RefreshAsync(account, ct)));
        command.Subcommands.Add(ForSome("verify", "Ask the backend whether an account works, or all", (actions, account, ct) => actions.VerifyAsync(account, ct)));
        command.Subcommands.Add(Export());
        return command;
    }

    private Command List()
    {
        var command = new Command("list", "Show all accounts with plan, quota and state");
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ListAsync(), ct));
        return command;
    }

    private Command Import()
    {
        var path = new Argument<string?>("file") { Description = "An auth.json other than Codex's own; - reads it from standard input", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("import", "Take over the sign-in of the Codex CLI") { path };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ImportAsync(parsed.GetValue(path), _terminal.In, ct), ct));
        return command;
    }

    private Command Export()
    {
        Argument<string> account = OneAccount();
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; - for standard output", HelpName = "file" };
        var command = new Command("export", "Write an account's tokens as an auth.json for the Codex CLI") { account, output };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ExportAsync(parsed.GetValue(account)!, parsed.GetValue(output)), ct));
        return command;
    }

    private Command ForOne(string name, string help, Func<AccountActions, string, Task<int>> act)
    {
        Argument<string> account = OneAccount();
        var command = new Command(name, help) { account };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => act(actions, parsed.GetValue(account)!), ct));
        return command;
    }

    private Command With<T>(Argument<T> value, string name, string help, Func<AccountActions, string, T, Task<int>> act)
    {
        Argument<string> account = OneAccount();
        var command = new Command(name, help) { account, value };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => act(actions, parsed.GetValue(account)!, parsed.GetValue(value)!), ct));
        return command;
    }

    private Command ForSome(string name, string help, Func<AccountActions, string?, CancellationToken, Task<int>> act)
    {
        var account = new Argument<string?>("account") { Description = "E-mail address or account id; all accounts without it", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command(name, help) { account };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => act(actions, parsed.GetValue(account), ct), ct));
        return command;
    }

    private static Argument<string> OneAccount() => new("account") { Description = "E-mail address or account id" };

    private async Task<int> RunAsync(ParseResult parsed, Func<AccountActions, Task<int>> act, CancellationToken ct)
    {
        Dictionary<string, string> flags = [];
        if (parsed.GetValue(_dataDirectory) is { } directory) flags["data-dir"] = directory;
        OptionsResult read = OptionsReader.Read(flags, _terminal.Variable);
        if (read.Problems.Count > 0)
        {
            foreach (string problem in read.Problems) await _terminal.Error.WriteLineAsync(problem);
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        try
        {
            return await RunAsync(read.Options, parsed.GetValue(_json), act, ct);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            await _terminal.Error.WriteLineAsync(e.Message);
            return Commands.Failure;
        }
    }

    private async Task<int> RunAsync(ProxyOptions options, bool asJson, Func<AccountActions, Task<int>> act, CancellationToken ct)
    {
        TimeProvider time = TimeProvider.System;
        using var log = new Journal(time) { Console = _terminal.Error, Level = LogLevel.Warning };
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(log));
        using HttpMessageInvoker http = Egress.Create();
        var codex = new CodexClient(http, options.ChatGptUrl, options.CodexVersion);
        using var store = new AccountStore(new DataDirectory(options.DataDirectory), time, loggers.CreateLogger<AccountStore>());
        CodexHome codexHome = CodexHome.FromEnvironment(_terminal.Variable);
        var endpoint = new TokenEndpoint(http, options.AuthUrl, time) { UserAgent = codex.UserAgent };
        await using var tokens = new TokenRefresher(store, endpoint, codexHome, time, loggers.CreateLogger<TokenRefresher>());
        var pool = new AccountPool(store, time, loggers.CreateLogger<AccountPool>());
        var usage = new AccountUsage(store, tokens, new UsageQuery(http, options.ChatGptUrl, time) { UserAgent = codex.UserAgent }, time);

        await store.OpenAsync(ct);
        pool.Load();
        return await act(new AccountActions(store, pool, tokens, usage, time)
        {
            Import = new CodexImport(store, codexHome, time),
            Output = _terminal.Out,
            Errors = _terminal.Error,
            AsJson = asJson,
        });
    }
}
