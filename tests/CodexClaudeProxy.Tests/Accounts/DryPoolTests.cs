using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>The setting <c>autoRedeem</c>, and the routes for redeeming by hand, on the whole program.</summary>
public sealed class DryPoolTests
{
    private const string WhenAllDry = """{"autoRedeem":"when-all-dry"}""";

    /// <summary>It goes on a little, because two answers of the usage endpoint at one moment are taken for one.</summary>
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public async Task When_all_are_used_up_one_reset_is_redeemed_and_the_client_is_served()
    {
        await using RunningProxy proxy = await DryAsync(WhenAllDry);
        proxy.Backend.Resets.Give(proxy.Users[0], "later", _time.GetUtcNow().AddDays(9));
        proxy.Backend.Resets.Give(proxy.Users[1], "first", _time.GetUtcNow().AddDays(2));

        Assert.Equal(HttpStatusCode.OK, await AskAsync(proxy, "one"));

        Assert.Empty(proxy.Backend.Resets.Spent(proxy.Users[0]));
        Assert.Equal(["first"], proxy.Backend.Resets.Spent(proxy.Users[1]));
        Assert.Equal(proxy.Users[1], proxy.Backend.Requests[^1].User);

        // Dry again within the hour: the other reset stays.
        proxy.Backend.Resets.UseUp(proxy.Users[1]);
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(proxy, "two"));
        Assert.Empty(proxy.Backend.Resets.Spent(proxy.Users[0]));
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(proxy, "three"));
        Assert.Equal(["later"], proxy.Backend.Resets.Spent(proxy.Users[0]));
    }

    [Fact]
    public async Task Nothing_is_redeemed_unless_the_owner_wants_it()
    {
        await using RunningProxy proxy = await DryAsync("{}");
        proxy.Backend.Resets.Give(proxy.Users[0], "one", null);

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(proxy, "one"));

        Assert.DoesNotContain(proxy.Backend.Received.All, request => request.Path.Contains("reset-credits", StringComparison.Ordinal));
    }

    /// <summary>The pool is not dry: there is quota that its owner keeps.</summary>
    [Fact]
    public async Task A_reserve_does_not_count_as_used_up()
    {
        await using RunningProxy proxy = await DryAsync(WhenAllDry, usedUp: 1);
        proxy.Backend.Resets.Give(proxy.Users[0], "one", null);
        using (HttpResponseMessage set = await proxy.Client.PatchAsync($"/accounts/{proxy.Users[1].Email}", new StringContent("""{"reserve":50}""", Encoding.UTF8, "application/json")))
            Assert.True(set.IsSuccessStatusCode);
        proxy.Backend.AnswerAll(request => request.User == proxy.Users[1]
            ? Reply.Text("served").WithQuota(new Quota(10, _time.GetUtcNow().AddHours(1)), new Quota(60, _time.GetUtcNow().AddDays(1))) : Limited());
        Assert.Equal(HttpStatusCode.OK, await AskAsync(proxy, "one"));

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(proxy, "two"));

        Assert.Empty(proxy.Backend.Resets.Spent(proxy.Users[0]));
    }

    [Fact]
    public async Task Many_clients_at_once_cost_one_reset()
    {
        await using RunningProxy proxy = await DryAsync(WhenAllDry);
        foreach (FakeUser user in proxy.Users) proxy.Backend.Resets.Give(user, "of-" + user.AccountId, _time.GetUtcNow().AddDays(2));

        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AskAsync(proxy, $"client {i}")));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Single(proxy.Users.SelectMany(user => proxy.Backend.Resets.Spent(user)));
    }

    [Fact]
    public async Task A_reset_that_takes_its_time_is_not_followed_by_another_and_the_client_is_refused()
    {
        await using RunningProxy proxy = await DryAsync(WhenAllDry);
        foreach (FakeUser user in proxy.Users) proxy.Backend.Resets.Give(user, "of-" + user.AccountId, _time.GetUtcNow().AddDays(2));
        proxy.Backend.Resets.Lag = TimeSpan.FromHours(4);

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(proxy, "one"));
        _time.Advance(TimeSpan.FromMinutes(90));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(proxy, "two"));

        Assert.Single(proxy.Users.SelectMany(user => proxy.Backend.Resets.Spent(user)));
    }

    [Fact]
    public async Task By_hand_the_page_shows_them_with_advice_and_redeems_what_was_confirmed()
    {
        await using RunningProxy proxy = await DryAsync("{}");
        FakeUser user = proxy.Users[0];
        proxy.Backend.Resets.Give(user, "soon", _time.GetUtcNow().AddDays(2));
        proxy.Backend.Resets.Give(user, "late", _time.GetUtcNow().AddDays(20));
        await proxy.GetJsonAsync($"/accounts/usage?email={user.Email}");
        Assert.Equal(2, (await proxy.GetJsonAsync("/api/pool"))["accounts"]![0]!["bankedResets"]!.GetValue<int>());

        JsonObject shown = await proxy.GetJsonAsync($"/accounts/{user.Email}/resets");

        Assert.Equal((2, null, null), (shown["available"]!.GetValue<int>(), shown["listError"]?.GetValue<string>(), shown["pending"]?.GetValue<string>()));
        Assert.Equal(["soon", "late"], shown["credits"]!.AsArray().Select(credit => credit!["id"]!.GetValue<string>()));
        Assert.StartsWith("Redeeming one now gives back the 7d quota window, which otherwise resets in 3d 1", shown["advice"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.EndsWith("; the first one expires in 1d 23h.", shown["advice"]!.GetValue<string>(), StringComparison.Ordinal);

        Assert.Contains("confirmed must be true: a person has agreed to spend this reset", await PostAsync(proxy, user, """{"credit":"late"}""", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("confirmed must be true", await PostAsync(proxy, user, "", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await proxy.Client.GetAsync($"/accounts/{user.Email}/reset", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Empty(proxy.Backend.Resets.Spent(user));
        Assert.Equal("""{"success":true,"message":"The reset was redeemed. The usage has fallen."}""", await PostAsync(proxy, user, """{"confirmed":true,"credit":"late"}"""));

        Assert.Equal(["late"], proxy.Backend.Resets.Spent(user));
        Assert.Equal(("ready", 1), ((await proxy.GetJsonAsync("/api/pool"))["accounts"]![0]!["state"]!.GetValue<string>(), (await proxy.GetJsonAsync("/api/pool"))["accounts"]![0]!["bankedResets"]!.GetValue<int>()));
        Assert.StartsWith("There is nothing to reset yet: at most 0 % of a quota window is used", (await proxy.GetJsonAsync($"/accounts/{user.Email}/resets"))["advice"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("""{"success":false,"message":"Account not found: no@x.com"}""", await PostAsync(proxy, new FakeUser("no@x.com", "", ""), """{"confirmed":true,"credit":null}"""));
    }

    /// <param name="usedUp">How many of the two accounts are used up.</param>
    private async Task<RunningProxy> DryAsync(string settings, int usedUp = 2)
    {
        RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, _time, settings);
        foreach (FakeUser user in proxy.Users.Take(usedUp)) proxy.Backend.Resets.UseUp(user);
        proxy.Backend.AnswerAll(request => proxy.Backend.Resets.IsUsedUp(request.User!) ? Limited() : Reply.Text("served"));
        return proxy;
    }

    private static Reply Limited() => Reply.Json(429, """{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":259200}}""");

    private static async Task<HttpStatusCode> AskAsync(RunningProxy proxy, string text)
    {
        using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(text));
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<string> PostAsync(RunningProxy proxy, FakeUser user, string body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage response = await proxy.PostAsync(body, $"/accounts/{user.Email}/reset");
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
