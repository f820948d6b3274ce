using System.Text.Json.Nodes;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.CommandLine;

namespace CodexClaudeProxy.Tests.ClaudeCode;

public sealed class ClaudeCommandTests : IDisposable
{
    private const string UsersFile = "{\n  // mine\n  \"env\": {\n    \"ANTHROPIC_API_KEY\": \"sk-ant-user-0123456789\"\n  },\n}\n";

    private readonly ClaudeShell _shell = new();

    [Fact]
    public async Task Proxy_mode_is_shown_made_and_taken_back()
    {
        _shell.Write(UsersFile);

        Assert.Equal(0, await _shell.RunAsync("claude", "config", "proxy", "--dry-run", "--port", "4711"));
        Assert.Contains("+    \"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:4711\"", _shell.Output, StringComparison.Ordinal);
        Assert.Contains("\nNothing was written.\n", _shell.Output, StringComparison.Ordinal);
        Assert.Equal(UsersFile, _shell.Read());

        Assert.Equal(0, await _shell.RunAsync("claude", "config", "proxy", "--port", "4711", "--haiku", "gpt-5.5"));
        Assert.Contains("Claude Code uses the proxy at http://127.0.0.1:4711.", _shell.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-ant", _shell.Output, StringComparison.Ordinal);
        Assert.Contains("\"ANTHROPIC_DEFAULT_HAIKU_MODEL\": \"gpt-5.5\"", _shell.Read(), StringComparison.Ordinal);

        Assert.Contains("Note: Claude Code reads neither comments nor trailing commas and ignores the whole file because of line 2.", _shell.Output, StringComparison.Ordinal);

        Assert.Equal(0, await _shell.RunAsync("claude", "config", "--port", "4711"));
        Assert.Contains("uses this proxy: http://127.0.0.1:4711", _shell.Output, StringComparison.Ordinal);

        Assert.Equal(0, await _shell.RunAsync("claude", "config", "restore"));
        Assert.Equal(UsersFile, _shell.Read());
        Assert.Equal(1, await _shell.RunAsync("claude", "config", "restore"));
        Assert.Equal("There is nothing to restore.\n", _shell.Errors);
    }

    [Fact]
    public async Task Auto_mode_works_after_it_and_what_costs_something_is_only_written_when_asked_for()
    {
        Assert.Equal(0, await _shell.RunAsync("claude", "config", "proxy"));
        JsonObject plain = JsonNode.Parse(_shell.Read())!.AsObject();
        Assert.Equal("0", plain["env"]!["CLAUDE_CODE_AUTO_MODE_SERVER"]!.GetValue<string>());
        Assert.Null(plain["env"]!["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"]);
        Assert.False(plain.ContainsKey("permissions"));

        Assert.Equal(0, await _shell.RunAsync("claude", "config", "proxy", "--ask-permission", "--disable-nonessential-traffic"));
        JsonObject asked = JsonNode.Parse(_shell.Read())!.AsObject();
        Assert.Equal(("1", "default"), (asked["env"]!["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"]!.GetValue<string>(), asked["permissions"]!["defaultMode"]!.GetValue<string>()));

        // Somebody else writes the file meanwhile, so that it cannot come back byte for byte.
        asked["mine"] = true;
        _shell.Write(asked.ToJsonString());
        Assert.Equal(0, await _shell.RunAsync("claude", "config", "restore"));
        Assert.Equal("""{"mine":true}""", _shell.Read());
    }

    [Fact]
    public async Task The_variable_that_earlier_versions_wrote_is_taken_out_and_the_users_own_stays()
    {
        SettingsFile file = new(_shell.SettingsPath, Path.Combine(_shell.Home, "data"), TimeProvider.System);
        _shell.Write("""{"env":{"DISABLE_TELEMETRY":"1"}}""");
        await file.ChangeAsync("proxy", (_, _) => [new SettingsChange(SettingsKey.Env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"), "\"1\"")], dryRun: false, TestContext.Current.CancellationToken);

        Assert.Equal(0, await _shell.RunAsync("claude", "config", "proxy"));

        JsonNode env = JsonNode.Parse(_shell.Read())!["env"]!;
        Assert.Null(env["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"]);
        Assert.Equal("1", env["DISABLE_TELEMETRY"]!.GetValue<string>());
        Assert.Equal(0, await _shell.RunAsync("claude", "config", "restore"));
        Assert.Equal("""{"env":{"DISABLE_TELEMETRY":"1"}}""", _shell.Read());
    }

    [Fact]
    public async Task What_leads_elsewhere_is_put_aside_in_the_folders_own_settings_too_and_comes_back()
    {
        const string local = """{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:8787","FOO":"1"}}""";
        string project = Path.Combine(_shell.Home, "project");
        string path = Path.Combine(project, ".claude", "settings.local.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, local, TestContext.Current.CancellationToken);
        _shell.Write("""{"apiKeyHelper":"/bin/key"}""");

        await using StringWriter output = new() { NewLine = "\n" };
        Assert.Equal(0, await Actions(setsAside: false).UseProxyAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"Warning: In this folder Claude Code uses http://127.0.0.1:8787: this is set in {path}", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("apiKeyHelper", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("No model is set, because the models of your plan are not known yet.", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(local, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        output.GetStringBuilder().Clear();
        Assert.Equal(0, await Actions(setsAside: true).UseProxyAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("Warning: ", output.ToString(), StringComparison.Ordinal);
        Assert.Equal("""{"env":{"FOO":"1"}}""", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.DoesNotContain("apiKeyHelper", _shell.Read(), StringComparison.Ordinal);

        Assert.Equal(0, await Actions(setsAside: false).RestoreAsync(TestContext.Current.CancellationToken));
        Assert.Equal((local, """{"apiKeyHelper":"/bin/key"}"""), (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), _shell.Read()));

        ClaudeActions Actions(bool setsAside)
        {
            string data = Path.Combine(_shell.Home, "data");
            ClaudeHome home = new(Path.GetDirectoryName(_shell.SettingsPath)!, SearchPath: "") { Project = project };
            ClientVariable[] variables = [new(ClientEnvironment.BaseUrl, "http://127.0.0.1:8081", ""), new(ClientEnvironment.AutoModeServer, "0", "")];
            return new ClaudeActions(new SettingsFile(home.SettingsFile, data, TimeProvider.System), home, "http://127.0.0.1:8081", variables, new Terminal(TextReader.Null, output, output, _ => null))
            {
                Choices = new ClientChoices { SetsAside = setsAside },
                Others = [new SettingsFile(path, data, TimeProvider.System)],
            };
        }
    }

    [Fact]
    public async Task The_directory_is_found_as_by_the_original_and_by_Claude_Code()
    {
        _shell.Variables["CLAUDE_CONFIG_DIR"] = Path.Combine(_shell.Home, "theirs");
        await _shell.RunAsync("claude", "config", "proxy");
        Assert.True(File.Exists(Path.Combine(_shell.Home, "theirs", "settings.json")));

        _shell.Variables["CLAUDE_CONFIG_PATH"] = Path.Combine(_shell.Home, "original");
        await _shell.RunAsync("claude", "config", "proxy");
        Assert.True(File.Exists(Path.Combine(_shell.Home, "original", "settings.json")));
        Assert.False(File.Exists(_shell.SettingsPath));
    }

    [Fact]
    public async Task Keys_can_be_given_on_standard_input_and_are_never_printed()
    {
        Assert.Equal(0, await _shell.RunWithInputAsync("sk-ant-typed-123456\n", "claude", "config", "direct", "--key", "-"));
        Assert.Equal("sk-ant-typed-123456", JsonNode.Parse(_shell.Read())!["env"]!["ANTHROPIC_API_KEY"]!.GetValue<string>());
        Assert.DoesNotContain("typed", _shell.Output, StringComparison.Ordinal);

        Assert.Equal(0, await _shell.RunWithInputAsync("pl4in\n", "claude", "config", "set", "https://x.example/", "-"));
        Assert.Equal("pl4in", JsonNode.Parse(_shell.Read())!["env"]!["ANTHROPIC_API_KEY"]!.GetValue<string>());
        Assert.DoesNotContain("pl4in", _shell.Output, StringComparison.Ordinal);

        Assert.Equal(0, await _shell.RunAsync("claude", "config", "show", "--json"));
        JsonNode shown = JsonNode.Parse(_shell.Output)!;
        Assert.Equal(("other", "https://x.example"), (shown["state"]!.GetValue<string>(), shown["baseUrl"]!.GetValue<string>()));
        Assert.DoesNotContain("pl4in", _shell.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_a_failure_that_names_the_place()
    {
        _shell.Write("{\n  \"env\": null\n}");

        Assert.Equal(1, await _shell.RunAsync("claude", "config", "proxy"));
        Assert.Equal($"{_shell.SettingsPath} was not changed. 'env' is not an object (line 2, column 10)\n", _shell.Errors);
        Assert.Equal(1, await _shell.RunAsync("claude", "config", "proxy", "--json"));
        Assert.Equal(2, JsonNode.Parse(_shell.Output)!["problem"]!["line"]!.GetValue<int>());
        Assert.Equal(1, await _shell.RunAsync("claude", "config", "show"));
        Assert.Contains("line 2, column 10", _shell.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set", "x", "k")]
    [InlineData("set", "http://x", "")]
    [InlineData("set", "http://x")]
    [InlineData("direct", "--key", "")]
    [InlineData("proxy", "--port", "0")]
    [InlineData("colour")]
    public async Task Wrong_usage_has_code_2(params string[] arguments)
    {
        Assert.Equal(2, await _shell.RunAsync(["claude", "config", .. arguments]));
        Assert.NotEmpty(_shell.Errors);
        Assert.False(File.Exists(_shell.SettingsPath));
    }

    public void Dispose() => _shell.Dispose();
}
