using System.Net;
using System.Text;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>A reserve for every quota window by its length, for one account and for all.</summary>
public sealed class WindowReserveTests
{
    private static readonly TimeSpan FiveHours = TimeSpan.FromHours(5), Week = TimeSpan.FromDays(7), Month = TimeSpan.FromDays(30);
    private static readonly HashSet<string> NothingTried = [];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    private DateTimeOffset Now => _time.GetUtcNow();

    [Fact]
    public async Task The_window_of_five_hours_has_a_reserve_of_its_own()
    {
        using AccountFixture fixture = await TwoAccountsAsync(account => (document => AccountPreferences.SetReserve(document, account, FiveHours, 15)));
        AccountPool pool = Pool(fixture);
        pool.ReportUsage("a@x.com:1", Told((FiveHours, 85), (Week, 99)));
        Assert.Equal("a@x.com", pool.Select("begun", "gpt", NothingTried).Account!.Email);

        pool.ReportUsage("a@x.com:1", Told((FiveHours, 86), (Week, 99)));

        Candidate kept = pool.Judge("gpt")[0];
        Assert.Equal((SkipReason.Reserved, "the reserve of 15 % of the 5h quota window is reached", Now.AddHours(1)), (kept.Skip, kept.Detail, kept.Until));
        Assert.Equal((14.0, Now.AddHours(1)), (kept.Left, kept.RenewsAt));
        Assert.Equal("b@x.com", pool.Select("new", "gpt", NothingTried).Account!.Email);
        // Within hours it is full again, and the account serves.
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(pool.Judge("gpt")[0].IsUsable);
    }

    [Fact]
    public async Task Of_two_windows_below_their_reserve_the_later_one_decides_until_when()
    {
        using AccountFixture fixture = await TwoAccountsAsync(account => document =>
        {
            AccountPreferences.SetReserve(document, account, 10);
            AccountPreferences.SetReserve(document, account, FiveHours, 15);
        });
        AccountPool pool = Pool(fixture);

        pool.ReportUsage("a@x.com:1", Told((FiveHours, 90), (Week, 95)));

        Assert.Equal((Now.AddDays(1), "the reserve of 10 % of the weekly quota window is reached"), (pool.Judge("gpt")[0].Until, pool.Judge("gpt")[0].Detail));
    }

    /// <summary>Where a window stands in the answer means nothing: some accounts have the week first and nothing else.</summary>
    [Fact]
    public async Task Windows_are_told_apart_by_their_length_alone()
    {
        using AccountFixture fixture = await TwoAccountsAsync(account => document => AccountPreferences.SetReserve(document, account, FiveHours, 50));
        AccountPool pool = Pool(fixture);

        pool.ReportUsage("a@x.com:1", Told((Week, 90)));
        Assert.True(pool.Judge("gpt")[0].IsUsable);
        pool.ReportUsage("a@x.com:1", Told((Week, 10), (TimeSpan.FromMinutes(299), 60)));
        Assert.Equal(SkipReason.Reserved, pool.Judge("gpt")[0].Skip);
    }

    [Fact]
    public async Task What_the_settings_reserve_is_for_accounts_that_say_nothing_themselves()
    {
        using AccountFixture fixture = await TwoAccountsAsync(account => document =>
        {
            AccountPreferences.SetReserve(document, account, 0);
            AccountPreferences.SetReserve(document, account, Month, 5);
        });
        AccountPool pool = Pool(fixture);
        pool.Apply(ProxySettings.Default with { Reserves = WindowReserve.Read("5h 10, 7d 20")! });
        RateLimits nearlyUsedUp = Told((FiveHours, 50), (Week, 81));

        pool.ReportUsage("a@x.com:1", nearlyUsedUp);
        pool.ReportUsage("b@x.com:2", nearlyUsedUp);

        Assert.Equal([SkipReason.None, SkipReason.Reserved], pool.Judge("gpt").Select(candidate => candidate.Skip));
        pool.ReportUsage("a@x.com:1", Told((FiveHours, 91), (Week, 10)));
        Assert.Equal("the reserve of 10 % of the 5h quota window is reached", pool.Judge("gpt")[0].Detail);
        pool.ReportUsage("a@x.com:1", Told((Month, 96)));
        Assert.Equal("the reserve of 5 % of the 30d quota window is reached", pool.Judge("gpt")[0].Detail);
    }

