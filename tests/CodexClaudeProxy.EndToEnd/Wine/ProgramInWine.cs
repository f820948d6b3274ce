using System.Net;
using System.Text;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd.Wine;

/// <summary>The program as it was built for Windows: the server, and the commands that touch files, programs and the console there.</summary>
[Trait("Stage", "wine")]
public sealed class ProgramInWine : IDisposable
{
    private readonly WineHome _home = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task The_demo_streams_an_answer_and_leaves_nothing_behind_at_CtrlC()
    {
        using RunningProgram demo = await _home.StartAsync([], "demo", "--port", "0");
        Assert.NotEmpty(Directory.GetDirectories(_home.Temporary, "codex-claude-proxy-demo-*"));

        string[] events = (await AskAsync(demo.Url, "Hello", stream: true)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("event: message_start", events[0]);
        Assert.Contains(events, line => line.Contains("text_delta", StringComparison.Ordinal));
        Assert.Equal("event: message_stop", events[^2]);

        Assert.Equal(0, await demo.StopAsync());
        Assert.Empty(Directory.GetDirectories(_home.Temporary, "codex-claude-proxy-demo-*"));
    }

    [Fact]
    public async Task A_turn_renews_a_token_that_is_about_to_end_and_its_record_outlives_the_program()
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        FakeTokens tokens = backend.Auth.SignIn(lifetime: TimeSpan.FromMinutes(1));
        _home.Write(".codex-claude-proxy/accounts.json", FakeTokens.ToAccountsJson([tokens]));

        using (RunningProgram proxy = await _home.StartAsync(Of(backend), "--port", "0"))
        {
            JsonElement answer = JsonElement.Parse(await AskAsync(proxy.Url, "Grüße, 日本", stream: false));
            Assert.Equal("You said: Grüße, 日本", answer.Get("content")[0].GetText("text"));
            Assert.Equal(0, await proxy.StopAsync());
        }

        Assert.Empty(backend.Rejections);
        Assert.Equal(1, backend.Auth.Refreshes);
        JsonElement accounts = JsonElement.Parse(await File.ReadAllBytesAsync(_home.PathOf(".codex-claude-proxy/accounts.json"), Token));
        Assert.NotEqual(tokens.RefreshToken, accounts.Get("accounts")[0].GetText("refreshToken"));

        using RunningProgram again = await _home.StartAsync(Of(backend), "--port", "0");
        Assert.Contains("\"gpt-5.5\"", await _http.GetStringAsync(again.Url + "/api/requests", Token), StringComparison.Ordinal);
        Assert.Equal(0, await again.StopAsync());
    }

    [Fact]
    public async Task An_account_is_taken_over_named_verified_and_removed()
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        string codex = _home.Write("other/auth.json", backend.Auth.SignIn().ToAuthJson(TimeProvider.System.GetUtcNow()));
        Dictionary<string, string> environment = Of(backend);

        await SucceedAsync(environment, "accounts", "import", codex);
        string email = FakeAuth.DefaultUser.Email;
        await SucceedAsync(environment, "accounts", "label", email, "日本 · Büro");
        await SucceedAsync(environment, "accounts", "verify", email);

        ClientResult listed = await SucceedAsync(environment, "accounts", "list", "--json");
        JsonElement account = JsonElement.Parse(listed.Output).Get("accounts")[0];
        Assert.Equal((email, "日本 · Büro"), (account.GetText("email"), account.GetText("label")));

