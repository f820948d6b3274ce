using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Settings;

public sealed class SettingsRoutesTests
{
    [Fact]
    public async Task The_strategy_is_shown_and_changed_as_in_the_original_and_counts_at_once()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        Assert.Equal("""{"success":true,"accountStrategy":"sticky"}""", await (await proxy.Client.GetAsync("/settings/account-strategy")).Content.ReadAsStringAsync());

        await AssertFailsAsync(await proxy.PostAsync("""{"accountStrategy":"best"}""", "/settings/account-strategy"), "Invalid accountStrategy. Use one of: sticky, round-robin, most-remaining, soonest-reset, least-busy");
        await AssertFailsAsync(await proxy.PostAsync("{}", "/settings/account-strategy"), "Invalid accountStrategy. Use one of: sticky, round-robin, most-remaining, soonest-reset, least-busy");
        Assert.Equal("""{"success":true,"accountStrategy":"round-robin"}""", await TextOf(await proxy.PostAsync("""{"accountStrategy":"round-robin"}""", "/settings/account-strategy")));

        for (int i = 0; i < 4; i++) await TextOf(await proxy.PostAsync(RunningProxy.Ask($"Conversation {i}")));
        Assert.Equal(2, proxy.Backend.Requests.Select(request => request.User!.AccountId).Distinct().Count());
    }

    [Fact]
    public async Task The_strategy_in_the_file_counts_from_the_start()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, settings: """{"accountStrategy":"round-robin"}""");

        for (int i = 0; i < 2; i++) await TextOf(await proxy.PostAsync(RunningProxy.Ask($"Conversation {i}")));

        Assert.Equal(2, proxy.Backend.Requests.Select(request => request.User!.AccountId).Distinct().Count());
    }

    [Fact]
    public async Task The_haiku_model_must_be_one_of_the_free_ones()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        Assert.Equal("""{"success":true,"haikuKiloModel":null}""", await TextOf(await proxy.Client.GetAsync("/settings/haiku-model")));

        await AssertFailsAsync(await proxy.PostAsync("{}", "/settings/haiku-model"), "haikuKiloModel is required and must be a string");
        await AssertFailsAsync(await proxy.PostAsync("""{"haikuKiloModel":"anthropic/claude-sonnet"}""", "/settings/haiku-model"),
            "Model \"anthropic/claude-sonnet\" is not a free model. Available: minimax/minimax-m2.5:free, kilo-auto/free");
        Assert.Equal("""{"success":true,"haikuKiloModel":"minimax/minimax-m2.5:free"}""", await TextOf(await proxy.PostAsync("""{"haikuKiloModel":"minimax-2.5"}""", "/settings/haiku-model")));
        Assert.Equal("minimax/minimax-m2.5:free", JsonNode.Parse(File.ReadAllText(proxy.SettingsFile))!["haikuKiloModel"]!.GetValue<string>());

        foreach (string off in new[] { "null", "\"codex\"" })
        {
            await TextOf(await proxy.PostAsync("""{"haikuKiloModel":"kilo-auto/free"}""", "/settings/haiku-model"));
            Assert.Equal("""{"success":true,"haikuKiloModel":null}""", await TextOf(await proxy.PostAsync($$"""{"haikuKiloModel":{{off}}}""", "/settings/haiku-model")));
            Assert.Equal("{}", JsonNode.Parse(File.ReadAllText(proxy.SettingsFile))!.ToJsonString());
        }
    }

    [Fact]
    public async Task The_free_models_are_asked_for_once_in_ten_minutes_and_a_failure_is_not_kept()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Kilo.Models = _ => Reply.Json(500, "{}");
        JsonObject builtIn = await proxy.GetJsonAsync("/settings/kilo-models");
        Assert.Equal(["minimax/minimax-m2.5:free", "kilo-auto/free"], Ids(builtIn));

        proxy.Backend.Kilo.Models = _ => Reply.Json(200, """{"data":[{"id":"x/new:free","name":"New","context_length":1000,"isFree":true,"supported_parameters":["tools"]},{"id":"x/paid","isFree":false},7]}""");
        JsonObject listed = await proxy.GetJsonAsync("/settings/kilo-models");
        Assert.Equal("""[{"id":"x/new:free","name":"New","context_length":1000,"supportsTools":true}]""", listed["models"]!.ToJsonString());
        Assert.Null(listed["current"]);

        await proxy.GetJsonAsync("/settings/kilo-models");
        Assert.Equal(2, proxy.Backend.Kilo.Received.All.Count);
    }

    [Fact]
    public async Task All_settings_are_described()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        JsonObject answer = await proxy.GetJsonAsync("/api/settings");

        JsonArray keys = answer["keys"]!.AsArray();
        Assert.Equal(answer["settings"]!.AsObject().Select(setting => setting.Key), keys.Select(key => key!["name"]!.GetValue<string>()));
        Assert.All(keys, key => Assert.NotEmpty(key!["description"]!.GetValue<string>()));
        JsonNode hold = keys.Single(key => key!["name"]!.GetValue<string>() == "holdSeconds")!;
        Assert.Equal((1, 60, 10, "integer"), (hold["min"]!.GetValue<int>(), hold["max"]!.GetValue<int>(), hold["default"]!.GetValue<int>(), hold["type"]!.GetValue<string>()));
        JsonNode lane = keys.Single(key => key!["name"]!.GetValue<string>() == "lane")!;
        Assert.Equal("""["auto","full","lite"]""", lane["values"]!.ToJsonString());
    }

    [Fact]
    public async Task A_change_is_made_wholly_or_not_at_all()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        await AssertFailsAsync(await PatchAsync(proxy, """{"lane":"full","colour":"red"}"""),
            $"Unknown setting 'colour'. Known are: {string.Join(", ", SettingKeys.All.Select(static key => key.Name))}");
        await AssertFailsAsync(await PatchAsync(proxy, """{"lane":"full","holdSeconds":61}"""), "holdSeconds: must be a whole number from 1 to 60");
        await AssertFailsAsync(await PatchAsync(proxy, """{"modelMappings":{"a":"b","A":"c"}}"""), "modelMappings: 'A' appears twice");
        await AssertFailsAsync(await PatchAsync(proxy, """{"emulatePrefill":"yes"}"""), "emulatePrefill: must be true or false");
        Assert.Equal("auto", (await proxy.GetJsonAsync("/api/settings"))["settings"]!["lane"]!.GetValue<string>());

        JsonObject changed = await RunningProxy.JsonOf(await PatchAsync(proxy, """{"lane":"lite","holdSeconds":3,"defaultEffort":"high"}"""));
        Assert.Equal(("lite", 3, "high"), (changed["settings"]!["lane"]!.GetValue<string>(), changed["settings"]!["holdSeconds"]!.GetValue<int>(), changed["settings"]!["defaultEffort"]!.GetValue<string>()));

        JsonObject reset = await RunningProxy.JsonOf(await PatchAsync(proxy, """{"lane":null,"defaultEffort":null}"""));
        Assert.Equal("auto", reset["settings"]!["lane"]!.GetValue<string>());
        Assert.Null(reset["settings"]!["defaultEffort"]);
        Assert.Equal("""{"holdSeconds":3}""", JsonNode.Parse(File.ReadAllText(proxy.SettingsFile))!.ToJsonString());
    }

    [Fact]
    public async Task A_haiku_model_among_other_changes_is_checked_where_the_list_can_be_had()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        const string paid = """{"lane":"full","haikuKiloModel":"x/paid"}""";

        await AssertFailsAsync(await PatchAsync(proxy, paid), "Model \"x/paid\" is not a free model. Available: minimax/minimax-m2.5:free, kilo-auto/free");
        Assert.Equal("auto", (await proxy.GetJsonAsync("/api/settings"))["settings"]!["lane"]!.GetValue<string>());
        Assert.Contains("kilo-auto/free", await TextOf(await PatchAsync(proxy, """{"haikuKiloModel":"kilo-auto/free"}""")));

        await using RunningProxy alone = await RunningProxy.StartAsync();
        alone.Backend.Kilo.Models = _ => Reply.Json(500, "{}");
        Assert.Contains("x/paid", await TextOf(await PatchAsync(alone, paid)));
    }

    [Fact]
    public async Task The_log_level_changes_while_the_program_runs()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        await TextOf(await PatchAsync(proxy, """{"logLevel":"error"}"""));
        long before = await LoggedAsync(proxy);
        await TextOf(await proxy.PostAsync(RunningProxy.Ask()));
        Assert.Equal(before, await LoggedAsync(proxy));

        await TextOf(await PatchAsync(proxy, """{"logLevel":null}"""));
        await TextOf(await proxy.PostAsync(RunningProxy.Ask()));
        Assert.True(await LoggedAsync(proxy) > before);
    }

    private static async Task<long> LoggedAsync(RunningProxy proxy) => (await proxy.GetJsonAsync("/api/logs"))["logs"]!.AsArray().LastOrDefault()?["id"]!.GetValue<long>() ?? 0;

    [Fact]
    public async Task Switches_of_the_conversion_reach_the_next_request()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await TextOf(await PatchAsync(proxy, """{"defaultEffort":"xhigh","emulatePrefill":false}"""));

        await TextOf(await proxy.PostAsync(RunningProxy.Ask()));
        Assert.Equal("xhigh", proxy.Backend.Requests.Single().Json.GetProperty("reasoning").GetProperty("effort").GetString());

        using HttpResponseMessage prefill = await proxy.PostAsync("""{"model":"gpt-5.5","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, prefill.StatusCode);
    }

    internal static Task<HttpResponseMessage> PatchAsync(RunningProxy proxy, string json) =>
        proxy.Client.PatchAsync("/api/settings", new StringContent(json, Encoding.UTF8, "application/json"));

    internal static async Task<string> TextOf(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    internal static async Task AssertFailsAsync(HttpResponseMessage response, string error)
    {
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(new JsonObject { ["success"] = false, ["error"] = error }.ToJsonString(), (await RunningProxy.JsonOf(response)).ToJsonString());
    }

    private static IEnumerable<string> Ids(JsonObject list) => list["models"]!.AsArray().Select(model => model!["id"]!.GetValue<string>());
}
