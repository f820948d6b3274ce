using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Tests.ClaudeCode;

public sealed class ClaudeRoutesTests
{
    private const string UsersKey = "sk-ant-api03-of-the-user";
    private const string UsersFile = "{\n  // mine\n  \"env\": {\n    \"ANTHROPIC_API_KEY\": \"sk-ant-api03-of-the-user\",\n    \"HTTP_PROXY\": \"http://me:s3cret@proxy:1/\"\n  }\n}\n";

    [Fact]
    public async Task Without_a_file_everything_is_direct_and_every_variable_is_recommended()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null);

        JsonObject shown = await scene.GetAsync("/claude/config");

        Assert.Equal(("direct", false, false, scene.SettingsPath, """{"env":{}}"""), (Text(shown, "state"), Flag(shown, "exists"), Flag(shown, "canRestore"), Text(shown, "configPath"), shown["config"]!.ToJsonString()));
        Assert.Null(shown["baseUrl"]);
        Assert.Null(shown["problem"]);
        Assert.Null(shown["claudeVersion"]);
        Assert.Equal(scene.Address, Text(Entry(shown, "ANTHROPIC_BASE_URL"), "recommended"));
        Assert.Equal("gpt-6.1-sol", Text(Entry(shown, "ANTHROPIC_DEFAULT_OPUS_MODEL"), "recommended"));
        Assert.All(shown["entries"]!.AsArray(), entry => Assert.Null(entry!["value"]));
    }

    [Fact]
    public async Task Each_lane_has_the_name_and_the_description_that_the_list_of_models_shows()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("{}");

        await scene.PostAsync("/claude/config/proxy", """{"models":{"haiku":"my-own","sonnet":"gpt-5.5-high"}}""");

        JsonNode env = JsonNode.Parse(scene.Read())!["env"]!;
        Assert.Equal("GPT-6.1 Sol (Codex)", Text(env, "ANTHROPIC_DEFAULT_OPUS_MODEL_NAME"));
        Assert.Equal("Stands for Opus: gpt-6.1-sol, 272k tokens of context", Text(env, "ANTHROPIC_DEFAULT_OPUS_MODEL_DESCRIPTION"));
        Assert.Equal(("GPT-6.1 Sol (Codex)", "Stands for Fable: gpt-6.1-sol, 272k tokens of context"), (Text(env, "ANTHROPIC_DEFAULT_FABLE_MODEL_NAME"), Text(env, "ANTHROPIC_DEFAULT_FABLE_MODEL_DESCRIPTION")));
        Assert.Equal(("gpt-5.5-high", "GPT-5.5 high (Codex)"), (Text(env, "ANTHROPIC_DEFAULT_SONNET_MODEL"), Text(env, "ANTHROPIC_DEFAULT_SONNET_MODEL_NAME")));
        Assert.Equal("my-own (Codex)", Text(env, "ANTHROPIC_DEFAULT_HAIKU_MODEL_NAME"));
        Assert.Equal(("1", "1"), (Text(env, "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY"), Text(env, "CLAUDE_CODE_DISABLE_1M_CONTEXT")));
    }

    [Fact]
    public async Task No_model_is_named_that_nobody_asked_for_as_long_as_the_plans_models_are_unknown()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("{}", knowsModels: false);

        await scene.PostAsync("/claude/config/proxy", """{"models":{"haiku":"gpt-5.5"}}""");

        JsonObject env = JsonNode.Parse(scene.Read())!["env"]!.AsObject();
        Assert.DoesNotContain(env, member => member.Key.Contains("_MODEL", StringComparison.Ordinal) && !member.Key.Contains("HAIKU", StringComparison.Ordinal)
            && member.Key is not ("CLAUDE_CODE_AUTO_MODE_MODEL" or "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY"));
        Assert.Equal(("gpt-5.5", "gpt-5.5", "0"), (Text(env, "ANTHROPIC_DEFAULT_HAIKU_MODEL"), Text(env, "CLAUDE_CODE_AUTO_MODE_MODEL"), Text(env, "CLAUDE_CODE_AUTO_MODE_SERVER")));
    }

    [Fact]
    public async Task What_is_only_done_when_asked_for_is_done_then_and_taken_back()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("{\n  \"apiKeyHelper\": \"/bin/key\"\n}\n");

        await scene.PostAsync("/claude/config/proxy");
        JsonNode plain = JsonNode.Parse(scene.Read())!;
        Assert.Equal("0", Text(plain["env"]!, "CLAUDE_CODE_AUTO_MODE_SERVER"));
        Assert.Null(plain["env"]!["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"]);
        Assert.Null(plain["permissions"]);
        JsonObject shown = await scene.GetAsync("/claude/config");
        Assert.True(Flag(shown, "canSetAside"));
        Assert.Contains("apiKeyHelper", Text(shown["warnings"]!.AsArray().Single()!, "message"), StringComparison.Ordinal);

        await scene.PostAsync("/claude/config/proxy", """{"askPermission":true,"disableNonessentialTraffic":true,"setAside":true}""");
        JsonNode asked = JsonNode.Parse(scene.Read())!;
        Assert.Equal(("1", "default"), (Text(asked["env"]!, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"), Text(asked["permissions"]!, "defaultMode")));
        Assert.Null(asked["apiKeyHelper"]);
        Assert.Empty((await scene.GetAsync("/claude/config"))["warnings"]!.AsArray());

        await scene.PostAsync("/claude/config/restore");
        Assert.Equal("{\n  \"apiKeyHelper\": \"/bin/key\"\n}\n", scene.Read());
    }

    [Fact]
    public async Task Where_the_proxy_judges_auto_mode_the_variable_goes_even_if_it_is_the_users_and_comes_back()
    {
        const string users = """{"env":{"CLAUDE_CODE_AUTO_MODE_SERVER":"0"}}""";
        await using ClaudeScene scene = await ClaudeScene.StartAsync(users, proxySettings: """{"autoModeCheck":"model"}""");
        Assert.DoesNotContain((await scene.GetAsync("/claude/environment"))["variables"]!.AsArray(), variable => Text(variable!, "name") == "CLAUDE_CODE_AUTO_MODE_SERVER");

        await scene.PostAsync("/claude/config/proxy");
        Assert.Null(JsonNode.Parse(scene.Read())!["env"]!["CLAUDE_CODE_AUTO_MODE_SERVER"]);
        await scene.PostAsync("/claude/config/restore");
        Assert.Equal(users, scene.Read());
    }

    [Fact]
    public async Task Behind_a_proxy_this_machine_is_spared_and_what_was_spared_stays()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("""{"env":{"NO_PROXY":"corp.example"}}""", variable: name => name == "https_proxy" ? "http://proxy.corp.example:3128" : null);

        await scene.PostAsync("/claude/config/proxy");

        JsonNode env = JsonNode.Parse(scene.Read())!["env"]!;
        Assert.Equal(("corp.example,127.0.0.1,localhost,::1", "corp.example,127.0.0.1,localhost,::1"), (Text(env, "NO_PROXY"), Text(env, "no_proxy")));
        (_, JsonObject again) = await scene.PostAsync("/claude/config/proxy");
        Assert.False(Flag(again, "changed"));
    }

    [Fact]
    public async Task Proxy_mode_points_here_and_an_undo_gives_the_same_bytes()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(UsersFile);

        (int status, JsonObject answer) = await scene.PostAsync("/claude/config/proxy");

        Assert.Equal((200, true, true, $"Claude CLI configured to use proxy at {scene.Address}"), (status, Flag(answer, "success"), Flag(answer, "changed"), Text(answer, "message")));
        Assert.Equal(UsersFile, await File.ReadAllTextAsync(Text(answer, "backup")!, TestContext.Current.CancellationToken));
        JsonObject env = JsonNode.Parse(scene.Read(), documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!["env"]!.AsObject();
        Assert.Equal((scene.Address, "any"), (Text(env, "ANTHROPIC_BASE_URL"), Text(env, "ANTHROPIC_AUTH_TOKEN")));
        Assert.False(env.ContainsKey("ANTHROPIC_API_KEY"));

        JsonObject shown = await scene.GetAsync("/claude/config");
        Assert.Equal(("here", true, "proxy"), (Text(shown, "state"), Flag(shown, "canRestore"), Text(shown["restorePoint"]!, "action")));
        Assert.All(shown["entries"]!.AsArray(), entry => Assert.Equal(Text(entry!, "recommended"), Text(entry!, "value")));

        (_, JsonObject restored) = await scene.PostAsync("/claude/config/restore");
        Assert.True(Flag(restored, "changed"));
        Assert.Equal(UsersFile, scene.Read());
        (status, restored) = await scene.PostAsync("/claude/config/restore");
        Assert.Equal((400, "There is nothing to restore"), (status, Text(restored, "error")));
    }

    [Fact]
    public async Task No_answer_and_no_log_line_shows_a_key()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(UsersFile, accessKey: "our-access-key");
        List<string> seen = [];

        seen.Add((await scene.GetAsync("/claude/config")).ToJsonString());
        foreach ((string path, string body) in new[]
        {
            ("proxy", """{"dryRun":true}"""), ("proxy", "{}"), ("direct", """{"apiKey":"sk-ant-new-key-0123","dryRun":true}"""), ("direct", """{"apiKey":"sk-ant-new-key-0123"}"""),
            ("set", """{"apiUrl":"https://u:s3cret@x.example/","apiKey":"plain-k3y"}"""), ("restore", """{"dryRun":true}"""), ("restore", "{}"),
        })
        {
            (int status, JsonObject answer) = await scene.PostAsync("/claude/config/" + path, body);
            Assert.Equal(200, status);
            seen.Add(answer.ToJsonString());
            seen.Add((await scene.GetAsync("/claude/config")).ToJsonString());
        }

        foreach (string secret in new[] { UsersKey, "s3cret", "sk-ant-new-key", "plain-k3y", "our-access-key" })
        {
            Assert.All(seen, text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            Assert.All(scene.Log.Lines, line => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Direct_mode_leaves_nothing_of_ours_and_brings_the_users_values_back()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("""{"env":{"ANTHROPIC_API_KEY":"sk-ant-mine-123456","ANTHROPIC_MODEL":"claude-opus-4-8","ANTHROPIC_BASE_URL":"http://elsewhere","CLAUDE_CODE_MAX_OUTPUT_TOKENS":"1000"}}""");
        await scene.PostAsync("/claude/config/proxy");

        (_, JsonObject answer) = await scene.PostAsync("/claude/config/direct");

        Assert.Equal("Claude CLI configured to use direct Anthropic API", Text(answer, "message"));
        Assert.Equal(
            """{"env":{"ANTHROPIC_API_KEY":"sk-ant-mine-123456","ANTHROPIC_MODEL":"claude-opus-4-8","CLAUDE_CODE_MAX_OUTPUT_TOKENS":"1000"}}""",
            Sorted(scene.Read()));
    }

    [Fact]
    public async Task Direct_mode_also_ends_what_was_pasted_by_hand_or_written_by_the_original()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(
            """{"env":{"ANTHROPIC_BASE_URL":"http://localhost:8081","ANTHROPIC_API_KEY":"any-key","ANTHROPIC_AUTH_TOKEN":"any","ANTHROPIC_MODEL":"gpt-6.1-sol","ANTHROPIC_DEFAULT_OPUS_MODEL":"claude-opus-4-6","CLAUDE_CODE_MAX_CONTEXT_TOKENS":"272000","FOO":"1"}}""");

        await scene.PostAsync("/claude/config/direct", """{"apiKey":null}""");
        Assert.Equal("""{"env":{"ANTHROPIC_DEFAULT_OPUS_MODEL":"claude-opus-4-6","FOO":"1"}}""", Sorted(scene.Read()));

        await scene.PostAsync("/claude/config/direct", """{"apiKey":"sk-ant-x"}""");
        Assert.Equal("sk-ant-x", JsonNode.Parse(scene.Read())!["env"]!["ANTHROPIC_API_KEY"]!.GetValue<string>());
    }

    [Fact]
    public async Task Any_other_address_can_be_set_as_in_the_original()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("{}");
        await scene.PostAsync("/claude/config/proxy");

        (_, JsonObject answer) = await scene.PostAsync("/claude/config/set", """{"apiUrl":"HTTPS://Gateway.example/v1/","apiKey":"k"}""");

        Assert.Equal("Claude CLI API endpoint updated", Text(answer, "message"));
        Assert.Equal("""{"env":{"ANTHROPIC_API_KEY":"k","ANTHROPIC_BASE_URL":"https://gateway.example/v1"}}""", Sorted(scene.Read()));
        Assert.Equal("other", Text(await scene.GetAsync("/claude/config"), "state"));
    }

    [Theory]
    [InlineData("direct", """{"apiKey":""}""", "API key required")]
    [InlineData("direct", """{"apiKey":7}""", "API key required")]
    [InlineData("set", """{"apiKey":"k"}""", "apiUrl is required")]
    [InlineData("set", """{"apiUrl":"http://x"}""", "apiKey is required")]
    [InlineData("set", """{"apiUrl":"x","apiKey":"k"}""", "apiUrl must be a valid URL")]
    [InlineData("set", """{"apiUrl":"ftp://x","apiKey":"k"}""", "apiUrl must use http or https")]
    [InlineData("proxy", """{"models":7}""", "models must be an object")]
    [InlineData("proxy", """{"models":{"gold":"x"}}""", "models.gold: known are default, opus, sonnet, haiku, fable")]
    [InlineData("proxy", """{"models":{"opus":7}}""", "models.opus must be a string")]
    public async Task Wrong_input_is_told_in_the_originals_words(string action, string body, string error)
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null);

        (int status, JsonObject answer) = await scene.PostAsync("/claude/config/" + action, body);

        Assert.Equal((400, false, error), (status, Flag(answer, "success"), Text(answer, "error")));
        Assert.False(File.Exists(scene.SettingsPath));
    }

    [Theory]
    [InlineData("{\n  \"env\": {\n    \"A\": \"1\"\n    \"B\": \"2\"\n  }\n}", 4, 5)]
    [InlineData("{ \"env\": null }", 1, 10)]
    public async Task A_file_that_cannot_be_read_is_shown_with_the_place_and_not_touched(string settings, int line, int column)
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings);

        JsonObject shown = await scene.GetAsync("/claude/config");
        Assert.Equal(("unreadable", line, column), (Text(shown, "state"), shown["problem"]!["line"]!.GetValue<int>(), shown["problem"]!["column"]!.GetValue<int>()));
        Assert.Null(shown["config"]);

        foreach ((string action, string body) in new[] { ("proxy", "{}"), ("direct", "{}"), ("set", """{"apiUrl":"http://x","apiKey":"k"}""") })
        {
            (int status, JsonObject answer) = await scene.PostAsync("/claude/config/" + action, body);
            Assert.Equal((500, line), (status, answer["problem"]!["line"]!.GetValue<int>()));
            Assert.Contains($"line {line}, column {column}", Text(answer, "error")!, StringComparison.Ordinal);
        }

        Assert.Equal(settings, scene.Read());
    }

    [Fact]
    public async Task Models_can_be_chosen_and_the_smallest_window_counts()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync("{}");

        await scene.PostAsync("/claude/config/proxy", """{"models":{"default":"gpt-5.5-high","haiku":"my-own"}}""");

        JsonNode env = JsonNode.Parse(scene.Read())!["env"]!;
        Assert.Equal(("gpt-5.5-high", "my-own", "my-own"), (Text(env, "ANTHROPIC_MODEL"), Text(env, "ANTHROPIC_DEFAULT_HAIKU_MODEL"), Text(env, "CLAUDE_CODE_AUTO_MODE_MODEL")));
        Assert.Equal("272000", Text(env, "CLAUDE_CODE_MAX_CONTEXT_TOKENS"));
    }

    [Fact]
    public async Task Snippets_hold_every_variable_in_the_words_of_each_place()
    {
        await using ClaudeScene scene = await ClaudeScene.StartAsync(settings: null, accessKey: "it's");

        JsonObject answer = await scene.GetAsync("/claude/environment?opus=gpt-5.5");

        Dictionary<string, string> snippets = answer["snippets"]!.AsArray().ToDictionary(snippet => Text(snippet!, "id")!, snippet => Text(snippet!, "text")!);
        Assert.Equal(["bash", "fish", "powershell", "cmd", "settings", "vscode", "jetbrains", "dotenv"], snippets.Keys);
        foreach (JsonNode? variable in answer["variables"]!.AsArray())
        {
            Assert.NotEmpty(Text(variable!, "why")!);
            Assert.All(snippets.Values, snippet => Assert.Contains(Text(variable!, "name")!, snippet, StringComparison.Ordinal));
        }

        Assert.Contains("export ANTHROPIC_AUTH_TOKEN='it'\\''s'\n", snippets["bash"], StringComparison.Ordinal);
        Assert.Contains("set -gx ANTHROPIC_AUTH_TOKEN 'it\\'s'\n", snippets["fish"], StringComparison.Ordinal);
        Assert.Contains("$env:ANTHROPIC_AUTH_TOKEN = 'it''s'\n", snippets["powershell"], StringComparison.Ordinal);
        Assert.Contains("set \"ANTHROPIC_DEFAULT_OPUS_MODEL=gpt-5.5\"\n", snippets["cmd"], StringComparison.Ordinal);
        Assert.Equal("it's", JsonNode.Parse(snippets["settings"])!["env"]!["ANTHROPIC_AUTH_TOKEN"]!.GetValue<string>());
        Assert.Equal("ANTHROPIC_BASE_URL", JsonNode.Parse("{" + snippets["vscode"] + "}")!["claudeCode.environmentVariables"]![0]!["name"]!.GetValue<string>());
    }

    private static JsonNode Entry(JsonObject shown, string name) => shown["entries"]!.AsArray().Single(entry => Text(entry!, "name") == name)!;

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();

    private static bool Flag(JsonNode node, string name) => node[name]!.GetValue<bool>();

    private static string Sorted(string settings)
    {
        JsonObject root = JsonNode.Parse(settings)!.AsObject();
        root["env"] = new JsonObject(root["env"]!.AsObject().OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        return root.ToJsonString();
    }
}
