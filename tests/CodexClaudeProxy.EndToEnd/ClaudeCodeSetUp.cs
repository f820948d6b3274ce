using System.Diagnostics;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The real Claude Code, set up by the program itself: through its settings, and without them.</summary>
public sealed class ClaudeCodeSetUp
{
    private const string UsersSettings = "{\n\n    \"includeCoAuthoredBy\" : false,\n    \"env\": {\n        \"ANTHROPIC_API_KEY\": \"sk-ant-of-the-user-0123456789\"\n    }\n}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_claude_config_proxy_it_works_without_any_variable_and_after_restore_the_file_is_the_same()
    {
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        using ClientHome home = new();
        string settings = home.Write(".claude/settings.json", UsersSettings);

        ClientResult configured = await ProgramAsync(home, proxy, "claude", "config", "proxy");
        Assert.True(configured.ExitCode == 0, configured.ToString());
        Assert.DoesNotContain("sk-ant-of-the-user", configured.Output, StringComparison.Ordinal);

        AssertAnswers(await ClaudeAsync(home));
        Assert.NotEmpty(proxy.Backend.Requests);

        ClientResult restored = await ProgramAsync(home, proxy, "claude", "config", "restore");
        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.Equal(UsersSettings, await File.ReadAllTextAsync(settings, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_auto_mode_a_command_runs_with_the_settings_the_program_writes(bool everything)
    {
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        using ClientHome home = new();
        proxy.Backend.AnswerAll(request => request switch
        {
            _ when request.Text.Contains("<transcript>", StringComparison.Ordinal) => Reply.Text(request.Text.Contains("Respond with <severity>", StringComparison.Ordinal) ? "<severity>0</severity>" : "<block>no</block>"),
            _ when request.ToolOutputs.Count > 0 => Reply.Text("Finished."),
            _ => Reply.Calls(new FunctionCall("Bash", """{"command":"sh -c 'echo ran > trace.txt'"}""", "call_1")),
        });

        string[] also = everything ? ["--disable-nonessential-traffic"] : [];
        ClientResult configured = await ProgramAsync(home, proxy, ["claude", "config", "proxy", .. also]);
        Assert.True(configured.ExitCode == 0, configured.ToString());
        ClientResult result = await ClientProcess.RunAsync(Clients.Claude, ["-p", "Do it", "--permission-mode", "auto", "--output-format", "json", "--no-session-persistence"], home, Quiet(), Token);

        AssertAnswers(result);
        Assert.True(File.Exists(Path.Combine(home.Project, "trace.txt")), result.ToString());
        Assert.Contains(proxy.Backend.Requests, request => request.Text.Contains("<transcript>", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTPS_PROXY")]
    [InlineData("http_proxy")]
    [InlineData("ALL_PROXY")]
    public async Task Behind_a_company_proxy_run_and_the_settings_still_lead_here(string variable)
    {
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        using ClientHome home = new();
        const string nobody = "http://127.0.0.1:9";

        AssertAnswers(await ProgramAsync(home, proxy, (variable, nobody), "run", "--", Clients.Claude, "-p", "Say hello", "--output-format", "json", "--no-session-persistence"));
        int asked = proxy.Backend.Requests.Count;
        Assert.NotEqual(0, asked);

        ClientResult configured = await ProgramAsync(home, proxy, (variable, nobody), "claude", "config", "proxy");
        Assert.True(configured.ExitCode == 0, configured.ToString());
        AssertAnswers(await ClaudeAsync(home, (variable, nobody)));
        Assert.True(proxy.Backend.Requests.Count > asked);
    }

    [Fact]
    public async Task The_doctor_plays_a_turn_with_the_Claude_Code_that_is_installed()
    {
        using ClientHome home = new();

        ClientResult well = await ProgramAsync(home, proxy: null, ("PATH", WithClaude), "doctor", "--client", "claude");
        Assert.True(well.ExitCode == 0, well.ToString());
        Assert.Contains("works in auto mode: the user sees the command run", well.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(home.Folder, ".claude")));

        // As earlier versions wrote it.
        const string old = """{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:8081","ANTHROPIC_AUTH_TOKEN":"any","CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC":"1"}}""";
        string settings = home.Write(".claude/settings.json", old);
        ClientResult refused = await ProgramAsync(home, proxy: null, ("PATH", WithClaude), "doctor", "--client", "claude");
        Assert.True(refused.ExitCode == 1, refused.ToString());
        Assert.Contains("refuses the command in auto mode; the user reads: ", refused.Output, StringComparison.Ordinal);
        Assert.Contains("claude config proxy", refused.Output, StringComparison.Ordinal);
        Assert.Equal(old, await File.ReadAllTextAsync(settings, Token));
    }

    [Fact]
    public async Task Run_uses_the_running_proxy_against_the_users_settings_and_touches_no_file()
    {
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        using ClientHome home = new();
        string settings = home.Write(".claude/settings.json", """{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9","ANTHROPIC_MODEL":"nonsense"}}""");
        string before = await File.ReadAllTextAsync(settings, Token);

        AssertAnswers(await ProgramAsync(home, proxy, "run", "--", Clients.Claude, "-p", "Say hello", "--output-format", "json", "--no-session-persistence"));

        Assert.NotEmpty(proxy.Backend.Requests);
        Assert.Equal(before, await File.ReadAllTextAsync(settings, Token));
    }

    [Fact]
    public async Task Run_brings_a_proxy_of_its_own_where_none_runs()
    {
        using ClientHome home = new();

        ClientResult result = await ProgramAsync(home, proxy: null, "run", "--demo", "--", Clients.Claude, "-p", "Say hello", "--output-format", "json", "--no-session-persistence");

        AssertAnswers(result);
        Assert.Contains("runs until", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task A_signal_to_run_reaches_the_program(string signal, int exitCode)
    {
        using ClientHome home = new();
        string script = home.Write("wait.sh", "#!/bin/sh\ntrap 'echo caught; exit 143' TERM\ntrap 'echo caught; exit 129' HUP\necho ready\nwhile :; do sleep 0.1; done\n");
        ProcessStartInfo start = new(await PublishedBinary.PathAsync(), ["run", "--demo", "--", "sh", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = home.Folder;
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(1));

        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(limit.Token));
        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"])) await kill.WaitForExitAsync(limit.Token);
        Assert.Equal("caught", await process.StandardOutput.ReadLineAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);

        Assert.Equal(exitCode, process.ExitCode);
    }

    [Fact]
    public async Task The_status_line_names_the_account()
    {
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        using ClientHome home = new();
        AssertAnswers(await ProgramAsync(home, proxy, "run", "--", Clients.Claude, "-p", "Say hello", "--output-format", "json", "--no-session-persistence"));

        ProcessStartInfo start = new(await PublishedBinary.PathAsync(), ["statusline"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ANTHROPIC_BASE_URL"] = proxy.Url;
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync("""{"session_id":"s","model":{"id":"gpt-5.5","display_name":"GPT-5.5"}}""");
        process.StandardInput.Close();
        string line = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);

        Assert.StartsWith("d…@example.com · ", line, StringComparison.Ordinal);
        Assert.EndsWith(" · GPT-5.5\n", line, StringComparison.Ordinal);
        Assert.Equal((0, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync(Token)));
    }

    /// <summary>Claude Code with nothing but its settings.</summary>
    private static Task<ClientResult> ClaudeAsync(ClientHome home, params (string Name, string Value)[] also) =>
        ClientProcess.RunAsync(Clients.Claude, ["-p", "Say hello", "--output-format", "json", "--no-session-persistence"], home, Quiet(also), Token);

    private static string WithClaude => $"{Path.GetDirectoryName(Clients.Claude)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";

    private static Task<ClientResult> ProgramAsync(ClientHome home, PublishedProxy? proxy, params string[] arguments) => StartAsync(home, proxy, Quiet(), arguments);

    private static Task<ClientResult> ProgramAsync(ClientHome home, PublishedProxy? proxy, (string Name, string Value) also, params string[] arguments) => StartAsync(home, proxy, Quiet(also), arguments);

    private static async Task<ClientResult> StartAsync(ClientHome home, PublishedProxy? proxy, Dictionary<string, string> environment, string[] arguments)
    {
        if (proxy is not null) environment["CCP_PORT"] = $"{new Uri(proxy.Url).Port}";
        return await ClientProcess.RunAsync(await PublishedBinary.PathAsync(), arguments, home, environment, Token);
    }

    private static Dictionary<string, string> Quiet(params (string Name, string Value)[] also)
    {
        Dictionary<string, string> environment = new() { ["DISABLE_AUTOUPDATER"] = "1", ["CLAUDE_CODE_MAX_RETRIES"] = "0", ["IS_SANDBOX"] = "1" };
        foreach ((string name, string value) in also) environment[name] = value;
        return environment;
    }

    private static void AssertAnswers(ClientResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        JsonElement answer = JsonElement.Parse(result.Output.Split('\n').Single(line => line.StartsWith('{')));
        Assert.False(answer.GetProperty("is_error").GetBoolean(), result.ToString());
        Assert.NotEmpty(answer.GetProperty("result").GetString()!);
    }
}
