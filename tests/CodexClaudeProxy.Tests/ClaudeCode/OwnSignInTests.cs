using System.Text.Json.Nodes;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Tests.ClaudeCode;

/// <summary>With models that are left to Anthropic, Claude Code keeps its own sign-in: no token of ours stands in its way, and our key goes beside it.</summary>
public sealed class OwnSignInTests : IDisposable
{
    private const string Setting = """{"anthropicModels":"claude-opus-*, claude-sonnet-*"}""";
    private const string Key = "s3cret";

    private readonly ClaudeShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void The_header_has_one_name() => Assert.Equal(AccessKey.Header, CustomHeaders.Key);

    [Fact]
    public async Task The_settings_hold_no_token_and_the_key_in_a_header_beside_the_users_own()
    {
        const string users = """{"env":{"ANTHROPIC_CUSTOM_HEADERS":"x-team: blue","ANTHROPIC_API_KEY":"sk-ant-api03-of-the-user","ANTHROPIC_AUTH_TOKEN":"of-another-gateway"}}""";
        await using ClaudeScene scene = await ClaudeScene.StartAsync(users, accessKey: Key, proxySettings: Setting);

        (int status, JsonObject answer) = await scene.PostAsync("/claude/config/proxy");
        Assert.Equal(200, status);

        JsonObject env = JsonNode.Parse(scene.Read())!["env"]!.AsObject();
        Assert.Equal((scene.Address, $"x-team: blue\nx-ccp-key: {Key}", "sk-ant-api03-of-the-user"), (Text(env, "ANTHROPIC_BASE_URL"), Text(env, "ANTHROPIC_CUSTOM_HEADERS"), Text(env, "ANTHROPIC_API_KEY")));
        Assert.Null(env["ANTHROPIC_AUTH_TOKEN"]);
        Assert.DoesNotContain(Key, answer.ToJsonString(), StringComparison.Ordinal);
        // A second time changes nothing.
        string first = scene.Read();
        await scene.PostAsync("/claude/config/proxy");
        Assert.Equal(first, scene.Read());

        await scene.PostAsync("/claude/config/restore");
        Assert.Equal(users, scene.Read());
    }

    [Fact]
    public async Task A_key_that_nobody_asks_for_any_more_goes_and_the_users_own_headers_stay()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("""{"env":{"ANTHROPIC_CUSTOM_HEADERS":"x-team: blue\nx-ccp-key: old"}}""", proxySettings: Setting);

        await scene.PostAsync("/claude/config/proxy");

