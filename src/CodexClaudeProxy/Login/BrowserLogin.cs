using System.Net;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Login;

/// <summary>
/// Signing in through a browser: an address to open, and a callback on this machine that brings the code. The same session can
/// also be finished by hand, see <see cref="PasteLogin"/>; so it is useful even when no port is to be had.
/// </summary>
internal sealed class BrowserLogin(LoginOptions options, LoginSessions sessions, TokenExchange exchange, TimeProvider time, ILogger<BrowserLogin> logger) : IAsyncDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly Lock _closing = new();
    private CallbackListener? _listener;
    private bool _isStarting;

    private CallbackListener Listener => _listener ??= new CallbackListener(AnswerAsync, time);

    /// <summary>Begins a login whose callback is listened for. A listener that is open already serves this login too.</summary>
    /// <param name="port">Instead of the configured ones. The real issuer sends browsers to ports 1455 and 1457 only.</param>
    /// <param name="proxy">See <see cref="LoginSession.Proxy"/>.</param>
    public async Task<BrowserStart> StartAsync(int? port, AccountProxy? proxy, CancellationToken ct)
    {
        await _starting.WaitAsync(ct);
        // From here on the end of another login does not close the listener under this one.
        lock (_closing) _isStarting = true;
        try
        {
            IReadOnlyList<int> ports = port is { } told ? [told] : options.Ports;
            string? trouble = Listener.Port is null ? await Listener.OpenAsync(ports, ct) : null;
            return new BrowserStart(Begin(Listener.Port ?? ports[0], proxy), trouble);
        }
        finally
        {
            lock (_closing) _isStarting = false;
            CloseIfUnused();
            _starting.Release();
        }
    }

    /// <summary>Begins a login that is finished by hand: the browser runs on another machine, where nobody listens.</summary>
    public LoginSession StartWithoutListening(int? port, AccountProxy? proxy) => Begin(port ?? options.Ports[0], proxy);

    /// <summary>Ends all browser logins that wait; with the last of them the port becomes free.</summary>
    public void Cancel(string reason)
    {
        sessions.CancelBrowserLogins(reason);
        CloseIfUnused();
    }

    public async ValueTask DisposeAsync()
    {
        Cancel("The program was stopped.");
        if (_listener is not null) await _listener.DisposeAsync();
        _starting.Dispose();
    }

    private LoginSession Begin(int port, AccountProxy? proxy)
    {
        var pkce = Pkce.Create();
        string state = Pkce.RandomText(32);
        string redirectUri = $"http://{options.RedirectHost}:{port}/auth/callback";
        string url = AuthorizeUrl.Build(options.Issuer, redirectUri, pkce.Challenge, state);
        return sessions.Add(new Authorization(url, state, pkce, redirectUri, port), proxy, Lifetime, CloseIfUnused);
    }

    private async Task<CallbackReply> AnswerAsync(CallbackRequest request)
    {
        if (request.Path == "/cancel") return AnswerCancel(request);
        if (request.Path != "/auth/callback") return CallbackReply.Line(HttpStatusCode.NotFound, "Not found");

        // Before anything else: only the login server and the owner's browser know the state. Anybody's page may call this address.
        if (sessions.FindByState(request.Query("state")) is not { Authorization: { } asked } session)
        {
            Log.UnknownState(logger);
            return LoginPages.StateMismatch();
        }

        if (request.Query("code") is not { } code || request.Query("error") is not null)
        {
            string reason = OAuthError.Describe(request.Query("error"), request.Query("error_description")) ?? "The login server sent no code.";
            if (!session.TryEnd(LoginProgress.Failed(reason))) return LoginPages.TooLate(session.Progress);
            Log.Failed(logger, reason);
            return LoginPages.Failure(reason);
        }

        if (!session.TryClaim()) return LoginPages.TooLate(session.Progress);
        // The page waits for the exchange, so that it tells the truth.
        LoginProgress end = await exchange.RunAsync(session, code, asked.RedirectUri, asked.Pkce.Verifier);
        return end.Stage switch
        {
            LoginStage.Done => LoginPages.Success(end.Message!),
            LoginStage.Waiting => LoginPages.TryAgain(end.Message!),
            _ => LoginPages.Failure(end.Message!),
        };
    }

    /// <summary>Another login server wants the port. A page in the browser has no business to ask for it.</summary>
    private CallbackReply AnswerCancel(CallbackRequest request)
    {
        if (request.ComesFromAPage) return CallbackReply.Line(HttpStatusCode.Forbidden, "Forbidden");
        Cancel("Another program began a sign-in on the same port.");
        return CallbackReply.Line(HttpStatusCode.OK, "Login cancelled");
    }

    private void CloseIfUnused()
    {
        lock (_closing)
        {
            if (!_isStarting && sessions.WaitingForBrowser.Count == 0) _listener?.Close();
        }
    }
}

/// <param name="Trouble">Why nobody listens for the callback; null when somebody does.</param>
internal sealed record BrowserStart(LoginSession Session, string? Trouble);

/// <param name="RedirectHost"><c>localhost</c> or <c>127.0.0.1</c>: the issuer knows both.</param>
/// <param name="Ports">Where the callback may arrive, in order of preference.</param>
internal sealed record LoginOptions(Uri Issuer, string RedirectHost, IReadOnlyList<int> Ports);
