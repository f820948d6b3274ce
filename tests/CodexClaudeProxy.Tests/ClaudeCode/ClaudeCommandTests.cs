using System.Text.Json.Nodes;

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

        Assert.Contains("But Claude Code reads neither comments nor trailing commas and ignores the whole file because of line 2.", _shell.Output, StringComparison.Ordinal);

        Assert.Equal(0, await _shell.RunAsync("claude", "config", "--port", "4711"));
        Assert.Contains("uses this proxy: http://127.0.0.1:4711", _shell.Output, StringComparison.Ordinal);

        Assert.Equal(0, await _shell.RunAsync("claude", "config", "restore"));
        Assert.Equal(UsersFile, _shell.Read());
        Assert.Equal(1, await _shell.RunAsync("claude", "config", "restore"));
        Assert.Equal("There is nothing to restore.\n", _shell.Errors);
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