        Assert.Equal("x-team: blue", Text(JsonNode.Parse(scene.Read())!["env"]!.AsObject(), "ANTHROPIC_CUSTOM_HEADERS"));
    }

    [Fact]
    public async Task A_key_is_not_removed_while_no_proxy_can_tell_whether_it_is_right()
    {
        const string before = """{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:1","ANTHROPIC_AUTH_TOKEN":"s3cret-of-the-proxy"}}""";
        _shell.Write(before);

        Assert.Equal(1, await _shell.RunAsync("claude", "config", "proxy", "--port", "1"));
        Assert.Contains("could tell whether it is still right", _shell.Errors, StringComparison.Ordinal);
        Assert.Equal(before, _shell.Read());
    }

    [Fact]
    public async Task Claudes_own_names_stay_with_Claude_Code_and_a_model_of_Codex_stands_beside_them()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("{}", proxySettings: Setting);

        await scene.PostAsync("/claude/config/proxy");

        JsonObject env = JsonNode.Parse(scene.Read())!["env"]!.AsObject();
        Assert.All((string[])["ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS",
            "CLAUDE_CODE_AUTO_COMPACT_WINDOW", "CLAUDE_CODE_DISABLE_1M_CONTEXT", "CLAUDE_CODE_MAX_OUTPUT_TOKENS", "CLAUDE_CODE_ATTRIBUTION_HEADER"], name => Assert.Null(env[name]));
        Assert.Equal(("gpt-6-luna", "gpt-6.1-sol", "gpt-6.1-sol", "GPT-6.1 Sol (Codex)", "272000"), (Text(env, "ANTHROPIC_DEFAULT_HAIKU_MODEL"), Text(env, "ANTHROPIC_DEFAULT_FABLE_MODEL"),
            Text(env, "ANTHROPIC_CUSTOM_MODEL_OPTION"), Text(env, "ANTHROPIC_CUSTOM_MODEL_OPTION_NAME"), Text(env, "CLAUDE_CODE_MAX_CONTEXT_TOKENS")));
        Assert.Empty((await scene.GetAsync("/claude/config"))["warnings"]!.AsArray());
    }

    [Fact]
    public async Task A_models_name_that_Anthropic_serves_can_be_chosen()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("{}", proxySettings: Setting);

        await scene.PostAsync("/claude/config/proxy", """{"models":{"default":"claude-opus-5-5","haiku":"claude-sonnet-5-5"}}""");

        JsonObject env = JsonNode.Parse(scene.Read())!["env"]!.AsObject();
        Assert.Equal(("claude-opus-5-5", "claude-sonnet-5-5", "claude-sonnet-5-5 (Anthropic)"), (Text(env, "ANTHROPIC_MODEL"), Text(env, "ANTHROPIC_DEFAULT_HAIKU_MODEL"), Text(env, "ANTHROPIC_DEFAULT_HAIKU_MODEL_NAME")));
    }

    [Fact]
    public async Task A_change_of_the_setting_changes_the_set_up_in_both_directions()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("{}", accessKey: Key);
        await scene.PostAsync("/claude/config/proxy");
        string alone = scene.Read();
        Assert.Contains("ANTHROPIC_AUTH_TOKEN", alone, StringComparison.Ordinal);

        await SetAsync("\"claude-*\"");
        Assert.Contains("ANTHROPIC_AUTH_TOKEN", Text((await scene.GetAsync("/claude/config"))["warnings"]!.AsArray().Single()!, "message"), StringComparison.Ordinal);
        await scene.PostAsync("/claude/config/proxy");
        Assert.DoesNotContain("ANTHROPIC_AUTH_TOKEN", scene.Read(), StringComparison.Ordinal);
        Assert.DoesNotContain("_DEFAULT_", scene.Read(), StringComparison.Ordinal);
        Assert.Empty((await scene.GetAsync("/claude/config"))["warnings"]!.AsArray());

        await SetAsync("null");
        await scene.PostAsync("/claude/config/proxy");
        JsonObject env = JsonNode.Parse(scene.Read())!["env"]!.AsObject();
        Assert.Equal((Key, null), (Text(env, "ANTHROPIC_AUTH_TOKEN"), (string?)env["ANTHROPIC_CUSTOM_HEADERS"]));
        Assert.Equal(JsonNode.Parse(alone)!["env"]!.AsObject().Count, env.Count);

        async Task SetAsync(string value)
        {
            using StringContent content = new($$"""{"anthropicModels":{{value}}}""", System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await scene.Client.PatchAsync("/api/settings", content, TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode);
        }
    }

    [Fact]
    public async Task A_run_has_no_token_and_keeps_the_users_own_key()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null, accessKey: Key);
        Directory.CreateDirectory(Path.Combine(_shell.Home, "data"));
        await File.WriteAllTextAsync(Path.Combine(_shell.Home, "data", "settings.json"), Setting, TestContext.Current.CancellationToken);
        _shell.Write("""{"env":{"ANTHROPIC_AUTH_TOKEN":"any","ANTHROPIC_CUSTOM_HEADERS":"x-team: blue"}}""");
        _shell.Variables["ANTHROPIC_API_KEY"] = "sk-ant-api03-of-the-user";
        RunCommandTests.Install(_shell, "claude", "cat \"$2\"");

        Assert.Equal(0, await _shell.RunAsync("run", "--port", $"{new Uri(scene.Address).Port}", $"--api-key={Key}"));

        string noted = await File.ReadAllTextAsync(Path.Combine(_shell.Home, "noted"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("\nANTHROPIC_AUTH_TOKEN=", "\n" + noted, StringComparison.Ordinal);
        Assert.Contains($"x-team: blue\nx-ccp-key: {Key}\n", noted, StringComparison.Ordinal);
        // What is in the user's settings cannot be unset from outside; empty is the same.
        Assert.Contains("\"ANTHROPIC_AUTH_TOKEN\":\"\"", noted, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, noted.Split('\n').Single(line => line.StartsWith("--settings ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static string? Text(JsonNode node, string name) => (string?)node[name];
}
