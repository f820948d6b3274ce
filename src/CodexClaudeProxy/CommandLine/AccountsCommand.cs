using System.CommandLine;
using CodexClaudeProxy.Login;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Manages the accounts on disk, whether the proxy runs or not: it sees the change at its next request.</summary>
internal sealed class AccountsCommand
{
    private readonly Terminal _terminal;
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON instead of text", Recursive = true };
    private readonly Option<string?> _dataDirectory = new("--data-dir") { Description = "Directory of the accounts", HelpName = "directory", Recursive = true };

    private AccountsCommand(Terminal terminal) => _terminal = terminal;

    public static Command Build(Terminal terminal) => new AccountsCommand(terminal).Tree();

    private Command Tree()
    {
        var command = new Command("accounts", "List and manage the accounts") { _json, _dataDirectory };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ListAsync(), ct));
        command.Subcommands.Add(List());
        command.Subcommands.Add(LoginCommand.Build("add", _terminal, _json, _dataDirectory));
        command.Subcommands.Add(Import());
        command.Subcommands.Add(ForOne("switch", "Make an account the active one", (actions, account) => actions.SwitchAsync(account)));
        command.Subcommands.Add(Remove());
        command.Subcommands.Add(Clear());
        command.Subcommands.Add(ForOne("enable", "Enable an account again", (actions, account) => actions.EnableAsync(account, true)));
        command.Subcommands.Add(ForOne("disable", "Disable an account without removing it", (actions, account) => actions.EnableAsync(account, false)));
        command.Subcommands.Add(With(new Argument<string>("text") { Description = "One line; empty for none" },
            "label", "Set the label of an account", (actions, account, text) => actions.LabelAsync(account, text)));
        command.Subcommands.Add(With(new Argument<int>("number") { Description = "0 unless set; may be negative" },
            "priority", "Order the accounts: lower numbers are used first", (actions, account, number) => actions.PrioritizeAsync(account, number)));
        command.Subcommands.Add(Reserve());
        command.Subcommands.Add(With(new Argument<string[]>("model") { Description = "Name, or pattern with *; an empty one for none", Arity = ArgumentArity.OneOrMore },
            "exclude", "Set which models an account never serves", (actions, account, models) => actions.ExcludeAsync(account, models)));
        command.Subcommands.Add(Proxy());
        command.Subcommands.Add(ForSome("refresh", "Refresh the token of an account, or of all", (actions, account, ct) => actions.RefreshAsync(account, ct)));
        command.Subcommands.Add(Reset());
        command.Subcommands.Add(ForSome("verify", "Check whether an account works, or all", (actions, account, ct) => actions.VerifyAsync(account, ct)));
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
        var paths = new Argument<string[]>("file") { Description = "Files or folders of other programs, recognised by their content; - for standard input. Without any, the Codex CLI's own", Arity = ArgumentArity.ZeroOrMore };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be imported" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var only = new Option<string[]>("--only") { Description = "Only this account of the files, by its e-mail address or id; can be given several times", HelpName = "account", Arity = ArgumentArity.OneOrMore };
        Option<string?> proxy = LoginCommand.ProxyOption();
        var command = new Command("import", "Import sign-ins of the Codex CLI and other programs") { paths, dryRun, yes, only, proxy };
        command.Validators.Add(result => LoginCommand.CheckProxy(result, proxy));
        command.SetAction((parsed, ct) => UseAsync(parsed, accounts =>
            new FileImport(new CodexImport(accounts.Store, accounts.Codex, accounts.Time).Through(LoginCommand.ProxyIn(parsed, proxy)), accounts.Usage, accounts.Time, _terminal)
            {
                AsJson = parsed.GetValue(_json),
                AsksFirst = !parsed.GetValue(yes),
                Only = parsed.GetValue(only) is { Length: > 0 } names ? names : null,
            }.RunAsync(parsed.GetValue(paths) ?? [], parsed.GetValue(dryRun), ct), ct));
        return command;
    }

    private Command Proxy()
    {
        Argument<string> account = OneAccount();
        var url = new Argument<string?>("url")
        {
            Description = "Such as socks5://user:password@host:1080, also http, https and socks4a; direct for no proxy at all; - reads it from standard input; without it the present one is shown",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var none = new Option<bool>("--none") { Description = "No proxy of its own any more: the proxy variables of the environment count" };
        var command = new Command("proxy", "Set the proxy that everything of an account goes through") { account, url, none };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ProxyAsync(parsed.GetValue(account)!, parsed.GetValue(url), parsed.GetValue(none), _terminal.In), ct));
        return command;
    }

    private Command Reserve()
    {
        Argument<string> account = OneAccount();
        var percent = new Argument<int>("percent") { Description = "0 for nothing" };
        var window = new Option<string?>("--window") { Description = "Length of the quota windows, such as 5h or 7d; the weekly one without it", HelpName = "length" };
        var command = new Command("reserve", "Reserve a part of an account's quota windows: no new conversation starts below it") { account, percent, window };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => actions.ReserveAsync(parsed.GetValue(account)!, parsed.GetValue(percent), parsed.GetValue(window)), ct));
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
        Argument<string?> account = Completed(new Argument<string?>("account") { Description = "E-mail address, account id or label; all accounts without it", Arity = ArgumentArity.ZeroOrOne });
        var command = new Command(name, help) { account };
        command.SetAction((parsed, ct) => RunAsync(parsed, actions => act(actions, parsed.GetValue(account), ct), ct));
        return command;
    }

    private Argument<string> OneAccount() => Completed(new Argument<string>("account") { Description = "E-mail address, account id or label" });

    /// <summary>A shell is told which accounts there are.</summary>
    private T Completed<T>(T account) where T : Argument
    {
        account.CompletionSources.Add(context => LocalAccounts.NamesIn(_terminal, context.ParseResult.GetValue(_dataDirectory)));
        return account;
    }

    private Command Remove()
    {
        Argument<string?> account = Completed(new Argument<string?>("account") { Description = "E-mail address, account id or label; without it you choose from a list", Arity = ArgumentArity.ZeroOrOne });
        Option<bool?> revoke = Revoke();
        var command = new Command("remove", "Remove an account and its tokens") { account, revoke };
        command.SetAction((parsed, ct) => UseAsync(parsed, accounts => Removal(accounts, parsed).RemoveAsync(parsed.GetValue(account), parsed.GetValue(revoke), ct), ct));
        return command;
    }

    private Command Reset()
    {
        Argument<string> account = OneAccount();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var command = new Command("reset", "Show an account's banked resets and redeem the one that expires first") { account, yes };
        command.SetAction((parsed, ct) => UseAsync(parsed, accounts => new AccountReset(accounts, _terminal, parsed.GetValue(_json)).RedeemAsync(parsed.GetValue(account)!, parsed.GetValue(yes), ct), ct));
        return command;
    }

    private Command Clear()
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        Option<bool?> revoke = Revoke();
        var command = new Command("clear", "Remove all accounts and their tokens") { yes, revoke };
        command.SetAction((parsed, ct) => UseAsync(parsed, accounts => Removal(accounts, parsed).ClearAsync(parsed.GetValue(yes), parsed.GetValue(revoke), ct), ct));
        return command;
    }

    private static Option<bool?> Revoke() => new("--revoke") { Description = "Also revoke the sign-in at OpenAI, so that no copy of the tokens works; without it you are asked in a terminal" };

    private AccountRemoval Removal(LocalAccounts accounts, ParseResult parsed) =>
        new(accounts.Store, new Logout(accounts.Store, accounts.TokenEndpoint, NullLogger<Logout>.Instance), _terminal, parsed.GetValue(_json));

    private Task<int> RunAsync(ParseResult parsed, Func<AccountActions, Task<int>> act, CancellationToken ct) => UseAsync(parsed, accounts => act(
        new AccountActions(accounts.Store, accounts.Pool, accounts.Tokens, accounts.Usage, accounts.Time)
        {
            Terminal = _terminal,
            AsJson = parsed.GetValue(_json),
        }), ct);

    private Task<int> UseAsync(ParseResult parsed, Func<LocalAccounts, Task<int>> act, CancellationToken ct) =>
        LocalAccounts.UseAsync(_terminal, [new("data-dir", parsed.GetValue(_dataDirectory))], act, ct, parsed.GetValue(_json));
}