        await SucceedAsync(environment, "accounts", "remove", email);
        Assert.Equal(0, JsonElement.Parse((await SucceedAsync(environment, "accounts", "list", "--json")).Output).Get("total").GetInt32());
    }

    [Fact]
    public async Task Claude_Codes_settings_lead_here_and_are_the_same_as_before_after_restore()
    {
        const string users = "{\r\n\r\n    \"includeCoAuthoredBy\" : false,\r\n    \"env\": { \"A\": \"日本\" }\r\n}";
        _home.Write(".claude/settings.json", users);
        string settings = _home.PathOf(".claude/settings.json");
        using RunningProgram demo = await _home.StartAsync([], "demo", "--port", "0");
        Dictionary<string, string> environment = new() { ["CCP_PORT"] = $"{new Uri(demo.Url).Port}" };

        await SucceedAsync(environment, "claude", "config", "proxy");
        await SucceedAsync(environment, "statusline", "--install");
        JsonElement changed = JsonElement.Parse(await File.ReadAllTextAsync(settings, Token));
        Assert.Equal(demo.Url, changed.Get("env").GetText("ANTHROPIC_BASE_URL"));
        // Git Bash takes a backslash for an escape.
        Assert.DoesNotContain('\\', changed.Get("statusLine").GetText("command")!);

        await SucceedAsync(environment, "claude", "config", "restore");
        await SucceedAsync(environment, "statusline", "--uninstall");
        Assert.Equal(users, await File.ReadAllTextAsync(settings, Token));
        Assert.Equal(0, await demo.StopAsync());
    }

    [Fact]
    public async Task The_status_line_is_UTF8()
    {
        ClientResult line = await _home.RunAsync([], ["statusline"], """{"session_id":"s","model":{"id":"gpt-5.5","display_name":"日本"}}""");

        Assert.True(line.ExitCode == 0, line.ToString());
        Assert.Equal("proxy not running · 日本", line.Output.TrimEnd());
    }

    [Fact]
    public async Task Run_gives_a_program_its_variables_and_takes_its_exit_code()
    {
        ClientResult result = await _home.RunAsync([], ["run", "--demo", "--", "cmd", "/c", "set ANTHROPIC&exit 7"]);

        Assert.True(result.ExitCode == 7, result.ToString());
        Assert.Matches(@"(?m)^ANTHROPIC_BASE_URL=http://127\.0\.0\.1:\d+\r?$", result.Output);
        Assert.Empty(Directory.GetDirectories(_home.Temporary, "codex-claude-proxy-demo-*"));
    }

    [Fact]
    public async Task Run_gives_a_batch_file_text_and_no_commands()
    {
        string show = _home.Write("tools/show.cmd", "@echo off\r\necho [%1]\r\n");

        ClientResult result = await _home.RunAsync([], ["run", "--demo", "--", show, "a&echo X"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("[\"a&echo X\"]", result.Output.Trim());
    }

    [Fact]
    public async Task The_doctor_examines_this_system()
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        _home.Write(".codex-claude-proxy/accounts.json", FakeTokens.ToAccountsJson([backend.Auth.SignIn()]));
        using RunningProgram proxy = await _home.StartAsync(Of(backend), "--port", "0");
        Dictionary<string, string> environment = Of(backend);
        environment["CCP_PORT"] = $"{new Uri(proxy.Url).Port}";

        ClientResult result = await _home.RunAsync(environment, ["doctor", "--json", "--request"]);

        Dictionary<string, JsonElement> checks = JsonElement.Parse(result.Output).Get("checks").EnumerateArray().ToDictionary(check => check.GetText("id")!);
        foreach (string id in new[] { "port", "backend", "request" }) Assert.Equal((id, "ok"), (id, checks[id].GetText("status")));
        // Wine's home directory is open to everybody, and that was looked at.
        Assert.Equal("warn", checks["data"].GetText("status"));
        Assert.StartsWith("icacls ", checks["data"].GetText("fix"), StringComparison.Ordinal);
        Assert.DoesNotContain(checks.Values, check => check.GetText("status") == "fail");
        Assert.Equal(0, await proxy.StopAsync());
    }

    private static Dictionary<string, string> Of(FakeBackend backend) => new()
    {
        ["CCP_CHATGPT_URL"] = $"{backend.Origin}/backend-api",
        ["CCP_AUTH_URL"] = backend.Auth.Url,
    };

    private async Task<ClientResult> SucceedAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        ClientResult result = await _home.RunAsync(environment, arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result}");
        return result;
    }

    private async Task<string> AskAsync(string url, string text, bool stream)
    {
        string body = $$"""{"model":"gpt-5.5","max_tokens":100,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{text}}"}]}""";
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _http.PostAsync(url + "/v1/messages", content, Token);
        string answer = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == HttpStatusCode.OK, answer);
        return answer;
    }
}
