using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>The routes that show and steer the pool, on the whole program.</summary>
public sealed class PoolRoutesTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task The_pool_tells_how_each_account_stands_and_who_is_next_and_why()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, _time, """{"accountStrategy":"most-remaining"}""");
        proxy.Backend.Answer(Reply.Text("Hi").WithQuota(new Quota(40, _time.GetUtcNow().AddHours(3)), new Quota(10, _time.GetUtcNow().AddDays(2)))
            .With("x-codex-bengalfox-primary-used-percent", "5").With("x-codex-bengalfox-primary-window-minutes", "300").With("x-codex-bengalfox-limit-name", "GPT-5.3-Codex-Spark"));
        await (await proxy.PostAsync(RunningProxy.Ask())).Content.ReadAsStringAsync();
        Assert.Equal("""{"success":true,"message":"Account changed: user1@example.com"}""",
            await PatchAsync(proxy, "user1@example.com", """{"label":"Spare","priority":3,"reserve":10}"""));

        JsonObject pool = await proxy.GetJsonAsync("/api/pool");

        JsonNode first = pool["accounts"]![0]!, second = pool["accounts"]![1]!;
        Assert.Equal(("most-remaining", 2), (pool["strategy"]!.GetValue<string>(), pool["accounts"]!.AsArray().Count));
        Assert.Equal(("5h", 60, "2026-11-25T03:00:00.000Z"), (first["windows"]![0]!["name"]!.GetValue<string>(), first["windows"]![0]!["leftPercent"]!.GetValue<int>(), first["windows"]![0]!["resetsAt"]!.GetValue<string>()));
        Assert.Equal(("Spare", 3, 10, "ready"), (second["label"]!.GetValue<string>(), second["priority"]!.GetValue<int>(), second["reserve"]!.GetValue<int>(), second["state"]!.GetValue<string>()));
        JsonNode next = pool["next"]!.AsArray().Single(entry => entry!["model"]!.GetValue<string>() == "gpt-5.5")!;
        Assert.Equal(("most quota remaining: 60 %", first["id"]!.GetValue<string>()), (next["reason"]!.GetValue<string>(), next["account"]!.GetValue<string>()));
        Assert.Equal([60, null], next["candidates"]!.AsArray().Select(candidate => (int?)candidate!["leftPercent"]));
        Assert.Equal("most quota remaining: 95 %", pool["next"]!.AsArray().Single(entry => entry!["model"]!.GetValue<string>() == "gpt-5.3-codex-spark")!["reason"]!.GetValue<string>());

        await PatchAsync(proxy, "user1@example.com", """{"priority":-1,"label":null}""");
        pool = await proxy.GetJsonAsync("/api/pool?model=gpt-5.5");
        Assert.Equal(second["id"]!.GetValue<string>(), pool["next"]![0]!["account"]!.GetValue<string>());
        Assert.Null(pool["accounts"]![1]!["label"]);
    }

    [Theory]
    [InlineData("""{"label":"fine","reserve":101}""", "reserve: must be a whole number of percent from 0 to 100")]
    [InlineData("""{"label":"fine","priority":1.5}""", "priority: must be a whole number from -1000 to 1000; lower comes first")]
    [InlineData("""{"label":"two\nlines"}""", "label: must be one line of at most 60 characters")]
    [InlineData("""{"enabled":"no"}""", "enabled: must be true or false")]
    [InlineData("""{"accessToken":"x"}""", "accessToken: is nothing that can be set; known are label, priority, reserve, reserves, excludedModels, proxy and enabled")]
    public async Task A_change_is_checked_before_anything_is_changed(string body, string message)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();

        Assert.Contains(message, await PatchAsync(proxy, "dev@example.com", body, HttpStatusCode.BadRequest), StringComparison.Ordinal);

        Assert.Null((await proxy.GetJsonAsync("/accounts"))["accounts"]![0]!["label"]);
    }

    [Fact]
    public async Task A_disabled_account_serves_nobody_until_it_is_enabled()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await PatchAsync(proxy, "dev@example.com", """{"enabled":false}""");
        Assert.Equal(HttpStatusCode.Unauthorized, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);

        await PatchAsync(proxy, "dev@example.com", """{"enabled":true}""");
        Assert.Equal(HttpStatusCode.OK, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
        Assert.Equal("""{"success":false,"message":"Account not found: no@x.com"}""", await PatchAsync(proxy, "no@x.com", "{}"));
    }

    [Fact]
    public async Task The_quota_is_what_the_last_answer_told_and_shows_pace_and_history()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: _time);
        DateTimeOffset reset = _time.GetUtcNow().AddHours(3), week = _time.GetUtcNow().AddDays(2);
        foreach (int used in (int[])[50, 60])
        {
            proxy.Backend.Answer(Reply.Text("Hi").WithQuota(new Quota(used, reset), new Quota(9, week)).With("x-codex-credits-has-credits", "True").With("x-codex-credits-balance", "12.5"));
            await (await proxy.PostAsync(RunningProxy.Ask())).Content.ReadAsStringAsync();
        }

        JsonObject told = await proxy.GetJsonAsync("/accounts/quota?history=true");

        // Nobody had to ask the backend, and nothing waited for the file.
        Assert.DoesNotContain(proxy.Backend.Received.All, request => request.Path.EndsWith("wham/usage", StringComparison.Ordinal));
        Assert.Equal((true, 60), (told["cached"]!.GetValue<bool>(), told["quota"]!["usage"]!["percentage"]!.GetValue<int>()));
        Assert.Equal(("plus", "12.5"), (told["plan"]!.GetValue<string>(), told["credits"]!["balance"]!.GetValue<string>()));
        JsonNode window = told["windows"]![0]!;
        Assert.Equal((30, 150, false, "2026-11-25T01:20:00.000Z"),
            (window["pace"]!["percentPerHour"]!.GetValue<double>(), window["pace"]!["usedAtReset"]!.GetValue<double>(), window["pace"]!["lastsUntilReset"]!.GetValue<bool>(), window["pace"]!["emptyAt"]!.GetValue<string>()));
        Assert.Equal([50, 60], window["history"]!.AsArray().Select(sample => sample!["usedPercent"]!.GetValue<int>()));
        Assert.Null((await proxy.GetJsonAsync("/accounts/quota/all"))["accounts"]![0]!["windows"]![1]!["history"]);

        // Stale and looked at: now the backend is asked.
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.False((await proxy.GetJsonAsync("/accounts/quota"))["cached"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Each_account_has_a_model_list_of_its_own()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, _time);
        proxy.Backend.Models = request => Reply.Json(200, $$"""{"models":[{"slug":"of-{{request.User!.Email}}","supported_reasoning_levels":[{"effort":"low"}]},{"display_name":"nameless"}]}""");

        foreach (FakeUser user in proxy.Users)
        {
            for (int i = 0; i < 2; i++)
            {
                string answer = (await proxy.GetJsonAsync($"/accounts/models?email={user.Email}")).ToJsonString();
                Assert.Equal($$"""{"success":true,"email":"{{user.Email}}","models":[{"id":"of-{{user.Email}}","name":"of-{{user.Email}}","description":"","defaultReasoningLevel":"medium","supportedReasoningLevels":[{"effort":"low"}],"supportedInApi":false,"visibility":"list","excluded":false}]}""", answer);
            }
        }

        int asked = proxy.Backend.Received.All.Count(request => request.Path.EndsWith("/models", StringComparison.Ordinal));
        proxy.Backend.Models = _ => Reply.Json(500, "{}");
        await proxy.GetJsonAsync("/accounts/models");
        Assert.Equal(asked, proxy.Backend.Received.All.Count(request => request.Path.EndsWith("/models", StringComparison.Ordinal)));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("""{"success":false,"error":"Failed to fetch models: upstream responded with 500"}""", (await proxy.GetJsonAsync("/accounts/models")).ToJsonString());
    }

    private static async Task<string> PatchAsync(RunningProxy proxy, string email, string body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage response = await proxy.Client.PatchAsync($"/accounts/{email}", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
