using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Tests.Accounts;
using CodexClaudeProxy.Tests.Hosting;
using CodexClaudeProxy.Tests.Login;
using FakeCodex;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>What a sign-in says to scripts and to the issuer, and what the commands about accounts print as JSON.</summary>
public sealed partial class LoginContracts
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sign_in_over_the_routes()
    {
        await using FakeBackend backend = await FakeBackend.StartAsync(_time);
        await using TestProxy proxy = await StartAsync(backend, 0);

        string start = (await proxy.PostAsync("/accounts/add", """{"listen":false,"port":1455}""")).Body;
        string login = JsonNode.Parse(start)!["login"]!.GetValue<string>();
        Golden.Same("login-start.json", Masked(start, backend, login));
        Golden.Same("login-waiting.json", Masked((await proxy.GetAsync($"/accounts/add/{login}")).Body, backend, login));
        Golden.Same("login-refused.json", (await proxy.PostAsync("/accounts/add/manual", """{"code":"http://x/?error=access_denied&error_description=%C3%A4%22"}""")).Body);
        Golden.Same("login-failed.json", Masked((await proxy.GetAsync($"/accounts/add/{login}")).Body, backend, login));
        Golden.Same("login-cancel-nothing.json", (await proxy.SendAsync(HttpMethod.Delete, $"/accounts/add/{login}", null)).Body);

        start = (await proxy.PostAsync("/accounts/add", """{"listen":null,"port":null,"unknown":1}""")).Body;
        login = JsonNode.Parse(start)!["login"]!.GetValue<string>();
        Golden.Same("login-start-listening.json", PortNumber().Replace(Masked(start, backend, login), "\"callback_port\":PORT"));
        Golden.Same("login-cancel.json", (await proxy.SendAsync(HttpMethod.Delete, $"/accounts/add/{login}", null)).Body);
        Golden.Same("login-cancelled.json", Masked((await proxy.GetAsync($"/accounts/add/{login}")).Body, backend, login));
        Golden.Same("login-clean-up.json", (await proxy.PostAsync("/accounts/oauth/cleanup", "{}")).Body);
        Golden.Same("login-unknown.json", (await proxy.GetAsync("/accounts/add/nobody")).Body);
    }

    [Fact]
    public async Task A_taken_port()
    {
        await using FakeBackend backend = await FakeBackend.StartAsync(_time);
        using var taken = new TakenPort();
        await using TestProxy proxy = await StartAsync(backend, taken.Number);

        string start = (await proxy.PostAsync("/accounts/add", """{"listen":"yes"}""")).Body;
        string login = JsonNode.Parse(start)!["login"]!.GetValue<string>();
        Golden.Same("login-start-taken.json", Holder().Replace(PortNumber().Replace(Masked(start, backend, login), "\"callback_port\":PORT"), "Port PORT is in use by SOMEBODY, or open oauth_url"));
    }

    [Fact]
    public async Task A_sign_in_on_another_device()
    {
        await using FakeBackend backend = await FakeBackend.StartAsync(_time);
        await using TestProxy proxy = await StartAsync(backend, 0);

        string start = (await proxy.PostAsync("/accounts/add/device", "")).Body;
        JsonNode told = JsonNode.Parse(start)!;
        string login = told["login"]!.GetValue<string>();
        Golden.Same("device-start.json", Masked(start, backend, login));
        Golden.Same("device-waiting.json", Masked((await proxy.GetAsync($"/accounts/add/{login}")).Body, backend, login));
        backend.Auth.Devices.ApproveAllAs = new FakeUser("ä@x.com", "acc", "user", "pro");
        backend.Auth.Devices.Approve(told["user_code"]!.GetValue<string>(), new FakeUser("ä@x.com", "acc", "user", "pro"));
        Task<ReceivedRequest> exchange = backend.Auth.Received.WaitAsync(request => request.Path == "/oauth/token", 1, Stop);
        while (!exchange.IsCompleted)
        {
            // Slowly: what is asked has thirty seconds of this time to be answered, and a sign-in that failed asks no more.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(exchange, Task.Delay(50, Stop));
        }

        while (Unfinished().IsMatch((await proxy.GetAsync($"/accounts/add/{login}")).Body)) await Task.Delay(5, Stop);
        Golden.Same("device-done.json", Masked((await proxy.GetAsync($"/accounts/add/{login}")).Body, backend, login));
        Golden.Same("device-requests.json", string.Join('\n', backend.Auth.Received.All.Where(request => request.Path.Contains("deviceauth", StringComparison.Ordinal))
            .Select(request => $"{request.Path} {DeviceId().Replace(UserCode().Replace(request.Text, "CODE"), "ID")}").Distinct()));

        backend.Auth.Devices.IsEnabled = false;
        Golden.Same("device-refused.json", (await proxy.PostAsync("/accounts/add/device", "{}")).Body);
    }

    [Fact]
    public async Task What_the_issuer_is_asked()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var endpoint = new TokenEndpoint(http, new Uri(scene.Auth.Url), scene.Time);
        await endpoint.RefreshAsync("rt_+/=\"ä<&>😀", "forced", OutboundRoute.Shared, Stop);
        await endpoint.RevokeAsync("rt_+/=\"ä<&>😀", OutboundRoute.Shared, Stop);
        Golden.Same("token-requests.json", string.Join('\n', scene.Auth.Received.All.Select(request => $"{request.Path} {request.Header("Content-Type")} {request.Text}")));
    }

    /// <summary>Members of another kind are as good as absent.</summary>
    [Fact]
    public async Task What_the_issuer_answers_is_read_as_far_as_it_can_be()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var endpoint = new TokenEndpoint(http, new Uri(scene.Auth.Url), scene.Time);
        StringBuilder told = new();
        foreach ((int status, string body) in (IEnumerable<(int, string)>)
        [
            (200, """{"access_token":"a","refresh_token":"r","id_token":"i","expires_in":60}"""),
            (200, """{"access_token":"a","refresh_token":7,"id_token":null,"expires_in":"60","more":{"x":[1]}}"""),
            (200, """{"access_token":"a","refresh_token":"","id_token":{},"expires_in":60.5,/* a comment */}"""),
            (200, """{"access_token":"a","expires_in":-1}"""), (200, """{"access_token":"a","expires_in":1e300}"""),
            (200, """{"access_token":7}"""), (200, """{"access_token":""}"""), (200, "[]"), (200, "<html>"), (200, "null"), (200, ""),
            (400, """{"error":{"code":"invalid_grant","message":"Nö"}}"""), (400, """{"error":"invalid_grant","error_description":"Nö"}"""), (400, """{"error":"invalid_grant"}"""),
            (401, """{"code":"token_expired","message":"over"}"""), (401, """{"error":{"code":7,"message":""},"error_description":[],"message":"m"}"""),
            (401, """{"error":[]}"""), (400, "[]"), (400, "<html>"), (400, "null"), (400, ""), (500, """{"error":{"message":"x"}}"""), (429, "{}"),
        ])
        {
            scene.Auth.AnswerToken(Reply.Json(status, body));
            TokenAnswer answer = await endpoint.RefreshAsync("rt", "forced", OutboundRoute.Shared, Stop);
            told.AppendLine(null, $"{status} {body}: {(answer.Tokens is { } tokens ? $"{tokens.AccessToken} {tokens.RefreshToken} {tokens.IdToken} {tokens.ToldExpiry:O}" : "")}{answer.Message} {answer.FinalCode} {answer.IsPassing}");
        }

        Golden.Same("token-answers.json", told.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task The_commands_about_accounts()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.SignInAsync(TimeSpan.FromDays(1), "imported");
        await scene.Files.AddAsync("ä@x.com", "acc-2", scene.Time.GetUtcNow().AddMinutes(-1));
        await scene.Files.Store.UpdateAsync(document => document.Set(document.Accounts.All[1], "refreshToken", null), Stop);
        StringBuilder output = new();
        AccountPool pool = new(scene.Files.Store, scene.Time, scene.Files.Logs.CreateLogger<AccountPool>());
        AccountActions actions = new(scene.Files.Store, pool, scene.Refresher, scene.Usage, scene.Time)
        {
            Terminal = new Terminal(TextReader.Null, new StringWriter(output) { NewLine = "\n" }, TextWriter.Null, _ => null),
            AsJson = true,
        };

        await actions.RefreshAsync(null, Stop);
        await actions.ListAsync();
        await actions.VerifyAsync(null, Stop);
        await actions.VerifyAsync("nobody", Stop);
        await actions.SwitchAsync("dev@example.com");
        await actions.SwitchAsync("ä@x.com");
        await actions.LabelAsync("ä@x.com", "Ä \"<&>\" 😀");
        scene.WriteCodexFile(scene.Auth.SignIn());
        await new FileImport(new CodexImport(scene.Files.Store, scene.Codex, scene.Time), scene.Usage, scene.Time, actions.Terminal) { AsJson = true }.RunAsync([], dryRun: false, Stop);

        Golden.Same("accounts-commands.json", output.ToString().ReplaceLineEndings("\n"), (scene.Codex.AuthFile, "AUTH-FILE"));
    }

    [Fact]
    public async Task The_login_commands()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.Auth.Devices.IntervalSeconds = 1;
        shell.Auth.Devices.ApproveAllAs = new FakeUser("ä@x.com", "acc-far", "user-far", "pro");

        Assert.Equal(0, await shell.RunAsync("login", "--device", "--json"));
        await PasteAsync(shell);
        await File.WriteAllTextAsync(Path.Combine(shell.CodexHome, "auth.json"), shell.Auth.SignIn().ToAuthJson(DateTimeOffset.UnixEpoch), Stop);
        Assert.Equal(0, await shell.RunAsync("login", "--import", "--json"));
        Assert.Equal(1, await shell.RunAsync("login", "--import", "none.json", "--json"));
        shell.Auth.Devices.IsEnabled = false;
        Assert.Equal(1, await shell.RunAsync("login", "--device", "--json"));
        foreach (bool opened in (bool[])[true, false])
        {
            shell.NoBrowser = opened ? null : "nobody is there";
            int before = shell.Output.ToString().Length;
            Task<int> login = shell.RunAsync("login", "--json");
            while (!shell.Output.ToString()[before..].Contains("\"opened\"", StringComparison.Ordinal)) await Task.Delay(5, Stop);
            if (!opened) await shell.InterruptAsync();
            else await shell.VisitAsync(Address().Match(shell.Output.ToString()[before..]).Groups[1].Value);
            Assert.Equal(opened ? 0 : 130, await login);
        }

        string output = Moment().Replace(Address().Replace(UserCode().Replace(shell.Output.ToString(), "CODE"), "\"url\":\"AUTHORIZE\""), "TIME");
        Golden.Same("login-commands.json", output.ReplaceLineEndings("\n"), (shell.Auth.Url, "ISSUER"), (Path.Combine(shell.CodexHome, "auth.json"), "AUTH-FILE"));
    }

    private static async Task PasteAsync(LoginShell shell)
    {
        int before = shell.Output.ToString().Length;
        Task<int> login = shell.RunAsync("login", "--headless", "--json");
        Match address;
        while (!(address = Address().Match(shell.Output.ToString()[before..])).Success) await Task.Delay(5, Stop);
        shell.Input.Type(await LoginShell.SignInElsewhereAsync(address.Groups[1].Value));
        Assert.Equal(0, await login);
    }

    private Task<TestProxy> StartAsync(FakeBackend backend, int port) =>
        TestProxy.StartAsync(new ProxyOptions { ChatGptUrl = new Uri(backend.Origin + "/backend-api"), AuthUrl = new Uri(backend.Origin), LoginPorts = [port] }, time: _time);

    private static string Masked(string text, FakeBackend backend, string login) =>
        State().Replace(AuthorizeUrl().Replace(UserCode().Replace(text, "CODE"), "\"oauth_url\":\"AUTHORIZE\""), "\"state\":\"STATE\"")
            .Replace(login, "LOGIN", StringComparison.Ordinal).Replace(backend.Origin, "ISSUER", StringComparison.Ordinal);

    [GeneratedRegex("\"(waiting|exchanging)\"")]
    private static partial Regex Unfinished();

    [GeneratedRegex("\"callback_port\":[0-9]+")]
    private static partial Regex PortNumber();

    [GeneratedRegex("Port [0-9]+ is in use by .*, or open oauth_url")]
    private static partial Regex Holder();

    [GeneratedRegex("\"state\":\"[^\"]+\"")]
    private static partial Regex State();

    [GeneratedRegex("\"oauth_url\":\"[^\"]+\"")]
    private static partial Regex AuthorizeUrl();

    [GeneratedRegex("\"url\":\"([^\"]+/oauth/authorize[^\"]+)\"")]
    private static partial Regex Address();

    [GeneratedRegex("[A-Z]{4}-[0-9]{5}")]
    private static partial Regex UserCode();

    [GeneratedRegex("deviceauth_[^\"]+")]
    private static partial Regex DeviceId();

    [GeneratedRegex(@"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")]
    private static partial Regex Moment();
}
