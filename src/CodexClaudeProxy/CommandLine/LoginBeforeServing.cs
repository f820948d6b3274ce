namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// The sign-in that <c>--headless-login</c> asks for before the proxy starts. A service has no person who could paste something: there the
/// proxy starts with the accounts it has.
/// </summary>
internal static class LoginBeforeServing
{
    /// <returns>0 when the proxy may start; else the exit code.</returns>
    public static Task<int> RunAsync(Dictionary<string, string> flags, Terminal terminal, CancellationToken ct) => LocalAccounts.UseAsync(
        terminal, flags.Select(flag => KeyValuePair.Create(flag.Key, (string?)flag.Value)), accounts => SignInAsync(accounts, terminal, ct), ct);

    private static async Task<int> SignInAsync(LocalAccounts accounts, Terminal terminal, CancellationToken ct)
    {
        // Looked for first, or an address would be printed that leads nowhere.
        if (!terminal.IsInteractive && await terminal.IsAtEndAsync(ct)) return WithoutInput(accounts, terminal);

        bool isUnanswered = false;
        int code = await LoginCommand.RunAsync(accounts, terminal, asJson: false, async (signIn, interrupt) =>
        {
            int code = await signIn.ByPastingAsync(interrupt);
            isUnanswered = !signIn.WasAnswered;
            return code;
        }, ct, isBeforeServing: true);
        return code == Commands.Failure && isUnanswered && !terminal.IsInteractive ? WithoutInput(accounts, terminal) : code;
    }

    private static int WithoutInput(LocalAccounts accounts, Terminal terminal)
    {
        int count = accounts.Store.Read().All.Length;
        terminal.Error.WriteLine(count == 0
            ? $"{ServeCommand.HeadlessLogin}: no account is signed in, and there is no terminal or input to sign in with. Sign in once at a terminal: codex-claude-proxy login --headless"
            : $"{ServeCommand.HeadlessLogin}: there is no terminal or input to sign in with; the proxy starts with the {(count == 1 ? "account" : $"{count} accounts")} it has.");
        return count == 0 ? Commands.Failure : 0;
    }
}
