using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Hosting;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Login;

/// <summary><c>login</c> and <c>accounts add</c>, from the command line to the account on disk.</summary>
public sealed class LoginCommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_browser_brings_the_account_and_the_quota_is_shown()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.NoBrowser = null;

        Task<int> login = shell.RunAsync("login");
        string url = await shell.Opened.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        Assert.Equal(url, await shell.AddressAsync());
        Assert.Contains("Signed in as dev@example.com", await shell.VisitAsync(url), StringComparison.Ordinal);

        Assert.Equal(0, await login);
        Account account = Assert.Single(shell.Accounts.All);
        Assert.Equal("dev@example.com", account.Email);
        Assert.NotNull(account.Quota);
        Assert.Matches(@"\nSigned in as dev@example.com \(plus\); remaining: 5h \d+ %, 7d \d+ %\nNext: start the proxy with codex-claude-proxy\.", shell.Output.ToString().ReplaceLineEndings("\n"));
        Assert.Equal("", shell.Errors.ToString());
        Assert.DoesNotContain(account.AccessToken!, shell.Output.ToString(), StringComparison.Ordinal);
        int port = new Uri(Uri.UnescapeDataString(url.Split("redirect_uri=")[1].Split('&')[0])).Port;
        Assert.False(await LoginScene.IsListeningAsync(port));
    }

    [Fact]
    public async Task The_plans_models_come_with_the_account_and_Claude_Code_is_told_no_others()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.NoBrowser = null;
        shell.Backend.Models = _ => Reply.Json(200, """{"models":[{"slug":"gpt-5.5","display_name":"gpt-5.5","visibility":"list","priority":1},{"slug":"gpt-5.4-mini","display_name":"gpt-5.4-mini","visibility":"list","priority":2}]}""");
        shell.Environment["CLAUDE_CONFIG_DIR"] = Path.Combine(shell.DataDirectory, "their-claude");

        Task<int> login = shell.RunAsync("login");
        await shell.VisitAsync(await shell.Opened.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop));
        Assert.Equal(0, await login);
        Assert.True(File.Exists(Path.Combine(shell.DataDirectory, "models.json")));

        // Also where that copy is lost, as before the first start of an earlier version.
        foreach (bool isLost in new[] { false, true })
        {
            if (isLost) File.Delete(Path.Combine(shell.DataDirectory, "models.json"));
            Assert.Equal(0, await shell.RunAsync("claude", "config", "proxy"));
            JsonElement env = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(shell.DataDirectory, "their-claude", "settings.json"), Stop)).GetProperty("env");
            Assert.Equal(("gpt-5.5", "gpt-5.4-mini"), (env.GetProperty("ANTHROPIC_MODEL").GetString(), env.GetProperty("ANTHROPIC_DEFAULT_HAIKU_MODEL").GetString()));
            Assert.Equal(0, await shell.RunAsync("claude", "config", "restore"));
        }
    }

    [Fact]
    public async Task Without_a_browser_the_reason_and_the_other_ways_are_told_and_the_last_address_can_be_pasted()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        (shell.IsInteractive, shell.NoBrowser) = (true, "this is an SSH session");

        Task<int> login = shell.RunAsync("login");
        string last = await LoginShell.SignInElsewhereAsync(await shell.AddressAsync());
        shell.Input.Type("not it");
        await shell.Errors.Contains("Paste it again");
        shell.Input.Type(last);

        Assert.Equal(0, await login);
        Assert.Single(shell.Accounts.All);
        string output = shell.Output.ToString();
        Assert.Contains("No browser was opened: this is an SSH session.", output, StringComparison.Ordinal);
        Assert.Contains("ssh -L", output, StringComparison.Ordinal);
        Assert.Contains("login --device", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taken_ports_are_blamed_on_their_holder_and_the_other_ways_are_offered()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        using TakenPort one = new(), two = new();
        shell.Environment["CCP_LOGIN_PORTS"] = $"{one.Number},{two.Number}";

        Assert.Equal(1, await shell.RunAsync("login"));

        string errors = shell.Errors.ToString();
        Assert.Matches($@"^Port {one.Number} is in use by .+ and port {two.Number} is in use by .+\. Close that program", errors);
        if (OperatingSystem.IsLinux()) Assert.Contains($"(process {Environment.ProcessId})", errors, StringComparison.Ordinal);
        Assert.Contains("login --headless", errors, StringComparison.Ordinal);
        Assert.Contains("login --device", errors, StringComparison.Ordinal);
        Assert.False(shell.Opened.Task.IsCompleted);
    }

    [Theory]
    [InlineData("login", "--headless")]
    [InlineData("accounts", "add", "--no-browser")]
    [InlineData("accounts", "add", "--headless", "--port=1")]
    public async Task Headless_takes_the_whole_callback_address_from_a_pipe(params string[] arguments)
    {
        await using LoginShell shell = await LoginShell.StartAsync();

        Task<int> login = shell.RunAsync(arguments);
        await shell.Errors.Contains("Paste the callback URL or authorization code: ");
        shell.Input.Type(await LoginShell.SignInElsewhereAsync(await shell.AddressAsync()));

        Assert.Equal(0, await login);
        Assert.Equal("dev@example.com", Assert.Single(shell.Accounts.All).Email);
        Assert.False(shell.Opened.Task.IsCompleted);
    }

    [Fact]
    public async Task Headless_takes_an_address_that_the_terminal_has_wrapped()
    {
        await using LoginShell shell = await LoginShell.StartAsync();

        Task<int> login = shell.RunAsync("login", "--headless");
        string address = await LoginShell.SignInElsewhereAsync(await shell.AddressAsync());
        foreach (char[] line in address.Chunk(60)) shell.Input.Type(new string(line));

        Assert.Equal(0, await login);
        Assert.Equal("dev@example.com", Assert.Single(shell.Accounts.All).Email);
    }

    [Fact]
    public async Task Headless_takes_a_bare_code_after_wrong_ones()
    {
        await using LoginShell shell = await LoginShell.StartAsync();

        Task<int> login = shell.RunAsync("login", "--headless");
        string last = await LoginShell.SignInElsewhereAsync(await shell.AddressAsync());
        shell.Input.Type("");
        shell.Input.Type("short");
        shell.Input.Type(last.Replace("state=", "state=x", StringComparison.Ordinal));
        shell.Input.Type(last.Split("code=")[1].Split('&')[0]);

        Assert.Equal(0, await login);
        Assert.Contains("too short", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("belongs to another sign-in", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.Single(shell.Accounts.All);
    }

    [Fact]
    public async Task A_refusal_or_the_end_of_the_input_is_a_failure()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.Auth.AuthorizeError = "access_denied";

        Task<int> login = shell.RunAsync("login", "--headless");
        shell.Input.Type(await LoginShell.SignInElsewhereAsync(await shell.AddressAsync()));
        Assert.Equal(1, await login);
        Assert.Contains("OAuth error: access_denied", shell.Errors.ToString(), StringComparison.Ordinal);

        shell.Input.End();
        Assert.Equal(1, await shell.RunAsync("login", "--headless"));
        Assert.Contains("The input ended", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.True(shell.Accounts.All.IsEmpty);
    }

    [Fact]
    public async Task A_code_typed_on_another_device_signs_in_and_json_comes_in_lines()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.Auth.Devices.IntervalSeconds = 1;
        shell.Auth.Devices.ApproveAllAs = new FakeUser("far@x.com", "acc-far", "user-far", "pro");

        Assert.Equal(0, await shell.RunAsync("login", "--device", "--json"));

        JsonElement[] lines = [.. shell.Output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(("waiting", shell.Auth.Url + "/codex/device"), (lines[0].GetProperty("status").GetString(), lines[0].GetProperty("url").GetString()));
        Assert.Matches("^[A-Z]{4}-[0-9]{5}$", lines[0].GetProperty("userCode").GetString());
        JsonElement end = lines[1];
        Assert.Equal((true, "far@x.com", "acc-far", true), (end.GetProperty("success").GetBoolean(), end.GetProperty("email").GetString(), end.GetProperty("accountId").GetString(), end.GetProperty("isActive").GetBoolean()));
        Assert.Equal(JsonValueKind.Object, end.GetProperty("quota").ValueKind);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task A_forbidden_device_login_is_told()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.Auth.Devices.IsEnabled = false;

        Assert.Equal(1, await shell.RunAsync("login", "--device"));
        Assert.StartsWith("Device login is not enabled", shell.Errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("login")]
    [InlineData("login", "--headless")]
    [InlineData("login", "--device")]
    public async Task An_interrupted_login_leaves_nothing_behind(params string[] arguments)
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.IsInteractive = true;

        Task<int> login = shell.RunAsync(arguments);
        await shell.Output.Contains(arguments.Contains("--headless") ? "Copy its address" : "Ctrl+C cancels");
        await shell.InterruptAsync();

        Assert.Equal(130, await login.WaitAsync(TimeSpan.FromSeconds(10), Stop));
        Assert.Contains("Interrupted; no account was added.", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.True(shell.Accounts.All.IsEmpty);
    }

    [Fact]
    public async Task An_import_explains_the_sharing_and_the_account_is_there()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(shell.CodexHome, "auth.json"), shell.Auth.SignIn().ToAuthJson(DateTimeOffset.UnixEpoch), Stop);

        Assert.Equal(0, await shell.RunAsync("login", "--import"));

        Assert.StartsWith("Imported account: dev@example.com (plus); remaining: 5h", shell.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains("share one refresh token", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.True(Assert.Single(shell.Accounts.All).IsImported);

        Assert.Equal(1, await shell.RunAsync("login", "--import", Path.Combine(shell.CodexHome, "none.json")));
        Assert.Contains("No Codex auth.json found", shell.Errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_a_terminal_an_import_can_become_a_login_of_its_own()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        FakeTokens codex = shell.Auth.SignIn();
        await File.WriteAllTextAsync(Path.Combine(shell.CodexHome, "auth.json"), codex.ToAuthJson(DateTimeOffset.UnixEpoch), Stop);
        (shell.IsInteractive, shell.NoBrowser) = (true, null);

        Task<int> login = shell.RunAsync("login", "--import");
        await shell.Errors.Contains("or type import to share the sign-in:");
        shell.Input.Type("");
        await shell.VisitAsync(await shell.Opened.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop));
        Assert.Equal(0, await login);
        Account account = Assert.Single(shell.Accounts.All);
        Assert.False(account.IsImported);
        Assert.NotEqual(codex.RefreshToken, account.RefreshToken);

        shell.Input.Type("no");
        Assert.Equal(1, await shell.RunAsync("login", "--import"));
        Assert.Contains("Nothing was imported.", shell.Errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_account_does_not_become_the_active_one_and_the_way_to_that_is_told()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.Auth.Devices.ApproveAllAs = FakeAuth.DefaultUser;
        await shell.RunAsync("login", "--device");
        shell.Auth.Devices.ApproveAllAs = new FakeUser("second@x.com", "acc-2", "user-2");

        Assert.Equal(0, await shell.RunAsync("accounts", "add", "--device"));

        Assert.Contains("The active account is still dev@example.com. To make the new account active: codex-claude-proxy accounts switch second@x.com", shell.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal("dev@example.com", shell.Accounts.Active!.Email);
    }

    [Fact]
    public async Task A_running_proxy_serves_from_the_new_account_at_its_next_request_and_has_its_models()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        var options = new ProxyOptions
        {
            Port = int.Parse(shell.Environment["CCP_PORT"], null), DataDirectory = shell.DataDirectory,
            ChatGptUrl = new Uri(shell.Backend.Origin + "/backend-api"), AuthUrl = new Uri(shell.Auth.Url),
        };
        await using ProxyHost proxy = await ProxyHost.StartAsync(options, Composition.ComposeAsync, TimeProvider.System, new Hosting.TestLog(), cancellation: Stop);
        using HttpClient client = new() { BaseAddress = proxy.Address };
        // No account is signed in, so the model list cannot be fetched, and the proxy would not try again for half a minute.
        using (HttpResponseMessage refused = await AskAsync(client)) Assert.Contains("codex-claude-proxy login", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        shell.Auth.Devices.ApproveAllAs = FakeAuth.DefaultUser;

        Assert.Equal(0, await shell.RunAsync("login", "--device"));

        Assert.Contains($"The proxy at http://127.0.0.1:{options.Port} uses the account from its next request on.", shell.Output.ToString(), StringComparison.Ordinal);
        shell.Backend.AnswerAll(_ => Reply.Text("served"));
        using (HttpResponseMessage served = await AskAsync(client)) Assert.Contains("served", await served.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(FakeAuth.DefaultUser, Assert.Single(shell.Backend.Requests).User);
        await client.GetStringAsync("/v1/models", Stop);
        Assert.Contains(shell.Backend.Received.All, request => request.Path.EndsWith("/models", StringComparison.Ordinal));

        static Task<HttpResponseMessage> AskAsync(HttpClient client) => client.PostAsync("/v1/messages", new StringContent(Turns.RunningProxy.Ask(), System.Text.Encoding.UTF8, "application/json"), Stop);
    }

    [Theory]
    [InlineData("login", "--headless", "--device")]
    [InlineData("login", "--device", "--import")]
    [InlineData("accounts", "add", "--no-browser", "--device")]
    [InlineData("login", "somebody@x.com")]
    [InlineData("login", "--port", "x")]
    public async Task Wrong_usage_is_code_2(params string[] arguments)
    {
        await using LoginShell shell = await LoginShell.StartAsync();

        Assert.Equal(2, await shell.RunAsync(arguments));
        Assert.Single(shell.Errors.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void No_browser_opens_where_nobody_would_see_it()
    {
        Assert.Equal("this is an SSH session", DesktopBrowser.WhyNot(name => name is "SSH_CONNECTION" or "DISPLAY" ? "x" : null));
        if (OperatingSystem.IsLinux()) Assert.Equal("this machine has no display", DesktopBrowser.WhyNot(_ => null));
        Assert.Null(DesktopBrowser.WhyNot(name => name == "WAYLAND_DISPLAY" ? "wayland-0" : null));
    }
}
