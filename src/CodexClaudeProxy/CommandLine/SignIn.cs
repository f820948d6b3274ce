using CodexClaudeProxy.Login;
using CodexClaudeProxy.Network;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Signing in at the terminal: the four ways of <see cref="Login"/>, with what the person is shown and asked. Each returns the exit code.</summary>
internal sealed class SignIn : IAsyncDisposable
{
    private const string OtherWays = "codex-claude-proxy login --headless (paste the address the browser ends at) or codex-claude-proxy login --device (enter a code on any device)";
    private const string Welcoming = "Asking for the quota and the models of your plan";

    private readonly LocalAccounts _accounts;
    private readonly Terminal _terminal;
    private readonly SignInText _text;
    private readonly LoginSessions _sessions;
    private readonly TokenExchange _exchange;
    private readonly BrowserLogin _browser;
    private readonly PasteLogin _paste;
    private readonly DeviceLogin _device;

    /// <param name="isBeforeServing">The proxy starts after it, in this process.</param>
    public SignIn(LocalAccounts accounts, Terminal terminal, bool asJson, bool isBeforeServing = false)
    {
        (_accounts, _terminal) = (accounts, terminal);
        _text = new SignInText(accounts, terminal, asJson, isBeforeServing);
        // Without logs: what they would tell is told to the person here.
        _sessions = new LoginSessions(accounts.Time, NullLogger<LoginSessions>.Instance);
        _exchange = new TokenExchange(accounts.TokenEndpoint, accounts.Store, accounts.Time, NullLogger<TokenExchange>.Instance, accounts.WelcomeAsync);
        var options = new LoginOptions(accounts.Options.AuthUrl, accounts.Options.LoginHost, accounts.Options.LoginPorts);
        _browser = new BrowserLogin(options, _sessions, _exchange, accounts.Time, NullLogger<BrowserLogin>.Instance);
        _paste = new PasteLogin(_sessions, _exchange);
        _device = new DeviceLogin(new DeviceEndpoint(accounts.Http, accounts.Options.AuthUrl, accounts.Time), _sessions, _exchange, accounts.Time, NullLogger<DeviceLogin>.Instance);
    }

    /// <summary>What the account goes through from its first request on; null where the environment decides.</summary>
    public AccountProxy? Proxy { get; init; }

    /// <summary>Something was pasted, whatever came of it.</summary>
    public bool WasAnswered { get; private set; }

    /// <summary>A person who can answer questions, and is not a program that reads JSON.</summary>
    private bool CanAsk => _terminal.IsInteractive && !_text.AsJson;

    public async Task<int> ByBrowserAsync(CancellationToken interrupt)
    {
        (LoginSession session, string? trouble) = await _browser.StartAsync(port: null, Proxy, interrupt);
        if (trouble is not null) return _text.Fail($"{trouble}, or sign in without a port: {OtherWays}.");

        string url = session.Authorization!.Url;
        _text.ShowAddress(session, whyNotOpened: _terminal.OpenBrowser(url), acceptsPasted: CanAsk);
        return await FinishAsync(session, CanAsk, interrupt);
    }

    public async Task<int> ByPastingAsync(CancellationToken interrupt)
    {
        LoginSession session = _browser.StartWithoutListening(port: null, Proxy);
        _text.ShowAddressToPaste(session);
        return await FinishAsync(session, acceptsPasted: true, interrupt, mustPaste: true);
    }

    public async Task<int> ByDeviceAsync(CancellationToken interrupt)
    {
        (LoginSession? session, string? error) = await _terminal.ShowProgressAsync("Asking for a code", _device.StartAsync(Proxy, interrupt));
        if (session is null) return _text.Fail(error!);
        _text.ShowCode(session);
        return await FinishAsync(session, acceptsPasted: false, interrupt);
    }

    /// <param name="file">Null for Codex's own file.</param>
    public async Task<int> ByImportAsync(string? file, CancellationToken interrupt)
    {
        var import = new CodexImport(_accounts.Store, _accounts.Codex, _accounts.Time).Through(Proxy);
        if (CanAsk)
        {
            await _terminal.Error.WriteLineAsync(import.ExplainSharing(file));
            switch (await _terminal.AskAsync("Press Enter to sign in with a browser instead, or type import to share the sign-in:", interrupt))
            {
                case "":
                    return await ByBrowserAsync(interrupt);
                case not "import":
                    return _text.Fail("Nothing was imported.");
            }
        }

        ImportResult result = await import.ImportAsync(file, interrupt);
        if (result.Account is not { } account) return _text.Fail(result.Message);
        await _terminal.ShowProgressAsync(Welcoming, _accounts.WelcomeAsync(account, interrupt));
        return await _text.ShowDoneAsync(result.Message, account.Key, CanAsk ? null : result.Note, interrupt);
    }

    public async ValueTask DisposeAsync()
    {
        await _device.DisposeAsync();
        await _browser.DisposeAsync();
        await _exchange.DisposeAsync();
        _sessions.Dispose();
    }

    /// <summary>Waits for the session's end, however it comes: over the callback, by what is pasted, by time, or by Ctrl+C.</summary>
    /// <param name="mustPaste">Nothing but a pasted text can bring the code, so the end of the input is the end.</param>
    private async Task<int> FinishAsync(LoginSession session, bool acceptsPasted, CancellationToken interrupt, bool mustPaste = false)
    {
        // A code that is being exchanged is not lost to a Ctrl+C: TryEnd leaves such a session alone.
        using CancellationTokenRegistration cancel = interrupt.Register(() => session.TryEnd(LoginProgress.Cancelled("Interrupted; no account was added.")));
        using var ended = new CancellationTokenSource();
        while (acceptsPasted && !session.Ended.IsCompleted)
        {
            Task<string?> line = _terminal.ReadPasteAsync(text => PastedText.IsCutShort(text, session.Authorization!.State.Length), ended.Token);
            if (await Task.WhenAny(session.Ended, line) == session.Ended) break;
            acceptsPasted = await line is { } input && await TakeAsync(session, input);
            if (mustPaste && !acceptsPasted) session.TryEnd(LoginProgress.Failed("The input ended before a callback address or a code was entered."));
        }

        LoginProgress end = await session.Ended;
        // What is typed from now on is not for this sign-in.
        await ended.CancelAsync();
        if (end.Stage != LoginStage.Done) return _text.Fail(end.Message!, interrupted: end.Stage == LoginStage.Cancelled && interrupt.IsCancellationRequested);
        // The quota and the plan's models come with the account.
        await _terminal.ShowProgressAsync(Welcoming, _exchange.SettledAsync());
        return await _text.ShowDoneAsync(end.Message!, end.Account!, note: null, CancellationToken.None);
    }

    /// <returns>Always true: the next line may be better.</returns>
    private async Task<bool> TakeAsync(LoginSession session, string input)
    {
        if (input.AsSpan().Trim().IsEmpty) return true;
        WasAnswered = true;
        PasteResult result = await _paste.FinishAsync(session, input);
        if (result.Error is { } error && !session.Ended.IsCompleted) _text.Ask($"{error}. Paste it again: ");
        return true;
    }
}
