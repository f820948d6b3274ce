using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.OpenAi;
using CodexClaudeProxy.Tests.Settings;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>The two shapes of the backend, and the catalogue they are chosen from.</summary>
public sealed class LanesTests
{
    private const string LiteHeader = "x-openai-internal-codex-responses-lite";
    private const string MaySearch = """ "tools":[{"type":"web_search_20250305","name":"web_search"}] """;
    private const string Tools = """ "tools":[{"name":"a","input_schema":{"type":"object"}}] """;

    [Fact]
    public async Task A_flagged_model_is_asked_in_the_full_lane_first_where_calls_are_parallel()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        await AskAsync(proxy, "gpt-6-sol", Tools);

        ReceivedRequest request = Assert.Single(proxy.Backend.Requests);
        Assert.Null(request.Header(LiteHeader));
        Assert.True(request.Json.GetProperty("parallel_tool_calls").GetBoolean());
    }

    [Fact]
    public async Task Where_the_full_lane_has_no_such_model_the_lite_one_serves_and_is_remembered()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Catalogue.MakeLiteOnly("gpt-6-luna");

        await AskAsync(proxy, "gpt-6-luna", Tools);
        await AskAsync(proxy, "gpt-6-luna");
        await AskAsync(proxy, "gpt-6-sol");

        Assert.Equal([null, "true", "true", null], proxy.Backend.Requests.Select(request => request.Header(LiteHeader)));
        Assert.Equal("additional_tools", proxy.Backend.Requests[1].Input[0].GetProperty("type").GetString());
        Assert.Single(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task A_model_found_in_neither_lane_is_asked_for_twice_and_nothing_is_remembered()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Json(404, """{"detail":"Model not found"}"""));

        using HttpResponseMessage response = await proxy.PostAsync(Ask("gpt-6-sol"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        proxy.Backend.AnswerAll(_ => Reply.Text("back again"));
        await AskAsync(proxy, "gpt-6-sol");

        Assert.Equal([null, "true", null], proxy.Backend.Requests.Select(request => request.Header(LiteHeader)));
    }

    [Fact]
    public async Task A_forced_full_lane_is_never_left()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"lane":"full"}""");
        proxy.Backend.Catalogue.MakeLiteOnly("gpt-6-luna");

        using HttpResponseMessage response = await proxy.PostAsync(Ask("gpt-6-luna"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Single(proxy.Backend.Requests);
    }

    [Fact]
    public async Task The_lite_lane_is_used_on_demand_and_left_where_it_is_refused()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"lane":"lite"}""");

        await AskAsync(proxy, "gpt-6-sol", Tools);
        await AskAsync(proxy, "gpt-5.5");
        Assert.Equal(["true", null], proxy.Backend.Requests.Select(request => request.Header(LiteHeader)));
        Assert.Empty(proxy.Backend.Rejections);

        proxy.Backend.Answer(Reply.Json(400, """{"error":{"message":"X-OpenAI-Internal-Codex-Responses-Lite is not supported for this model.","type":"invalid_request_error"}}"""));
        await AskAsync(proxy, "gpt-6-astra");
        await AskAsync(proxy, "gpt-6-astra");
        Assert.Equal(["true", null, "true", null, null], proxy.Backend.Requests.Select(request => request.Header(LiteHeader)));
    }

    [Fact]
    public async Task A_search_that_a_models_lane_cannot_carry_is_left_out_and_the_answer_says_so()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Catalogue.MakeLiteOnly("gpt-6-luna");

        foreach (string stream in new[] { "false", "true" })
        {
            using HttpResponseMessage response = await proxy.PostAsync(Ask("gpt-6-luna", $""" "stream":{stream},{MaySearch} """));
            Assert.Equal("web_search", Assert.Single(response.Headers.GetValues("x-proxy-dropped-tools")));
            await SettingsRoutesTests.TextOf(response);
        }

        using HttpResponseMessage chat = await proxy.CallAsync("/v1/chat/completions",
            """{"model":"gpt-6-luna","messages":[{"role":"user","content":"Hi"}],"web_search_options":{}}""");
        Assert.Equal("web_search", Assert.Single(chat.Headers.GetValues("x-proxy-dropped-tools")));

        using HttpResponseMessage responses = await proxy.CallAsync("/v1/responses", """{"model":"gpt-6-luna","input":"Hi","tools":[{"type":"web_search"}]}""");
        Assert.Equal("web_search", Assert.Single(responses.Headers.GetValues("x-proxy-dropped-tools")));
        Assert.Equal([null, "true", "true", "true", "true"], proxy.Backend.Requests.Select(request => request.Header(LiteHeader)));
        Assert.Single(proxy.Backend.Rejections);
    }

    [Fact]
    public async Task A_model_chosen_for_searches_takes_over_what_another_cannot_search()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(settings: """{"searchModel":"gpt-5.5"}""");
        proxy.Backend.Catalogue.MakeLiteOnly("gpt-6-luna");

        using HttpResponseMessage response = await proxy.PostAsync(Ask("gpt-6-luna", MaySearch));
        await AskAsync(proxy, "gpt-6-luna");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("x-proxy-dropped-tools"));
        Assert.Contains("\"gpt-6-luna\"", await SettingsRoutesTests.TextOf(response), StringComparison.Ordinal);
        Assert.Equal(["gpt-6-luna", "gpt-5.5", "gpt-6-luna", "gpt-6-luna"], proxy.Backend.Requests.Select(request => request.Json.GetProperty("model").GetString()));
        Assert.Equal("web_search", proxy.Backend.Requests[1].Json.GetProperty("tools")[0].GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_request_that_is_nothing_but_a_search_needs_no_lane_and_without_any_way_to_search_it_fails()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Catalogue.MakeLiteOnly("gpt-6-luna");
        // From here on the lane is known.
        await AskAsync(proxy, "gpt-6-luna");
        string search = Ask("gpt-6-luna", MaySearch).Replace("Hi", "Perform a web search for the query: canaries", StringComparison.Ordinal);

        using HttpResponseMessage found = await proxy.PostAsync(search);
        Assert.Contains("https://example.com/result", await SettingsRoutesTests.TextOf(found), StringComparison.Ordinal);
        proxy.Backend.Searches.Otherwise(_ => Reply.NotFound());
        using HttpResponseMessage nothing = await proxy.PostAsync(search);

        Assert.Equal(HttpStatusCode.BadRequest, nothing.StatusCode);
        Assert.Contains("searchModel", await nothing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(2, proxy.Backend.Requests.Count);
    }

    [Fact]
    public async Task An_unknown_model_goes_to_the_backend_as_it_is()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Catalogue.Add(new("gpt-9-preview", ["low", "medium", "high"], new Version(0, 100), false, false));

        await AskAsync(proxy, "gpt-9-preview");
        using HttpResponseMessage nowhere = await proxy.PostAsync(Ask("gpt-0"));

        Assert.Equal(["gpt-9-preview", "gpt-0"], proxy.Backend.Requests.Select(request => request.Json.GetProperty("model").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
    }

    [Fact]
    public async Task A_changed_catalogue_is_noticed_by_its_mark_and_moves_the_lanes()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.AnswerAll(_ => Reply.Text("ok").With("x-models-etag", "W/\"c0ffee\""));
        await AskAsync(proxy, "claude-opus-5-5");
        Assert.Equal("gpt-6.1-sol", Model(proxy));

        proxy.Backend.Catalogue.Add(new("gpt-7", ["low", "medium", "high"], new Version(0, 100), false, false));
        proxy.Backend.Models = _ => Reply.Json(200, """{"models":[{"slug":"gpt-7","priority":1,"visibility":"list","supported_reasoning_levels":[{"effort":"low"}]}]}""").With("etag", "W/\"2\"");
        proxy.Backend.AnswerAll(_ => Reply.Text("ok").With("x-models-etag", "W/\"2\""));
        await AskAsync(proxy, "claude-opus-5-5");
        // This one notices; the refresh runs beside it.
        await AskAsync(proxy, "claude-opus-5-5");
        await proxy.Backend.Received.WaitAsync(request => request.Path.EndsWith("/models", StringComparison.Ordinal), 2, TestContext.Current.CancellationToken);
        for (int i = 0; i < 100 && (await proxy.GetJsonAsync("/settings/models"))["lanes"]!["opus"]!["model"]!.GetValue<string>() != "gpt-7"; i++) await Task.Yield();
        await AskAsync(proxy, "claude-opus-5-5");

        Assert.Equal("gpt-7", Model(proxy));
    }

    [Fact]
    public async Task Without_a_catalogue_the_built_in_table_serves()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Models = _ => Reply.Json(503, "{}");

        JsonObject models = await proxy.GetJsonAsync("/settings/models");
        await AskAsync(proxy, "claude-haiku-5-5");

        Assert.Equal("built-in", models["catalogue"]!.GetValue<string>());
        Assert.Equal("gpt-6-luna", Model(proxy));
    }

    private static string? Model(RunningProxy proxy) => proxy.Backend.Requests[^1].Json.GetProperty("model").GetString();

    private static string Ask(string model, string more = "") => RunningProxy.Ask(more: more).Replace("\"gpt-5.5\"", $"\"{model}\"", StringComparison.Ordinal);

    private static async Task AskAsync(RunningProxy proxy, string model, string more = "") => await SettingsRoutesTests.TextOf(await proxy.PostAsync(Ask(model, more)));
}
