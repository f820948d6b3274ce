using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>
/// Signing in from the dashboard or a script. The members are the original's and <c>login</c>, the session to ask about; its
/// <c>verifier</c> is that same session, because the real one stays here.
/// </summary>
internal sealed class LoginEndpoints(LoginSessions sessions, BrowserLogin browser, PasteLogin paste, DeviceLogin device, AccountStore store)
{
    private const int FirstUserPort = 1024;

    public void MapTo(Routes routes) => routes
        .Post("/accounts/add", AddAsync)
        .Post("/accounts/add/manual", FinishAsync)
        .Post("/accounts/add/device", AddByDeviceAsync)
        .Get("/accounts/add/{login}", AnswerProgressAsync)
        .Delete("/accounts/add/{login}", CancelAsync)
        .Post("/accounts/oauth/cleanup", CleanUpAsync);

    private async Task AddAsync(HttpContext http)
    {
        BrowserLoginRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.BrowserLoginRequest);
        if (request.Port is < FirstUserPort or > ushort.MaxValue) throw JsonBody.Refusal(EndpointsContext.Default.BrowserLoginRequest, "port");

        AccountProxy? proxy = ProxyOf(request.Proxy, request.Account, store, EndpointsContext.Default.BrowserLoginRequest);
        bool listen = request.Listen ?? true;
        BrowserStart start = listen
            ? await browser.StartAsync(request.Port, proxy, http.RequestAborted)
            : new BrowserStart(browser.StartWithoutListening(request.Port, proxy), null);
        await JsonReply.WriteAsync(http, StartOf(start, listen), EndpointsContext.Default.BrowserLoginStart,
            start.Trouble is null ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError);
    }

    /// <summary>A port that is taken is an error as in the original, but the session stays: the code can be pasted.</summary>
    private static BrowserLoginStart StartOf(BrowserStart start, bool listen)
    {
        Authorization asked = start.Session.Authorization!;
        return new BrowserLoginStart(
            start.Trouble is null ? "oauth_url" : "error",
            start.Trouble is null ? null : "Failed to start OAuth callback server",
            start.Trouble is null ? null : $"{start.Trouble}, or open oauth_url and paste the address the browser ends at.",
            asked.Url, start.Session.Id, asked.State, asked.Port, Listening: listen && start.Trouble is null, start.Session.Id, start.Session.ExpiresAt);
    }

    private async Task FinishAsync(HttpContext http)
    {
        PastedLogin request = await JsonBody.ReadAsync(http, EndpointsContext.Default.PastedLogin);
        if (request.Text is not { } input)
        {
            await WriteErrorAsync(http, StatusCodes.Status400BadRequest, request.Code.ValueKind is JsonValueKind.Number or JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.True
                ? "No input provided" : "Code is required");
            return;
        }

        string? id = request.Login ?? request.Verifier;
        if (paste.FindSession(id, input) is not { } session)
        {
            await WriteErrorAsync(http, StatusCodes.Status400BadRequest, "This sign-in is unknown or has expired; start it again with POST /accounts/add");
            return;
        }

        PasteResult result = await paste.FinishAsync(session, input);
        await (result.End is { } end
            ? WriteDoneAsync(http, true, $"Account {end.Email} added successfully")
            : WriteErrorAsync(http, StatusCodes.Status400BadRequest, result.Error!));
    }

    private async Task AddByDeviceAsync(HttpContext http)
    {
        OtherLoginRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.OtherLoginRequest);
        AccountProxy? proxy = ProxyOf(request.Proxy, request.Account, store, EndpointsContext.Default.OtherLoginRequest);
        (LoginSession? session, string? error) = await device.StartAsync(proxy, http.RequestAborted);
        await (session?.Device is { } told
            ? JsonReply.WriteAsync(http, new DeviceLoginStart("device_code", told.UserCode, told.Url, told.Interval.TotalSeconds, session.Id, session.ExpiresAt), EndpointsContext.Default.DeviceLoginStart)
            : JsonReply.WriteAsync(http, new DeviceLoginFailure("error", "Failed to start device login", error!), EndpointsContext.Default.DeviceLoginFailure, StatusCodes.Status502BadGateway));
    }

    private Task AnswerProgressAsync(HttpContext http)
    {
        if (SessionOf(http) is not { } session) return WriteErrorAsync(http, StatusCodes.Status404NotFound, "This sign-in is unknown or has expired");
        LoginProgress progress = session.Progress;
        var state = new LoginState(
            session.Id, session.Device is null ? "browser" : "device", progress.Stage, progress.Email, progress.Account, progress.Message, session.ExpiresAt);
        return JsonReply.WriteAsync(http, state, EndpointsContext.Default.LoginState);
    }

    private async Task CancelAsync(HttpContext http)
    {
        bool cancelled = SessionOf(http)?.TryEnd(LoginProgress.Cancelled("The sign-in was cancelled.")) == true;
        await WriteDoneAsync(http, cancelled, cancelled ? "Sign-in cancelled" : "There is nothing to cancel");
    }

    private Task CleanUpAsync(HttpContext http)
    {
        browser.Cancel("The sign-in was cancelled.");
        return WriteDoneAsync(http, true, "OAuth servers cleaned up");
    }

    /// <summary>What the account goes through that signs in: what was asked for, else what it goes through already.</summary>
    public static AccountProxy? ProxyOf(string? proxy, string? account, AccountStore store, JsonTypeInfo contract)
    {
        Account? known = string.IsNullOrEmpty(account) ? null : store.Read().Find(account) ?? throw JsonBody.Refusal(contract, "account");
        if (string.IsNullOrWhiteSpace(proxy)) return known?.Proxy;
        var chosen = AccountProxy.Parse(proxy);
        return chosen.Problem is { } problem ? throw new InvalidRequestException(ApiError.Invalid($"proxy must be {LoginRules.Proxy}: {problem}", "proxy")) : chosen;
    }

    private LoginSession? SessionOf(HttpContext http) => sessions.Find((string)http.Request.RouteValues["login"]!);

    private static Task WriteDoneAsync(HttpContext http, bool success, string message) =>
        JsonReply.WriteAsync(http, new OperationResult(success, message), HostingContext.Default.OperationResult);

    private static Task WriteErrorAsync(HttpContext http, int status, string error) =>
        JsonReply.WriteAsync(http, new ManagementError(Success: false, error), HostingContext.Default.ManagementError, status);
}
