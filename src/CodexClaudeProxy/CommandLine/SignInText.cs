using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Login;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// What is shown during a sign-in. As JSON, the output is a line when the person has to act (<c>status</c> <c>waiting</c>) and one at the
/// end (<c>status</c> <c>done</c>, <c>failed</c> or <c>interrupted</c>).
/// </summary>
/// <param name="isBeforeServing">The proxy starts after it, in this process.</param>
internal sealed class SignInText(LocalAccounts accounts, Terminal terminal, bool asJson, bool isBeforeServing)
{
    public bool AsJson => asJson;

    /// <param name="whyNotOpened">Null when a browser shows the address already.</param>
    public void ShowAddress(LoginSession session, string? whyNotOpened, bool acceptsPasted)
    {
        if (asJson)
        {
            ShowWaiting(session, opened: whyNotOpened is null);
            return;
        }

        Authorization asked = session.Authorization!;
        if (whyNotOpened is null)
        {
            terminal.Out.WriteLine("Sign in with your ChatGPT account in the browser that opens. If none does, open this address:");
            terminal.Out.WriteLine();
            terminal.Out.WriteLine(asked.Url);
            terminal.Out.WriteLine();
        }
        else
        {
            terminal.Out.WriteLine($"No browser was opened: {whyNotOpened}. Open this address in one and sign in with your ChatGPT account:");
            terminal.Out.WriteLine();
            terminal.Out.WriteLine(asked.Url);
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"The sign-in returns to port {asked.Port} of the machine the browser runs on. If that is another machine, forward the port first");
            terminal.Out.WriteLine($"(ssh -L {asked.Port}:localhost:{asked.Port} …), {(acceptsPasted ? "" : "use login --headless and ")}paste the address of the page that does not load{(acceptsPasted ? " here" : "")}, or use login --device.");
        }

        terminal.Out.WriteLine($"Waiting until {Local(session.ExpiresAt)}{(acceptsPasted ? "; the address the browser ends at can also be pasted here" : "")}. Ctrl+C cancels.");
        terminal.Out.Flush();
    }

    public void ShowAddressToPaste(LoginSession session)
    {
        if (asJson)
        {
            ShowWaiting(session);
        }
        else
        {
            terminal.Out.WriteLine("Open this address in any browser and sign in with your ChatGPT account:");
            terminal.Out.WriteLine();
            terminal.Out.WriteLine(session.Authorization!.Url);
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"The browser then ends at a page of http://{accounts.Options.LoginHost}:{session.Authorization.Port} that does not load. Copy its address.");
            terminal.Out.Flush();
        }

        Ask("Paste the callback URL or authorization code: ");
    }

    public void ShowCode(LoginSession session)
    {
        DeviceCode device = session.Device!;
        if (asJson)
        {
            ShowWaiting(session);
            return;
        }

        terminal.Out.WriteLine("On any device, open this address, sign in with your ChatGPT account and enter the code:");
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"  {device.Url}");
        terminal.Out.WriteLine($"  {device.UserCode}");
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"Waiting until {Local(session.ExpiresAt)}. Enter a code only if you have asked for it yourself. Ctrl+C cancels.");
        terminal.Out.Flush();
    }

    /// <summary>On the error stream: the output is for programs too.</summary>
    public void Ask(string question)
    {
        terminal.Error.Write(question);
        terminal.Error.Flush();
    }

    /// <returns>The exit code.</returns>
    public int Fail(string message, bool interrupted = false)
    {
        if (asJson) terminal.Out.WriteJson(new SignInFailure(false, interrupted ? "interrupted" : "failed", message), CommandLineContext.Default.SignInFailure, onOneLine: true);
        else terminal.Error.WriteLine(message);
        return interrupted ? Commands.Interrupted : Commands.Failure;
    }

    /// <param name="key">The account's.</param>
    /// <param name="note">What else the owner should know.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ShowDoneAsync(string message, string key, string? note, CancellationToken ct)
    {
        AccountList all = accounts.Store.Read();
        // Another program may just have removed it; the sign-in has succeeded all the same.
        Account account = all.Find(key) ?? new Account { Email = key, AccountId = "" };
        Uri? server = await RunningServer.FindAsync(accounts.Options, accounts.Store.Path, ct);
        if (asJson)
        {
            var done = new SignInDone(
                true, "done", message, account.Email, account.AccountId, account.PlanType, account.Key == all.Active?.Key, AccountReport.Quota(account.Quota), server?.GetLeftPart(UriPartial.Authority), note);
            terminal.Out.WriteJson(done, CommandLineContext.Default.SignInDone, onOneLine: true);
            return 0;
        }

        string quota = AccountTable.Quota(accounts.Pool.LimitsOf(account), accounts.Time.GetUtcNow());
        await terminal.Out.WriteLineAsync(quota is "-" or "" ? $"{message}; its quota is not known yet" : $"{message}; remaining: {quota}");
        if (note is not null) await terminal.Error.WriteLineAsync(note);
        if (account != all.Active && all.Active is { } active)
            await terminal.Out.WriteLineAsync($"The active account is still {active.Email}. To make the new account active: codex-claude-proxy accounts switch {account.Email}");
        if (server is not null || !isBeforeServing) await terminal.Out.WriteLineAsync(server is null
            ? "Next: start the proxy with codex-claude-proxy. A running proxy uses the account from its next request on."
            : $"The proxy at {server.GetLeftPart(UriPartial.Authority)} uses the account from its next request on.");
        return 0;
    }

    private void ShowWaiting(LoginSession session, bool? opened = null)
    {
        var waiting = new SignInWaiting("waiting", session.Authorization?.Url ?? session.Device!.Url, session.Device?.UserCode, session.ExpiresAt, opened);
        terminal.Out.WriteJson(waiting, CommandLineContext.Default.SignInWaiting, onOneLine: true);
    }

    private string Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, accounts.Time.LocalTimeZone).ToString("HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>The line when the person has to act.</summary>
/// <param name="Status">Always <c>waiting</c>.</param>
/// <param name="Url">Where.</param>
/// <param name="UserCode">The code to enter there; absent unless it is a device login.</param>
/// <param name="ExpiresAt">When the sign-in ends by itself.</param>
/// <param name="Opened">A browser shows the address already; absent when none was asked for.</param>
internal sealed record SignInWaiting(
    string Status, string Url,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UserCode,
    DateTimeOffset ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Opened);

/// <summary>The last line of a sign-in that failed.</summary>
/// <param name="Success">Always false.</param>
/// <param name="Status"><c>failed</c> or <c>interrupted</c>.</param>
/// <param name="Message">Why.</param>
internal sealed record SignInFailure(bool Success, string Status, string Message);

/// <summary>The last line of a sign-in that succeeded.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Status">Always <c>done</c>.</param>
/// <param name="Message">Who is signed in.</param>
/// <param name="Email">The account's e-mail address.</param>
/// <param name="AccountId">The account's workspace.</param>
/// <param name="PlanType">Such as <c>plus</c>.</param>
/// <param name="IsActive">It is the account the owner chose.</param>
/// <param name="Quota">As in the account file, see <see cref="UsageSummary"/>; null when nothing is known.</param>
/// <param name="Server">The address of the proxy that uses the account from now on; null when none runs.</param>
/// <param name="Note">What else the owner should know; absent when there is nothing.</param>
internal sealed record SignInDone(
    bool Success, string Status, string Message, string Email, string AccountId, string PlanType, bool IsActive, JsonElement? Quota, string? Server,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note);
