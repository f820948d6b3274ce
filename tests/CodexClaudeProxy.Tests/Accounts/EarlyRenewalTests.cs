using System.Net;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>The backend renews a used-up quota before the date it had named: a reset that was saved up, one given to everybody, a bigger plan.</summary>
public sealed class EarlyRenewalTests
{
    private static readonly TimeSpan ThreeDays = TimeSpan.FromSeconds(259_200);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/accounts/quota?refresh=true")]
    [InlineData("GET", "/accounts/usage")]
    [InlineData("POST", "/accounts/refresh/all")]
    [InlineData("POST", "/accounts/refresh")]
    [InlineData("POST", "/accounts/dev@example.com/refresh")]
    [InlineData("POST", "/api/doctor")]
    public async Task Whoever_asks_for_the_usage_brings_the_account_back(string method, string path)
    {
        await using RunningProxy proxy = await UsedUpAsync();
        proxy.Backend.Usage = _ => Usage(0, 0);

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, Stop);
        Assert.True(response.IsSuccessStatusCode);
        // The doctor streams its findings.
        await response.Content.ReadAsStringAsync(Stop);

        await AssertReadyAsync(proxy);
    }

    [Fact]
    public async Task An_answer_that_another_process_got_counts_too_and_outlives_a_restart()
    {
        await using RunningProxy proxy = await UsedUpAsync();
        proxy.Backend.Usage = _ => Usage(0, 0);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var logs = new RecordedLogs();
        using var store = new AccountStore(new DataDirectory(proxy.DataDirectory), TimeProvider.System, logs.CreateLogger<AccountStore>());
        await using var tokens = new TokenRefresher(store, new TokenEndpoint(http, new Uri(proxy.Backend.Origin), TimeProvider.System), new CodexHome(proxy.DataDirectory), TimeProvider.System, logs.CreateLogger<TokenRefresher>());
        var usage = new AccountUsage(store, tokens, new UsageQuery(new AccountCalls(http, new Uri($"{proxy.Backend.Origin}/backend-api"), TimeProvider.System)), TimeProvider.System);

        Assert.Null((await usage.FetchAsync(store.Read().All[0], Stop)).Error);

        await AssertReadyAsync(proxy);
        await proxy.RestartAsync();
        await AssertReadyAsync(proxy);
    }

    [Fact]
    public async Task Before_a_client_is_refused_the_backend_is_asked()
    {
        await using RunningProxy proxy = await UsedUpAsync();
        proxy.Backend.Usage = _ => Usage(0, 0);

        Assert.Equal(HttpStatusCode.OK, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
    }

    [Fact]
    public async Task But_not_for_every_client()
    {
        await using RunningProxy proxy = await UsedUpAsync();
        int asked = 0;
        proxy.Backend.Usage = _ =>
        {
            Interlocked.Increment(ref asked);
            return Usage(100, 40);
        };

        for (int i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.TooManyRequests, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);

        Assert.Equal(1, asked);
        Assert.Single(proxy.Backend.Requests);
    }

    [Fact]
    public async Task Without_anybodys_help_the_account_is_back_within_minutes()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromDays(10));
        AccountPool pool = new(scene.Files.Store, scene.Time, scene.Files.Logs.CreateLogger<AccountPool>());
        pool.ReportExhausted(account.Key, null, scene.Time.GetUtcNow() + ThreeDays);
        scene.Backend.Usage = _ => Usage(0, 0);
        await using var watch = new QuotaWatch(pool, scene.Usage, new Random(1), scene.Time, scene.Files.Logs.CreateLogger<QuotaWatch>());

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        DateTimeOffset begin = scene.Time.GetUtcNow();
        while (!pool.Judge("gpt")[0].IsUsable)
        {
            // Slowly: a question has some seconds of this time to be answered.
            scene.Time.Advance(TimeSpan.FromSeconds(2));
            await Task.Delay(5, patience.Token);
        }

        Assert.True(scene.Time.GetUtcNow() - begin >= TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task An_account_that_is_not_used_up_is_not_asked_about()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.SignInAsync(TimeSpan.FromDays(10));
        AccountPool pool = new(scene.Files.Store, scene.Time, scene.Files.Logs.CreateLogger<AccountPool>());
        await using var watch = new QuotaWatch(pool, scene.Usage, new Random(1), scene.Time, scene.Files.Logs.CreateLogger<QuotaWatch>());

        await watch.RoundAsync(Stop);

        Assert.Empty(scene.Backend.Received.All);
    }

    [Fact]
    public async Task No_screen_says_used_up_and_everything_left_of_one_account()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        proxy.Backend.Usage = _ => Usage(0, 0);
        await proxy.GetJsonAsync("/accounts/quota?refresh=true");
        await RefuseAsync(proxy);

        JsonNode account = (await proxy.GetJsonAsync("/api/pool"))["accounts"]![0]!;
        Assert.Equal("exhausted", account["state"]!.GetValue<string>());
        JsonNode week = account["windows"]!.AsArray().Single(window => window!["name"]!.GetValue<string>() == "7d")!;
        Assert.Equal((0, account["stateUntil"]!.GetValue<string>()), (week["leftPercent"]!.GetValue<double>(), week["resetsAt"]!.GetValue<string>()));
    }

    private static async Task<RunningProxy> UsedUpAsync()
    {
        RunningProxy proxy = await RunningProxy.StartAsync();
        await RefuseAsync(proxy);
        Assert.Equal("exhausted", (await proxy.GetJsonAsync("/api/pool"))["accounts"]![0]!["state"]!.GetValue<string>());
        return proxy;
    }

    private static async Task RefuseAsync(RunningProxy proxy)
    {
        long resets = (TimeProvider.System.GetUtcNow() + ThreeDays).ToUnixTimeSeconds();
        proxy.Backend.Answer(Reply.Json(429, $$$"""{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":{{{resets}}},"resets_in_seconds":259200} }"""));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await proxy.PostAsync(RunningProxy.Ask())).StatusCode);
    }

    private static async Task AssertReadyAsync(RunningProxy proxy)
    {
        JsonNode account = (await proxy.GetJsonAsync("/api/pool"))["accounts"]![0]!;
        Assert.Equal(("ready", 0), (account["state"]!.GetValue<string>(), account["clocks"]!.AsArray().Count));
        Assert.All(account["windows"]!.AsArray(), window => Assert.Equal(100, window!["leftPercent"]!.GetValue<double>()));
    }

    private static Reply Usage(int shortUsed, int longUsed)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        string reached = shortUsed >= 100 || longUsed >= 100 ? "true" : "false", allowed = reached == "true" ? "false" : "true";
        return Reply.Json(200, $$$"""
            {"plan_type":"pro","rate_limit":{"allowed":{{{allowed}}},"limit_reached":{{{reached}}},
             "primary_window":{"used_percent":{{{shortUsed}}},"limit_window_seconds":18000,"reset_after_seconds":18000,"reset_at":{{{now + 18000}}} },
             "secondary_window":{"used_percent":{{{longUsed}}},"limit_window_seconds":604800,"reset_after_seconds":604800,"reset_at":{{{now + 604800}}} } } }
            """);
    }
}
