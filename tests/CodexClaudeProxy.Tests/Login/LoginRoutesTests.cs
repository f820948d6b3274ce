using System.Net;
using System.Text.Json;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Tests.Hosting;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Login;

/// <summary>The login routes of the whole program.</summary>
public sealed class LoginRoutesTests : IAsyncLifetime
{
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false });
    private FakeBackend _backend = null!;
    private TestProxy _proxy = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _backend = await FakeBackend.StartAsync();
        _proxy = await StartAsync(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _backend.DisposeAsync();
        _browser.Dispose();
    }

    [Fact]
    public async Task The_answer_has_the_originals_members_and_the_flow_ends_in_an_account()
    {
        JsonElement start = (await _proxy.PostAsync("/accounts/add", "{}")).Json;
        Assert.Equal(["status", "oauth_url", "verifier", "state", "callback_port", "listening", "login", "expires_at"], start.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("oauth_url", true), (Text(start, "status"), start.GetProperty("listening").GetBoolean()));
        Assert.Equal(Text(start, "login"), Text(start, "verifier"));
        Assert.Equal("waiting", Text(await ProgressAsync(start), "status"));

        string page = await _browser.GetStringAsync(Text(start, "oauth_url"), Stop);

        Assert.Contains("Signed in as dev@example.com (plus)", page, StringComparison.Ordinal);
        JsonElement progress = await ProgressAsync(start);
        Assert.Equal(["login", "kind", "status", "email", "account", "message", "expires_at"], progress.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("browser", "done", "dev@example.com"), (Text(progress, "kind"), Text(progress, "status"), Text(progress, "email")));
        JsonElement accounts = (await _proxy.GetAsync("/accounts")).Json;
        Assert.Equal((1, "dev@example.com"), (accounts.GetProperty("total").GetInt32(), Text(accounts, "activeAccount")));
        // Asked for by the login itself: nobody has asked for a quota here.
        await _backend.Received.WaitAsync(request => request.Path == "/backend-api/wham/usage", 1, Stop);
    }

    [Fact]
    public async Task The_secret_proof_never_leaves_the_program()
    {
        Answer start = await _proxy.PostAsync("/accounts/add", "{}");
        await _browser.GetStringAsync(Text(start.Json, "oauth_url"), Stop);

        string verifier = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(_backend.Auth.Received.All.Single(request => request.Path == "/oauth/token").Text)["code_verifier"]!;
        Assert.DoesNotContain(verifier, start.Body, StringComparison.Ordinal);
        Assert.NotEqual(verifier, Text(start.Json, "verifier"));
    }

    [Fact]
    public async Task Nothing_secret_is_logged()
    {
        JsonElement start = (await _proxy.PostAsync("/accounts/add", """{"listen":false,"port":1455}""")).Json;
        string callback = await AuthorizeAsync(start);
        string code = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(callback).Query)["code"]!;
        await _proxy.PostAsync("/accounts/add/manual", JsonBody(callback, Text(start, "login")));
        await _proxy.GetAsync($"/auth/callback?code={code}&state={Text(start, "state")}");

        string logs = string.Join('\n', _proxy.Log.Lines);
        Assert.Contains("/accounts/add/manual 200", logs, StringComparison.Ordinal);
        Assert.DoesNotContain(code, logs, StringComparison.Ordinal);
        Assert.DoesNotContain(Text(start, "state"), logs, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verifier")]
    [InlineData("login")]
    [InlineData(null)]
    public async Task A_pasted_address_adds_the_account(string? member)
    {
        JsonElement start = (await _proxy.PostAsync("/accounts/add", """{"listen":false,"port":1455}""")).Json;
        Assert.Equal((1455, false), (start.GetProperty("callback_port").GetInt32(), start.GetProperty("listening").GetBoolean()));
        string callback = await AuthorizeAsync(start);
        Assert.StartsWith("http://localhost:1455/auth/callback?", callback, StringComparison.Ordinal);

        Answer answer = await _proxy.PostAsync("/accounts/add/manual", member is null
            ? JsonBody(callback, null)
            : $$"""{"code":{{Quoted(callback)}},"{{member}}":{{Quoted(Text(start, "login"))}}}""");

        Assert.Equal((HttpStatusCode.OK, """{"success":true,"message":"Account dev@example.com added successfully"}"""), (answer.Status, answer.Body));
        Assert.Equal("done", Text(await ProgressAsync(start), "status"));
    }

    [Theory]
    [InlineData("{}", "Code is required")]
    [InlineData("""{"code":""}""", "Code is required")]
    [InlineData("""{"code":null}""", "Code is required")]
    [InlineData("""{"code":17}""", "No input provided")]
    [InlineData("""{"code":"short"}""", "Input is too short to be a valid authorization code")]
    [InlineData("""{"code":"http://x/?error=access_denied"}""", "OAuth error: access_denied")]
    [InlineData("""{"code":"http://x/"}""", "No authorization code found in URL")]
    [InlineData("""{"code":"0123456789"}""", "Token exchange failed: 400 - The request failed with invalid_grant.")]
    [InlineData("""{"code":"0123456789","verifier":"of another day"}""", "This sign-in is unknown or has expired; start it again with POST /accounts/add")]
    public async Task What_is_pasted_wrongly_gets_the_originals_words(string body, string error)
    {
        await _proxy.PostAsync("/accounts/add", """{"listen":false,"port":1455}""");

        Answer answer = await _proxy.PostAsync("/accounts/add/manual", body);

        Assert.Equal((HttpStatusCode.BadRequest, $$"""{"success":false,"error":"{{error}}"}"""), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("\"abc\"")]
    [InlineData("99999")]
    [InlineData("80")]
    [InlineData("-1")]
    [InlineData("1455.5")]
    [InlineData("true")]
    public async Task A_port_must_be_one(string port)
    {
        Answer answer = await _proxy.PostAsync("/accounts/add", $$"""{"port":{{port}}}""");

        Assert.Equal((HttpStatusCode.BadRequest, "port must be a number from 1024 to 65535"), (answer.Status, Text(answer.Json, "error")));
    }

    [Fact]
    public async Task A_port_of_ones_own_is_listened_on()
    {
        int port = LoginScene.FreePort();

        JsonElement start = (await _proxy.PostAsync("/accounts/add", $$"""{"port":{{port}}}""")).Json;

        Assert.Equal(port, start.GetProperty("callback_port").GetInt32());
        Assert.Contains("Signed in as", await _browser.GetStringAsync(Text(start, "oauth_url"), Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_an_error_that_still_can_be_finished_by_hand()
    {
        using var taken = new TakenPort();
        await using TestProxy proxy = await StartAsync(taken.Number);

        Answer answer = await proxy.PostAsync("/accounts/add", "{}");

        Assert.Equal((HttpStatusCode.InternalServerError, "error"), (answer.Status, Text(answer.Json, "status")));
        Assert.Equal("Failed to start OAuth callback server", Text(answer.Json, "error"));
        Assert.StartsWith($"Port {taken.Number} is in use by ", Text(answer.Json, "message"), StringComparison.Ordinal);
        Assert.False(answer.Json.GetProperty("listening").GetBoolean());
        Answer pasted = await proxy.PostAsync("/accounts/add/manual", JsonBody(await AuthorizeAsync(answer.Json), Text(answer.Json, "login")));
        Assert.Equal(HttpStatusCode.OK, pasted.Status);
    }

    [Fact]
    public async Task Cleaning_up_closes_the_port_and_ends_the_login()
    {
        JsonElement start = (await _proxy.PostAsync("/accounts/add", "{}")).Json;
        int port = start.GetProperty("callback_port").GetInt32();
        Assert.True(await LoginScene.IsListeningAsync(port));

        Answer answer = await _proxy.PostAsync("/accounts/oauth/cleanup", "{}");

        Assert.Equal("""{"success":true,"message":"OAuth servers cleaned up"}""", answer.Body);
        Assert.False(await LoginScene.IsListeningAsync(port));
        Assert.Equal("cancelled", Text(await ProgressAsync(start), "status"));
    }

    [Fact]
    public async Task One_login_can_be_cancelled_by_its_name()
    {
        JsonElement start = (await _proxy.PostAsync("/accounts/add", "{}")).Json;

        Answer first = await _proxy.SendAsync(HttpMethod.Delete, $"/accounts/add/{Text(start, "login")}", null);
        Answer second = await _proxy.SendAsync(HttpMethod.Delete, $"/accounts/add/{Text(start, "login")}", null);

        Assert.Equal((true, false), (first.Json.GetProperty("success").GetBoolean(), second.Json.GetProperty("success").GetBoolean()));
        Assert.Equal("cancelled", Text(await ProgressAsync(start), "status"));
    }

    [Fact]
    public async Task An_unknown_login_is_not_found()
    {
        Answer answer = await _proxy.GetAsync("/accounts/add/nobody");

        Assert.Equal((HttpStatusCode.NotFound, """{"success":false,"error":"This sign-in is unknown or has expired"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_device_login_shows_its_code_and_ends_in_an_account()
    {
        _backend.Auth.Devices.ApproveAllAs = FakeAuth.DefaultUser;
        JsonElement start = (await _proxy.PostAsync("/accounts/add/device", "{}")).Json;
        Assert.Equal(["status", "user_code", "verification_url", "interval", "login", "expires_at"], start.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("device_code", $"{_backend.Origin}/codex/device", 1), (Text(start, "status"), Text(start, "verification_url"), start.GetProperty("interval").GetInt32()));

        await _backend.Auth.Received.WaitAsync(request => request.Path == "/oauth/token", 1, Stop);

        while (Text(await ProgressAsync(start), "status") is "waiting" or "exchanging") await Task.Delay(5, Stop);
        Assert.Equal("done", Text(await ProgressAsync(start), "status"));
    }

    [Fact]
    public async Task A_workspace_without_device_login_is_told()
    {
        _backend.Auth.Devices.IsEnabled = false;

        Answer answer = await _proxy.PostAsync("/accounts/add/device", "{}");

        Assert.Equal((HttpStatusCode.BadGateway, "error"), (answer.Status, Text(answer.Json, "status")));
        Assert.StartsWith("Device login is not enabled", Text(answer.Json, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_page_elsewhere_cannot_begin_a_login()
    {
        Answer answer = await _proxy.PostAsync("/accounts/add", "{}", ("Origin", "https://evil.example"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
    }

    [Theory]
    [InlineData("?revoke=true", true)]
    [InlineData("?revoke=false", false)]
    [InlineData("", false)]
    public async Task Removing_an_account_ends_its_sign_in_if_wanted(string query, bool revoked)
    {
        await _browser.GetStringAsync(Text((await _proxy.PostAsync("/accounts/add", "{}")).Json, "oauth_url"), Stop);

        Answer answer = await _proxy.SendAsync(HttpMethod.Delete, "/accounts/dev@example.com" + query, null);

        Assert.True(answer.Json.GetProperty("success").GetBoolean());
        Assert.StartsWith("Account removed: dev@example.com", Text(answer.Json, "message"), StringComparison.Ordinal);
        Assert.Equal(revoked, _backend.Auth.Received.All.Any(request => request.Path == "/oauth/revoke"));
        Assert.Equal(0, (await _proxy.GetAsync("/accounts")).Json.GetProperty("total").GetInt32());
    }

    private Task<TestProxy> StartAsync(int loginPort)
    {
        _backend.Auth.Devices.IntervalSeconds = 1;
        return TestProxy.StartAsync(new ProxyOptions { ChatGptUrl = new Uri(_backend.Origin + "/backend-api"), AuthUrl = new Uri(_backend.Origin), LoginPorts = [loginPort] });
    }

    private async Task<JsonElement> ProgressAsync(JsonElement start) => (await _proxy.GetAsync($"/accounts/add/{Text(start, "login")}")).Json;

    private static async Task<string> AuthorizeAsync(JsonElement start)
    {
        using HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        using HttpRequestMessage request = new(HttpMethod.Get, Text(start, "oauth_url"));
        using HttpResponseMessage response = await http.SendAsync(request, Stop);
        return response.Headers.Location!.AbsoluteUri;
    }

    private static string JsonBody(string code, string? login) => $$"""{"code":{{Quoted(code)}},"login":{{(login is null ? "null" : Quoted(login))}}}""";

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;
}
