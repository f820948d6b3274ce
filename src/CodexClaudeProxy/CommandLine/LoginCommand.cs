using System.CommandLine;
using System.CommandLine.Parsing;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Signs an account in: <c>login</c>, and <c>accounts add</c> as the original called it.</summary>
internal static class LoginCommand
{
    public static Command Build(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON lines instead of text" };
        var dataDirectory = new Option<string?>("--data-dir") { Description = "Directory of the accounts", HelpName = "directory" };
        Command command = Build("login", terminal, json, dataDirectory);
        command.Options.Add(json);
        command.Options.Add(dataDirectory);
        return command;
    }

    /// <param name="json">Like <paramref name="dataDirectory"/> an option that the command or its parent has.</param>
    public static Command Build(string name, Terminal terminal, Option<bool> json, Option<string?> dataDirectory)
    {
        var headless = new Option<bool>("--headless", "--no-browser") { Description = "Print the address, and read the callback URL or the code from the input" };
        var device = new Option<bool>("--device") { Description = "Print a code to enter on any device" };
        var import = new Option<string?>("--import") { Description = "Import the sign-in of the Codex CLI, from its own auth.json or another", HelpName = "file", Arity = ArgumentArity.ZeroOrOne };
        var port = new Option<string?>("--port") { Description = "Where the proxy runs, if not on its usual port", HelpName = "number" };
        Option<string?> proxy = ProxyOption();
        var again = new Option<string?>("--account") { Description = "Sign this account in again, through its own proxy if it has one", HelpName = "account" };
        again.CompletionSources.Add(context => LocalAccounts.NamesIn(terminal, context.ParseResult.GetValue(dataDirectory)));
        var command = new Command(name, "Sign in with a ChatGPT account, in the browser unless another way is chosen") { headless, device, import, port, proxy, again };
        command.Validators.Add(result =>
        {
            CheckProxy(result, proxy);
            if (((Option[])[headless, device, import]).Count(way => result.GetResult(way) is { Implicit: false }) > 1)
                result.AddError("Choose one of --headless, --device and --import.");
        });
        command.SetAction((parsed, ct) => LocalAccounts.UseAsync(
            terminal,
            [new("data-dir", parsed.GetValue(dataDirectory)), new("port", parsed.GetValue(port))],
            accounts => RunAsync(
                accounts, terminal, parsed.GetValue(json),
                (signIn, interrupt) => parsed.GetValue(headless) ? signIn.ByPastingAsync(interrupt)
                    : parsed.GetValue(device) ? signIn.ByDeviceAsync(interrupt)
                    : parsed.GetResult(import) is not null ? signIn.ByImportAsync(parsed.GetValue(import), interrupt)
                    : signIn.ByBrowserAsync(interrupt),
                ct, proxy: parsed.GetValue(proxy), again: parsed.GetValue(again)),
            ct));
        return command;
    }

    public static Option<string?> ProxyOption() =>
        new("--proxy") { Description = "What everything of the account goes through, from the sign-in on, such as socks5://user:password@host:1080", HelpName = "url" };

    public static void CheckProxy(CommandResult result, Option<string?> proxy)
    {
        if (result.GetValue(proxy) is { } url && AccountProxy.Parse(url) is { Problem: { } problem }) result.AddError($"--proxy cannot be used: {problem}.");
    }

    public static AccountProxy? ProxyIn(ParseResult parsed, Option<string?> proxy) => parsed.GetValue(proxy) is { } url ? AccountProxy.Parse(url) : null;

    /// <summary>Signs in, until it has succeeded or failed, or the person presses Ctrl+C.</summary>
    /// <param name="way">Which of the ways, and how; returns the exit code.</param>
    /// <param name="isBeforeServing">The proxy starts after it, in this process.</param>
    /// <param name="proxy">What the account goes through; null for the environment's or that of the account in <paramref name="again"/>.</param>
    /// <param name="again">The account that signs in again; null when that is not told.</param>
    public static async Task<int> RunAsync(
        LocalAccounts accounts, Terminal terminal, bool asJson, Func<SignIn, CancellationToken, Task<int>> way, CancellationToken ct, bool isBeforeServing = false,
        string? proxy = null, string? again = null)
    {
        string unknown = "";
        Account? known = again is null ? null : NamedAccount.Find(accounts.Store.Read(), again, out unknown);
        if (again is not null && known is null) return Outcome.Tell(terminal, asJson, success: false, unknown);
        if (accounts.Options.AuthUrl.Scheme == Uri.UriSchemeHttps && terminal.Tls.MissingAuthorities() is { } missing)
            return Outcome.Tell(terminal, asJson, success: false, missing.Sentence);
        using var interrupt = new Interruption(ct);
        await using var signIn = new SignIn(accounts, terminal, asJson, isBeforeServing) { Proxy = proxy is null ? known?.Proxy : AccountProxy.Parse(proxy) };
        try
        {
            return await way(signIn, interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return Commands.Interrupted;
        }
    }
}