    [Theory]
    [InlineData("5h 10, 7d 5", "5h 10, 7d 5")]
    [InlineData("7d:5,5h=10%", "7d 5, 5h 10")]
    [InlineData("300m 0", "5h 0")]
    [InlineData("", null)]
    [InlineData("5h", null)]
    [InlineData("5h 101", null)]
    [InlineData("5h -1", null)]
    [InlineData("5x 10", null)]
    [InlineData("5h 10, 300m 20", null)]
    public void The_setting_is_lengths_with_percent(string text, string? read) => Assert.Equal(read, WindowReserve.Read(text) is { } reserves ? WindowReserve.Text(reserves) : null);

    [Fact]
    public async Task The_route_sets_them_and_the_refusal_names_window_and_command()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await PatchAsync(proxy, """{"reserves":{"5h":15,"7d":3}}""", """{"success":true,"message":"Account changed: dev@example.com"}""");
        await PatchAsync(proxy, """{"reserves":{"7d":null}}""", """{"success":true,"message":"Account changed: dev@example.com"}""");
        Assert.Equal("""{"5h":15}""", (await proxy.GetJsonAsync("/accounts"))["accounts"]![0]!["reserves"]!.ToJsonString());
        await PatchAsync(proxy, """{"reserves":{"week":3}}""", "reserves: must be an object of window length, such as 5h or 7d, to a whole number of percent from 0 to 100 or null", HttpStatusCode.BadRequest);
        DateTimeOffset reset = TimeProvider.System.GetUtcNow().AddHours(2);
        proxy.Backend.Answer(Reply.Text("Hi").WithQuota(new Quota(90, reset), new Quota(10, reset)));
        await (await proxy.PostAsync(RunningProxy.Ask("One"))).Content.ReadAsStringAsync();

        using HttpResponseMessage refused = await proxy.PostAsync(RunningProxy.Ask("Two"));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains(
            "dev@example.com has less than its reserve of 15 % of the 5h quota window remaining, so no new conversation starts on it. To change the reserve: codex-claude-proxy accounts reserve dev@example.com PERCENT --window 5h.",
            await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>The number of the account without a length would change nothing while there is one for this length.</summary>
    [Fact]
    public async Task The_refusal_names_the_window_where_the_account_has_a_number_for_its_length()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        await PatchAsync(proxy, """{"reserves":{"7d":20}}""", """{"success":true,"message":"Account changed: dev@example.com"}""");
        DateTimeOffset reset = TimeProvider.System.GetUtcNow().AddHours(2);
        proxy.Backend.Answer(Reply.Text("Hi").WithQuota(new Quota(10, reset), new Quota(90, reset)));
        await (await proxy.PostAsync(RunningProxy.Ask("One"))).Content.ReadAsStringAsync();

        using HttpResponseMessage refused = await proxy.PostAsync(RunningProxy.Ask("Two"));

        Assert.Contains("codex-claude-proxy accounts reserve dev@example.com PERCENT --window 7d.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task PatchAsync(RunningProxy proxy, string body, string answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage response = await proxy.Client.PatchAsync("/accounts/dev@example.com", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(expected, response.StatusCode);
        Assert.Contains(answer, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>The shortest window ends in an hour, all others in a day.</summary>
    private RateLimits Told(params (TimeSpan Length, double Used)[] windows) =>
        new([.. windows.Select(window => new RateLimitWindow(window.Length, window.Used, window.Length < Week ? Now.AddHours(1) : Now.AddDays(1)))]);

    private async Task<AccountFixture> TwoAccountsAsync(Func<Account, Action<AccountsDocument>> set)
    {
        AccountFixture fixture = new(_time);
        await fixture.AddAsync("a@x.com", "1", Now.AddYears(1));
        await fixture.AddAsync("b@x.com", "2", Now.AddYears(1));
        await fixture.Store.UpdateAsync(document =>
        {
            set(document.Accounts.All[0])(document);
            return true;
        }, TestContext.Current.CancellationToken);
        return fixture;
    }

    private static AccountPool Pool(AccountFixture fixture) => new(fixture.Store, fixture.Time, fixture.Logs.CreateLogger<AccountPool>());
}
