namespace CodexClaudeProxy.Tests.ClaudeCode;

/// <summary>A script takes the place of Claude Code and notes what it was given.</summary>
public sealed class RunCommandTests : IDisposable
{
    private readonly ClaudeShell _shell = new();

    private string Noted => File.ReadAllText(Path.Combine(_shell.Home, "noted"));

    [Fact]
    public async Task A_running_proxy_is_used_and_the_exit_code_comes_back()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null, accessKey: "s3cret");
        string program = Install("claude", exitCode: 7);
        _shell.Variables["CCP_PORT"] = new Uri(scene.Address).Port.ToString();
        _shell.Variables["CCP_API_KEY"] = "s3cret";

        Assert.Equal(7, await _shell.RunAsync("run", "-p", "hello"));

        Assert.Equal("", _shell.Errors);
        Assert.Contains($"ANTHROPIC_BASE_URL={scene.Address}\n", Noted, StringComparison.Ordinal);
        Assert.Contains("ANTHROPIC_AUTH_TOKEN=s3cret\n", Noted, StringComparison.Ordinal);
        Assert.DoesNotContain("OPENAI_", Noted, StringComparison.Ordinal);
        Assert.EndsWith("\n--settings {\"skipWebFetchPreflight\":true,\"env\":{}} -p hello\n", Noted, StringComparison.Ordinal);
        Assert.False(File.Exists(_shell.SettingsPath));
        Assert.True(File.Exists(program));
    }

    [Fact]
    public async Task This_machine_is_reached_without_the_proxy_that_is_set_and_what_is_spared_already_stays()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null);
        Install("claude");
        _shell.Variables["HTTPS_PROXY"] = "http://proxy.corp.example:3128";
        _shell.Variables["no_proxy"] = "corp.example";

        Assert.Equal(0, await _shell.RunAsync("run", "--port", $"{new Uri(scene.Address).Port}"));

        Assert.Contains("\nNO_PROXY=corp.example,127.0.0.1,localhost,::1\n", Noted, StringComparison.Ordinal);
        Assert.Contains("\nno_proxy=corp.example,127.0.0.1,localhost,::1\n", Noted, StringComparison.Ordinal);
        Assert.Contains("\nCLAUDE_CODE_AUTO_MODE_SERVER=0\n", Noted, StringComparison.Ordinal);
        Assert.DoesNotContain("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", Noted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_proxy_judges_auto_mode_nothing_keeps_Claude_Code_from_asking_it()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null);
        Install("claude");
        Directory.CreateDirectory(Path.Combine(_shell.Home, "data"));
        await File.WriteAllTextAsync(Path.Combine(_shell.Home, "data", "settings.json"), """{"autoModeCheck":"model"}""", TestContext.Current.CancellationToken);
        _shell.Write("""{"env":{"CLAUDE_CODE_AUTO_MODE_SERVER":"0"}}""");

        Assert.Equal(0, await _shell.RunAsync("run", "--port", $"{new Uri(scene.Address).Port}"));

        Assert.DoesNotContain("\nCLAUDE_CODE_AUTO_MODE_SERVER=", Noted, StringComparison.Ordinal);
        // A variable in the user's settings cannot be unset from outside; 1 is the same.
        Assert.Contains("\"CLAUDE_CODE_AUTO_MODE_SERVER\":\"1\"", Noted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_proxy_one_lives_as_long_as_the_program()
    {
        Install("claude", "curl -s -o health \"$ANTHROPIC_BASE_URL/health\"; cat health");
        _shell.Variables["CCP_PORT"] = FreePort();

        Assert.Equal(0, await _shell.RunAsync("run", "--", "claude"));

        Assert.StartsWith("No proxy is running, so one at http://127.0.0.1:", _shell.Errors, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"ok\"", Noted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stands_in_Claude_Codes_settings_does_not_lead_elsewhere_and_no_key_is_on_the_command_line()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null, accessKey: "s3cret");
        _shell.Write("""{"env":{"ANTHROPIC_BASE_URL":"http://elsewhere","ANTHROPIC_AUTH_TOKEN":"other","ANTHROPIC_API_KEY":"k"}}""");
        Install("claude", "cat \"$2\"");

        Assert.Equal(0, await _shell.RunAsync("run", "--port", $"{new Uri(scene.Address).Port}", "--api-key=s3cret"));

        Assert.Contains($$"""{"skipWebFetchPreflight":true,"env":{"ANTHROPIC_BASE_URL":"{{scene.Address}}","ANTHROPIC_AUTH_TOKEN":"s3cret","ANTHROPIC_API_KEY":""}""" + "}", Noted, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", Noted.Split('\n').Single(line => line.StartsWith("--settings ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(_shell.Home, "data"), "run-*"));
    }

    [Fact]
    public async Task Other_programs_get_the_variables_of_both_protocols()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null);
        string program = Install("aider");

        Assert.Equal(0, await _shell.RunAsync("run", "--port", $"{new Uri(scene.Address).Port}", program, "--port", "x"));

        Assert.Contains($"OPENAI_BASE_URL={scene.Address}/v1\n", Noted, StringComparison.Ordinal);
        Assert.Contains("OPENAI_API_KEY=any\n", Noted, StringComparison.Ordinal);
        Assert.EndsWith("\n--port x\n", Noted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_told_in_one_line()
    {
        _shell.Variables["PATH"] = _shell.Home;
        Assert.Equal(127, await _shell.RunAsync("run"));
        Assert.StartsWith("claude was not found. Install Claude Code with: npm install", _shell.Errors, StringComparison.Ordinal);
        Assert.Equal(127, await _shell.RunAsync("run", "--", "nonsense", "x"));
        Assert.StartsWith("nonsense was not found.", _shell.Errors, StringComparison.Ordinal);

        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null, accessKey: "s3cret");
        Install("claude");
        Assert.Equal(1, await _shell.RunAsync("run", "--port", $"{new Uri(scene.Address).Port}"));
        Assert.Contains("another access key", _shell.Errors, StringComparison.Ordinal);
        Assert.Equal(1, await _shell.RunAsync("claude", "config", "proxy", "--port", $"{new Uri(scene.Address).Port}"));
        Assert.Contains("has another access key, so it would refuse Claude Code. Nothing was changed.", _shell.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_shell.SettingsPath));
        Assert.Equal(2, await _shell.RunAsync("run", "--port", "x"));
        Assert.Equal(0, await _shell.RunAsync("run", "--help"));
    }

    public void Dispose() => _shell.Dispose();

    private string Install(string name, string does = "", int exitCode = 0) => Install(_shell, name, does, exitCode);

    /// <summary>Puts a script on the path that notes its environment, what it does, and its arguments.</summary>
    internal static string Install(ClaudeShell shell, string name, string does = "", int exitCode = 0)
    {
        string program = Path.Combine(shell.Home, name);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in for the program is a shell script.");
        File.WriteAllText(program, $"#!/bin/sh\ncd '{shell.Home}'\n{{ env; {(does.Length == 0 ? ":" : does)}; echo; echo \"$@\"; }} > noted\nexit {exitCode}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        shell.Variables["PATH"] = shell.Home;
        return program;
    }

    private static string FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return $"{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
