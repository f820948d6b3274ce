using System.Text.Json;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Login;

namespace CodexClaudeProxy.Endpoints;

/// <summary>
/// Signing in from the dashboard or a script. The members are the original's and <c>login</c>, the session to ask about; its
/// <c>verifier</c> is that same session, because the real one stays here.
/// </summary>
internal sealed class LoginEndpoints(LoginSessions sessions, BrowserLogin browser, PasteLogin paste, DeviceLogin device)
{
    private const int FirstUserPort = 1024;

    public void MapTo(Routes routes) => routes
        .Post("/accounts/add", AddAsync)
        .Post("/accounts/add/manual", FinishAsync)
        .Post("/accounts/add/device", AddByDeviceAsync)
        .Get("/accounts/add/{login}", AnswerProgressAsync)
        .Delete("/accounts/add/{login}", CancelAsync)
        .Post("/accounts/oauth/cleanup", CleanUpAsync);

    /// <summary>Body: <c>port</c> instead of the usual ones; <c>listen: false</c> when the browser is on another machine and its last address will be pasted.</summary>
    private async Task AddAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        JsonElement told = body.RootElement.Member("port");
        int port = 0;
        bool isValid = told.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            || (told.ValueKind == JsonValueKind.Number && told.TryGetInt32(out port) && port is >= FirstUserPort and <= ushort.MaxValue);
        if (!isValid)
        {
            await WriteErrorAsync(http, StatusCodes.Status400BadRequest, $"port must be a number from {FirstUserPort} to {ushort.MaxValue}");
            return;
        }

        int? wanted = port == 0 ? null : port;
        bool listen = body.RootElement.Flag("listen") ?? true;
        BrowserStart start = listen ? await browser.StartAsync(wanted, http.RequestAborted) : new BrowserStart(browser.StartWithoutListening(wanted), null);
        await JsonReply.WriteAsync(http, start.Trouble is null ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError, json => WriteStart(json, start, listen));
    }

    /// <summary>A port that is taken is an error as in the original, but the session stays: the code can be pasted.</summary>
    private static void WriteStart(Utf8JsonWriter json, BrowserStart start, bool listen)
    {
        Authorization asked = start.Session.Authorization!;
        json.WriteStartObject();
        json.WriteString("status"u8, start.Trouble is null ? "oauth_url"u8 : "error"u8);
        if (start.Trouble is not null)
        {
            json.WriteString("error"u8, "Failed to start OAuth callback server"u8);
            json.WriteString("message"u8, $"{start.Trouble}, or open oauth_url and paste the address the browser ends at.");
        }

        json.WriteString("oauth_url"u8, asked.Url);
        json.WriteString("verifier"u8, start.Session.Id);
        json.WriteString("state"u8, asked.State);
        json.WriteNumber("callback_port"u8, asked.Port);
        json.WriteBoolean("listening"u8, listen && start.Trouble is null);
        json.WriteString("login"u8, start.Session.Id);
        json.WriteString("expires_at"u8, Times.Iso(start.Session.ExpiresAt));
        json.WriteEndObject();
    }

    private async Task FinishAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        if (body.RootElement.Text("code") is not { } input)
        {
            await WriteErrorAsync(http, StatusCodes.Status400BadRequest, body.RootElement.Member("code").ValueKind is JsonValueKind.Number or JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.True
                ? "No input provided" : "Code is required");
            return;
        }

        string? id = body.RootElement.Text("login") ?? body.RootElement.Text("verifier");
        if (paste.FindSession(id, input) is not { } session)
        {
            await WriteErrorAsync(http, StatusCodes.Status400BadRequest, "This sign-in is unknown or was forgotten; start it again with POST /accounts/add");
            return;
        }

        PasteResult result = await paste.FinishAsync(session, input);
        if (result.End is not { } end)
        {
            await WriteErrorAsync(http, StatusCodes.Status400BadRequest, result.Error!);
            return;
        }

        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, true);
            json.WriteString("message"u8, $"Account {end.Email} added successfully");
            json.WriteEndObject();
        });
    }

    private async Task AddByDeviceAsync(HttpContext http)
    {
        (LoginSession? session, string? error) = await device.StartAsync(http.RequestAborted);
        await JsonReply.WriteAsync(http, session is null ? StatusCodes.Status502BadGateway : StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, session is null ? "error"u8 : "device_code"u8);
            if (session is null)
            {
                json.WriteString("error"u8, "Failed to start device login"u8);
                json.WriteString("message"u8, error);
            }
            else
            {
                json.WriteString("user_code"u8, session.Device!.UserCode);
                json.WriteString("verification_url"u8, session.Device.Url);
                json.WriteNumber("interval"u8, session.Device.Interval.TotalSeconds);
                json.WriteString("login"u8, session.Id);
                json.WriteString("expires_at"u8, Times.Iso(session.ExpiresAt));
            }

            json.WriteEndObject();
        });
    }

    private async Task AnswerProgressAsync(HttpContext http)
    {
        if (SessionOf(http) is not { } session)
        {
            await WriteErrorAsync(http, StatusCodes.Status404NotFound, "This sign-in is unknown or was forgotten");
            return;
        }

        LoginProgress progress = session.Progress;
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("login"u8, session.Id);
            json.WriteString("kind"u8, session.Device is null ? "browser"u8 : "device"u8);
            json.WriteString("status"u8, Word(progress.Stage));
            json.WriteString("email"u8, progress.Email);
            json.WriteString("account"u8, progress.Account);
            json.WriteString("message"u8, progress.Message);
            json.WriteString("expires_at"u8, Times.Iso(session.ExpiresAt));
            json.WriteEndObject();
        });
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

    private LoginSession? SessionOf(HttpContext http) => sessions.Find((string)http.Request.RouteValues["login"]!);

    private static string Word(LoginStage stage) => stage switch
    {
        LoginStage.Waiting => "waiting",
        LoginStage.Exchanging => "exchanging",
        LoginStage.Done => "done",
        LoginStage.Failed => "failed",
        LoginStage.Expired => "expired",
        _ => "cancelled",
    };

    private static Task WriteDoneAsync(HttpContext http, bool success, string message) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("success"u8, success);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
    });

    private static Task WriteErrorAsync(HttpContext http, int status, string error) => JsonReply.WriteAsync(http, status, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("success"u8, false);
        json.WriteString("error"u8, error);
        json.WriteEndObject();
    });
}
