using System.Diagnostics;
using System.Text.Json;

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
        Assert.Contains("lives as long as", result.Errors, StringComparison.Ordinal);
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

        Assert.StartsWith("dev@example.com · ", line, StringComparison.Ordinal);
        Assert.EndsWith(" · GPT-5.5\n", line, StringComparison.Ordinal);
        Assert.Equal((0, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync(Token)));
    }

    /// <summary>Claude Code with nothing but its settings.</summary>
    private static Task<ClientResult> ClaudeAsync(ClientHome home) =>
        ClientProcess.RunAsync(Clients.Claude, ["-p", "Say hello", "--output-format", "json", "--no-session-persistence"], home, Quiet(), Token);

    private static async Task<ClientResult> ProgramAsync(ClientHome home, PublishedProxy? proxy, params string[] arguments)
    {
        Dictionary<string, string> environment = Quiet();
        if (proxy is not null) environment["CCP_PORT"] = $"{new Uri(proxy.Url).Port}";
        return await ClientProcess.RunAsync(await PublishedBinary.PathAsync(), arguments, home, environment, Token);
    }

    private static Dictionary<string, string> Quiet() => new() { ["DISABLE_AUTOUPDATER"] = "1", ["CLAUDE_CODE_MAX_RETRIES"] = "0", ["IS_SANDBOX"] = "1" };

    private static void AssertAnswers(ClientResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        JsonElement answer = JsonElement.Parse(result.Output.Split('\n').Single(line => line.StartsWith('{')));
        Assert.False(answer.GetProperty("is_error").GetBoolean(), result.ToString());
        Assert.NotEmpty(answer.GetProperty("result").GetString()!);
    }
}
