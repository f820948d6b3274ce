using System.Net;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Accounts that are offered different models.</summary>
public sealed class MixedPlansTests
{
    private const string Special = "gpt-5.4";
    private const string NotFound = """{"error":{"code":"model_not_found","message":"Model not found gpt-5.4"}}""";
    private const string Limited = """{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":259200}}""";

    [Fact]
    public async Task A_model_that_another_account_has_is_served_there_and_the_pair_is_remembered()
    {
        await using RunningProxy proxy = await StartAsync(2, owner: 1);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(proxy, "one"));
        Assert.Equal([0, 1], UsersOf(proxy));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(proxy, "two"));
        Assert.Equal([0, 1, 1], UsersOf(proxy));

        // Other models are none the worse for it.
        Assert.Equal(HttpStatusCode.OK, (await proxy.PostAsync(RunningProxy.Ask("three"))).StatusCode);
        Assert.Equal([0, 1, 1, 0], UsersOf(proxy));
    }

    [Fact]
    public async Task The_reason_is_shown()
    {
        await using RunningProxy proxy = await StartAsync(2, owner: 1);
        await AskAsync(proxy, "one");

        JsonNode next = (await proxy.GetJsonAsync("/api/pool?model=" + Special))["next"]![0]!;
        JsonNode lacking = next["candidates"]![0]!, having = next["candidates"]![1]!;
        Assert.Equal(("lacks-model", $"Upstream does not offer {Special} to this account."), (lacking["state"]!.GetValue<string>(), lacking["detail"]!.GetValue<string>()));
        Assert.Equal("ready", having["state"]!.GetValue<string>());
        Assert.Equal((false, true), (lacking["offersModel"]!.GetValue<bool>(), having["offersModel"]!.GetValue<bool>()));
        Assert.Equal(having["account"]!.GetValue<string>(), next["account"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_model_list_holds_what_any_account_is_offered()
    {
        await using RunningProxy proxy = await StartAsync(2, owner: 1);

        string[] ids = [.. (await proxy.GetJsonAsync("/v1/models"))["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>())];

        Assert.Contains(Special, ids);
        Assert.Contains("gpt-5.5", ids);
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public async Task An_answer_that_names_another_accounts_list_is_no_reason_to_fetch_again()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(2);
        string TagOf(ReceivedRequest request) => request.User == proxy.Users[1] ? "W/\"b\"" : "W/\"a\"";
        proxy.Backend.Models = request => Reply.Json(200, ListFor(request.User == proxy.Users[1])).With("etag", TagOf(request));
        proxy.Backend.AnswerAll(request => (request.User == proxy.Users[0] && request.Json.GetProperty("model").GetString() == Special
            ? Reply.Json(404, NotFound) : Reply.Text("served")).With("x-models-etag", TagOf(request)));
        await proxy.GetJsonAsync("/v1/models");

        foreach (string model in (string[])["gpt-5.5", Special, "gpt-5.5", Special]) await AskAsync(proxy, "about " + model, model);
        await proxy.GetJsonAsync("/v1/models");

        Assert.Equal(2, proxy.Backend.Received.All.Count(request => request.Path.EndsWith("/models", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task When_those_who_have_it_are_used_up_the_client_is_told_to_wait()
    {
        await using RunningProxy proxy = await StartAsync(2, owner: 1);
        proxy.Backend.Usage = user => AccountAnswers.UsedUp(user, TimeProvider.System.GetUtcNow().AddHours(3));
        proxy.Backend.AnswerAll(request => request.User == proxy.Users[1] ? Reply.Json(429, Limited) : Reply.Json(404, NotFound));

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(proxy, "one"));
        Assert.Equal([0, 1], UsersOf(proxy));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(proxy, "two"));
        Assert.Equal([0, 1], UsersOf(proxy));
    }

    [Fact]
    public async Task A_model_that_nobody_has_does_not_ask_every_account_each_time()
    {
        await using RunningProxy proxy = await StartAsync(5, owner: 1);
        List<int> asked = [];
        for (int i = 0; i < 5; i++)
        {
            int before = proxy.Backend.Requests.Count;
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(proxy, $"turn {i}", "gpt-5.55-typo"));
            asked.Add(proxy.Backend.Requests.Count - before);
        }

        Assert.Equal([2, 2, 1, 1, 1], asked);
        Assert.Equal(HttpStatusCode.OK, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
    }

    [Fact]
    public async Task A_single_account_is_asked_again_although_it_said_no()
    {
        await using RunningProxy proxy = await StartAsync(1, owner: 0);
        proxy.Backend.Answer(Reply.Json(404, NotFound));

        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(proxy, "one"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(proxy, "two"));
    }

    /// <param name="accounts">How many there are.</param>
    /// <param name="owner">Which of them has the special model.</param>
    private static async Task<RunningProxy> StartAsync(int accounts, int owner)
    {
        RunningProxy proxy = await RunningProxy.StartAsync(accounts);
        proxy.Backend.Models = request => Reply.Json(200, ListFor(request.User == proxy.Users[owner]));
        proxy.Backend.AnswerAll(request => request.Json.GetProperty("model").GetString() == Special && request.User != proxy.Users[owner] ? Reply.Json(404, NotFound) : Reply.Text("served"));
        await proxy.GetJsonAsync("/v1/models");
        return proxy;
    }

    private static string ListFor(bool special) => $$"""
        {"models":[{"slug":"gpt-5.5","display_name":"GPT-5.5","visibility":"list","priority":1}{{(special ? $$""",{"slug":"{{Special}}","visibility":"list","priority":2}""" : "")}}]}
        """;

    private static async Task<HttpStatusCode> AskAsync(RunningProxy proxy, string text, string model = Special)
    {
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(text).Replace("gpt-5.5", model, StringComparison.Ordinal));
        return response.StatusCode;
    }

    private static int[] UsersOf(RunningProxy proxy) => [.. proxy.Backend.Requests.Select(request => proxy.Users.ToList().IndexOf(request.User!))];
}
