using System.CommandLine;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Manages the accounts on disk, whether the proxy runs or not: it sees the change at its next request.</summary>
internal static class AccountsCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON instead of text", Recursive = true };
    private static readonly Option<string> DataDirectory = new("--data-dir") { Description = "Where the accounts are kept", HelpName = "directory", Recursive = true };

    public static Command Build()
    {
        var command = new Command("accounts", "List and manage the accounts") { Json, DataDirectory };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ListAsync(), ct));
        command.Subcommands.Add(Simple("list", "Show all accounts with plan, quota and state", actions => actions.ListAsync()));
        command.Subcommands.Add(Import());
        command.Subcommands.Add(ForOne("switch", "Make an account the active one", (actions, account, _) => actions.SwitchAsync(account)));
        command.Subcommands.Add(ForOne("remove", "Remove an account and its tokens", (actions, account, _) => actions.RemoveAsync(account)));
        command.Subcommands.Add(ForOne("enable", "Use an account again", (actions, account, _) => actions.EnableAsync(account, true)));
        command.Subcommands.Add(ForOne("disable", "Keep an account but do not use it", (actions, account, _) => actions.EnableAsync(account, false)));
        command.Subcommands.Add(ForSome("refresh", "Renew the token of an account, or of all", (actions, account, ct) => actions.RefreshAsync(account, ct)));
        command.Subcommands.Add(ForSome("verify", "Ask the backend whether an account works, or all", (actions, account, ct) => actions.VerifyAsync(account, ct)));
        command.Subcommands.Add(Export());
        return command;
    }

    private static Command Import()
    {
        var path = new Argument<string?>("file") { Description = "An auth.json other than Codex's own; - reads it from standard input", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("import", "Take over the sign-in of the Codex CLI") { path };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ImportAsync(parsed.GetValue(path), Console.OpenStandardInput(), ct), ct));
        return command;
    }

    private static Command Export()
    {
        Argument<string> account = AccountArgument();
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; - for standard output", HelpName = "file" };
        var command = new Command("export", "Write an account's tokens as an auth.json for the Codex CLI") { account, output };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ExportAsync(parsed.GetValue(account)!, parsed.GetValue(output)), ct));
        return command;
    }

    private static Command Simple(string name, string help, Func<AccountActions, Task<int>> act)
    {
        var command = new Command(name, help);
        command.SetAction((parsed, ct) => RunAsync(parsed, act, ct));
        return command;
    }

    private static Command ForOne(string name, string help, Func<AccountActions, string, CancellationToken, Task<int>> act)
    {
        Argument<string> account = AccountArgument();
        var command = new Command(name, help) { account };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => act(actions, parsed.GetValue(account)!, ct), ct));
        return command;
    }

    private static Command ForSome(string name, string help, Func<AccountActions, string?, CancellationToken, Task<int>> act)
    {
        var account = new Argument<string?>("account") { Description = "E-mail address or account id; all accounts without it", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command(name, help) { account };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => act(actions, parsed.GetValue(account), ct), ct));
        return command;
    }

    private static Argument<string> AccountArgument() => new("account") { Description = "E-mail address or account id" };

    private static async Task<int> RunAsync(ParseResult parsed, Func<AccountActions, Task<int>> act, CancellationToken ct)
    {
        Dictionary<string, string> flags = [];
        if (parsed.GetValue(DataDirectory) is { } directory) flags["data-dir"] = directory;
        OptionsResult read = OptionsReader.Read(flags, Environment.GetEnvironmentVariable);
        if (read.Problems.Count > 0)
        {
            foreach (string problem in read.Problems) await Console.Error.WriteLineAsync(problem);
            return read.Unreadable ? Commands.Failure : Commands.Usage;
        }

        ProxyOptions options = read.Options;
        TimeProvider time = TimeProvider.System;
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new ConsoleLog(Console.Error, LogFormat.Text, time)));
        using HttpMessageInvoker http = Egress.Create();
        var codex = new CodexClient(http, options.ChatGptUrl, options.CodexVersion);
        using var store = new AccountStore(new DataDirectory(options.DataDirectory), time, loggers.CreateLogger<AccountStore>());
        CodexHome codexHome = CodexHome.FromEnvironment();
        var endpoint = new TokenEndpoint(http, options.AuthUrl, time) { UserAgent = codex.UserAgent };
        await using var tokens = new TokenRefresher(store, endpoint, codexHome, time, loggers.CreateLogger<TokenRefresher>());
        var pool = new AccountPool(store, time, loggers.CreateLogger<AccountPool>());
        var usage = new AccountUsage(store, tokens, new UsageQuery(http, options.ChatGptUrl, time) { UserAgent = codex.UserAgent }, time);
        var actions = new AccountActions(store, pool, tokens, usage, time)
        {
            Import = new CodexImport(store, codexHome, time),
            Output = Console.Out,
            Errors = Console.Error,
            AsJson = parsed.GetValue(Json),
        };

        try
        {
            await store.OpenAsync(ct);
            pool.Load();
            return await act(actions);
        }
        catch (Exception e) when (AccountStore.IsTrouble(e))
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Commands.Failure;
        }
    }
}
