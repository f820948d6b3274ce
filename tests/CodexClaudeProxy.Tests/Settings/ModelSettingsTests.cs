using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;

namespace CodexClaudeProxy.Tests.Settings;

/// <summary>The user's model mapping, from the route to what the backend gets.</summary>
public sealed class ModelSettingsTests
{
    [Fact]
    public async Task Every_lane_says_what_it_stands_for_and_why()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        JsonObject lanes = (await proxy.GetJsonAsync("/settings/models"))["lanes"]!.AsObject();

        Assert.Equal(
            """{"upstream":"codex","model":"gpt-6.1-sol","effort":null,"fast":false,"lane":"opus","known":true,"why":"opus stands for gpt-6.1-sol, the best match in the model list"}""",
            lanes["opus"]!.ToJsonString());
        Assert.Equal(["gpt-6.1-sol", "gpt-6.1-terra", "gpt-6-luna", "gpt-6.1-sol"], lanes.Select(lane => lane.Value!["model"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_mapping_replaces_the_lane_and_its_effort_reaches_the_backend()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        JsonObject answer = await RunningProxy.JsonOf(await proxy.PostAsync(
            """{"mappings":{"claude-opus-*":"gpt-5.5-high","mine":"gpt-6-sol-fast","claude-opus-4-1":"gpt-6-astra"}}""", "/settings/models"));

        Assert.Equal(("gpt-5.5", "high"), (answer["resolved"]!["claude-opus-*"]!["model"]!.GetValue<string>(), answer["resolved"]!["claude-opus-*"]!["effort"]!.GetValue<string>()));
        foreach (string model in new[] { "claude-opus-5-5", "claude-opus-4-1", "mine" })
            await SettingsRoutesTests.TextOf(await proxy.PostAsync(RunningProxy.Ask().Replace("gpt-5.5", model, StringComparison.Ordinal)));
        Assert.Equal(["gpt-5.5/high/", "gpt-6-astra/low/", "gpt-6-sol/medium/priority"], proxy.Backend.Requests.Select(request =>
            $"{request.Json.GetProperty("model")}/{request.Json.GetProperty("reasoning").GetProperty("effort")}/{(request.Json.TryGetProperty("service_tier", out var tier) ? tier : "")}"));
        Assert.Empty(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task Single_mappings_are_set_and_removed()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"modelMappings":{"a":"gpt-5.5","b":"gpt-6-sol"},"other":1}""");

        JsonObject answer = await RunningProxy.JsonOf(await proxy.PostAsync("""{"set":{"A":"gpt-6-luna","b":null,"c":"nobody-knows-me"}}""", "/settings/models"));

        Assert.Equal("""{"a":"gpt-6-luna","c":"nobody-knows-me"}""", answer["mappings"]!.ToJsonString());
        Assert.False(answer["resolved"]!["c"]!["known"]!.GetValue<bool>());
        Assert.Equal("""{"modelMappings":{"a":"gpt-6-luna","c":"nobody-knows-me"},"other":1}""", JsonNode.Parse(File.ReadAllText(proxy.SettingsFile))!.ToJsonString());
    }

    [Theory]
    [InlineData("{}", "Send either mappings to replace all, or set to change single ones")]
    [InlineData("""{"mappings":{},"set":{}}""", "Send either mappings to replace all, or set to change single ones")]
    [InlineData("""{"mapping":{}}""", "Unknown member 'mapping'. Send mappings to replace all, or set to change single ones")]
    [InlineData("""{"mappings":["a"]}""", "mappings: must be an object of model name or pattern to model name")]
    [InlineData("""{"mappings":{" ":"gpt-5.5"}}""", "mappings: ' ' is no model name or pattern of 1 to 200 characters")]
    [InlineData("""{"mappings":{"a":"gpt-*"}}""", "mappings: 'a': the target must be the name of a model, without *")]
    [InlineData("""{"set":{"a":7}}""", "set: 'a': the target must be the name of a model, without *")]
    [InlineData("""{"mappings":{"a":"gpt-5.5","A":"gpt-5.5"}}""", "mappings: 'A' appears twice")]
    public async Task A_wrong_mapping_is_refused_and_changes_nothing(string body, string error)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        await SettingsRoutesTests.AssertFailsAsync(await proxy.PostAsync(body, "/settings/models"), error);

        Assert.Equal("{}", (await proxy.GetJsonAsync("/settings/models"))["mappings"]!.ToJsonString());
    }

    [Fact]
    public async Task The_model_list_offers_mapped_names()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"modelMappings":{"claude-mine":"gpt-5.5","claude-x-*":"gpt-5.5","gpt-6-sol":"gpt-5.5"}}""");

        JsonObject list = await ListAsync(proxy, "/v1/models?limit=1000");

        JsonNode mine = list["data"]!.AsArray().Single(model => model!["id"]!.GetValue<string>() == "claude-mine")!;
        Assert.Equal("claude-mine (GPT-5.5)", mine["display_name"]!.GetValue<string>());
        Assert.DoesNotContain(list["data"]!.AsArray(), model => model!["id"]!.GetValue<string>().Contains('*', StringComparison.Ordinal));
        Assert.Equal(272_000, (await ListAsync(proxy, "/v1/models/claude-x-1"))["max_input_tokens"]!.GetValue<int>());
    }

    private static async Task<JsonObject> ListAsync(RunningProxy proxy, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "anthropic-version", "2023-06-01" } } };
        using HttpResponseMessage response = await proxy.Client.SendAsync(request);
        return await RunningProxy.JsonOf(response);
    }
}
