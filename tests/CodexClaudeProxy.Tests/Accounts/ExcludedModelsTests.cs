using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>Models that an account never serves.</summary>
public sealed class ExcludedModelsTests
{
    [Fact]
    public async Task An_account_is_passed_over_for_a_model_it_excludes_and_serves_all_others()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        await ExcludeAsync(proxy, 0, """["GPT-5.5"]""");

        await AnswerOf(proxy, "gpt-5.5", "one");
        await AnswerOf(proxy, "gpt-6-sol", "two");

        Assert.Equal([1, 0], proxy.Backend.Requests.Select(request => proxy.Users.ToList().IndexOf(request.User!)));
        JsonNode next = (await proxy.GetJsonAsync("/api/pool?model=gpt-5.5"))["next"]![0]!;
        Assert.Equal(("excluded", "excluded for this account", "ready"), (Text(next, 0, "state"), Text(next, 0, "detail"), Text(next, 1, "state")));
    }

    [Fact]
    public async Task A_pattern_moves_also_a_conversation_that_has_begun()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        await AnswerOf(proxy, "gpt-5.5");
        await ExcludeAsync(proxy, 0, """["*5.5"]""");

        await AnswerOf(proxy, "gpt-5.5");

        Assert.Equal([0, 1], proxy.Backend.Requests.Select(request => proxy.Users.ToList().IndexOf(request.User!)));
        Assert.Equal("excluded for this account by *5.5", Text((await proxy.GetJsonAsync("/api/pool?model=gpt-5.5"))["next"]![0]!, 0, "detail"));
    }

    /// <summary>No limit and nothing to wait for: the owner has decided it.</summary>
    [Fact]
    public async Task When_no_account_may_serve_it_the_client_is_told_how_to_change_that_and_nothing_is_sent()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        await ExcludeAsync(proxy, 0, """["gpt-5.5"]""");
        await ExcludeAsync(proxy, 1, """["gpt-5*"]""");

        using HttpResponseMessage refused = await proxy.PostAsync(RunningProxy.Ask());

        await RunningProxy.AssertErrorAsync(refused, HttpStatusCode.NotFound, "not_found_error",
            $"No account may serve gpt-5.5: it is excluded for every account that has it. To change which models an account serves: codex-claude-proxy accounts exclude {proxy.Users[0].Email} MODELS.");
        Assert.Empty(proxy.Backend.Requests);
    }

    [Fact]
    public async Task When_the_others_are_used_up_the_client_is_told_to_wait_for_them()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        await ExcludeAsync(proxy, 0, """["gpt-5.5"]""");
        proxy.Backend.Usage = user => AccountAnswers.UsedUp(user, TimeProvider.System.GetUtcNow().AddHours(3));
        proxy.Backend.AnswerAll(_ => Reply.Json(429, """{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":7200}}"""));
        await (await proxy.PostAsync(RunningProxy.Ask("one"))).Content.ReadAsStringAsync();

        using HttpResponseMessage refused = await proxy.PostAsync(RunningProxy.Ask("two"));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains(", and the model is excluded for other accounts.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_listed_as_long_as_one_account_may_serve_it()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        await ExcludeAsync(proxy, 0, """["gpt-5.5"]""");
        Assert.Contains("gpt-5.5", await ListedAsync(proxy));

        await ExcludeAsync(proxy, 1, """["gpt-5.5"]""");

        // The list is fetched anew beside the requests.
        for (int i = 0; i < 200 && (await ListedAsync(proxy)).Contains("gpt-5.5"); i++) await Task.Delay(10, TestContext.Current.CancellationToken);
        string[] listed = await ListedAsync(proxy);
        Assert.DoesNotContain("gpt-5.5", listed);
        Assert.Contains("gpt-6-sol", listed);
        JsonArray own = (await proxy.GetJsonAsync($"/accounts/models?email={proxy.Users[1].Email}"))["models"]!.AsArray();
        Assert.Equal(["gpt-5.5"], own.Where(model => model!["excluded"]!.GetValue<bool>()).Select(model => model!["id"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("""{"excludedModels":"gpt-5.5"}""")]
    [InlineData("""{"excludedModels":[""]}""")]
    [InlineData("""{"excludedModels":[1]}""")]
    public async Task A_wrong_list_is_refused(string body)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        using HttpResponseMessage response = await proxy.Client.PatchAsync("/accounts/dev@example.com", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("excludedModels: must be a list of at most 50 model names or patterns with *", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task ExcludeAsync(RunningProxy proxy, int account, string models)
    {
        using HttpResponseMessage response = await proxy.Client.PatchAsync(
            $"/accounts/{proxy.Users[account].Email}", new StringContent($$"""{"excludedModels":{{models}}}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task AnswerOf(RunningProxy proxy, string model, string text = "Hi")
    {
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(text).Replace("gpt-5.5", model, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await response.Content.ReadAsStringAsync();
    }

    private static async Task<string[]> ListedAsync(RunningProxy proxy) =>
        [.. (await proxy.GetJsonAsync("/v1/models"))["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>())];

    private static string? Text(JsonNode next, int candidate, string member) => next["candidates"]![candidate]![member]?.GetValue<string>();
}
