using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>How long all accounts last together, and what is left of them. What each account says of itself stays true.</summary>
public sealed class ForecastTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);

    [Theory]
    [InlineData(60, 180)]
    [InlineData(98, 60)]
    [InlineData(30, 120)]
    public void One_account_lasts_as_long_as_its_own_pace_says(double used, int minutesToReset)
    {
        RateLimitWindow window = Short(used, minutesToReset);
        Pace own = Pace.Of(window, Now)!;

        PoolPace pool = PoolPace.Of([new SharedWindow(window, null)], Now);

        Assert.Equal((own.LastsUntilReset ? null : (DateTimeOffset?)own.EmptyAt, own.PercentPerHour), (pool.EmptyAt, pool.PercentPerHour!.Value));
    }

    [Fact]
    public void What_an_empty_account_does_not_serve_goes_to_the_others()
    {
        // 90 % and 98 % after four of five hours: 22.5 % and 24.5 % an hour, and 12 % remain: 12 / 47 of an hour.
        PoolPace pool = PoolPace.Of([new SharedWindow(Short(90, 60), null), new SharedWindow(Short(98, 60), null)], Now);

        Assert.Equal((47, Now.AddSeconds(919)), (pool.PercentPerHour!.Value, pool.EmptyAt));
        Assert.Equal([188.0, 200.0], [pool.Course[0].Used, Math.Round(pool.Course[^1].Used, 6)]);
    }

    [Fact]
    public void An_unused_account_carries_the_others_to_their_reset()
    {
        // The first is empty after 80 minutes; the second takes its 30 % an hour for the 100 minutes until the reset.
        PoolPace pool = PoolPace.Of([new SharedWindow(Short(60, 180), null), new SharedWindow(new RateLimitWindow(TimeSpan.FromHours(5), 0, null), null)], Now);

        Assert.Null(pool.EmptyAt);
        Assert.Equal([(Now, 60.0), (Now.AddMinutes(80), 100), (Now.AddMinutes(180), 150), (Now.AddMinutes(180), 50)], pool.Course.Select(point => (point.At, Math.Round(point.Used, 6))));
    }

    /// <summary>Each account is empty, reset and unblocked at most once or twice: as many steps as that, however the numbers fall.</summary>
    [Fact]
    public void Whatever_the_accounts_are_like_it_comes_to_an_end()
    {
        var random = new Random(42);
        for (int i = 0; i < 20_000; i++)
        {
            SharedWindow[] windows = [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => new SharedWindow(
                new RateLimitWindow(TimeSpan.FromHours(5), Math.Round(random.NextDouble() * 100, random.Next(0, 12)), Now.AddTicks(random.NextInt64(1, TimeSpan.FromHours(5).Ticks))),
                random.Next(4) == 0 ? Now.AddTicks(random.NextInt64(TimeSpan.FromHours(6).Ticks)) : null))];

            PoolPace pool = PoolPace.Of(windows, Now);

            Assert.InRange(pool.Course.Count, 1, 8 * windows.Length + 2);
            Assert.All(pool.Course, point => Assert.InRange(point.Used, 0, 100.0 * windows.Length));
        }
    }

    [Fact]
    public void A_reset_on_the_way_gives_back_what_was_used()
    {
        // Three hours of five have passed for the first: 60 %, 20 % an hour, two hours remain. The second is full for ten minutes more.
        PoolPace pool = PoolPace.Of([new SharedWindow(Short(60, 120), null), new SharedWindow(Short(100, 10), Now.AddMinutes(10))], Now);

        Assert.Null(pool.EmptyAt);
        Assert.Contains(pool.Course, point => point.At == Now.AddMinutes(10) && point.Used < 65);
    }

    [Fact]
    public void Nobody_who_can_serve_is_empty_already_and_nothing_known_is_no_forecast()
    {
        Assert.Equal(Now, PoolPace.Of([new SharedWindow(Short(100, 60), Now.AddMinutes(60))], Now).EmptyAt);
        Assert.Equal((null, null), (PoolPace.Of([], Now).EmptyAt, PoolPace.Of([], Now).PercentPerHour));
        PoolPace unused = PoolPace.Of([new SharedWindow(Short(1, 60), null)], Now);
        Assert.Equal((null, null), (unused.EmptyAt, unused.PercentPerHour));
    }

    [Fact]
    public async Task The_pool_adds_up_who_serves_or_will_serve_by_the_reset()
    {
        using var fixture = new AccountFixture(_time);
        string[] names = ["ready", "full", "week", "disabled"];
        foreach (string name in names) await fixture.AddAsync($"{name}@x.com", "1");
        await fixture.Store.UpdateAsync(document =>
        {
            AccountPreferences.SetEnabled(document, document.Accounts.Find("disabled@x.com")!, enabled: false);
            AccountPreferences.SetLabel(document, document.Accounts.Find("ready@x.com")!, "Work");
            return true;
        }, TestContext.Current.CancellationToken);
        var pool = new AccountPool(fixture.Store, _time, fixture.Logs.CreateLogger<AccountPool>());
        pool.Judge("");
        pool.ReportUsage("ready@x.com:1", Told(60, 180, 20, 3));
        pool.ReportUsage("full@x.com:1", Told(100, 30, 40, 5) with { LimitReached = true });
        pool.ReportUsage("week@x.com:1", Told(10, 240, 100, 6) with { LimitReached = true });
        pool.ReportUsage("disabled@x.com:1", Told(5, 240, 5, 6));

        PoolForecast forecast = new ForecastReport(pool, _time).Of();

        Assert.Equal((1, 4), (forecast.Ready, forecast.Total));
        // The one whose week is used up cannot use its five hours; the disabled one counts nowhere.
        PoolWindow hours = forecast.Windows[0], week = forecast.Windows[1];
        Assert.Equal(("5h", 2, 1.6, 80.0, 0.3), (hours.Name, hours.Capacity, hours.Used, hours.UsedPercent, hours.UsedPerHour!.Value));
        Assert.Equal(("7d", 3, 1.6, Now.AddDays(3)), (week.Name, week.Capacity, week.Used, week.NextResetAt!.Value));
        Assert.Equal(
            [("full@x.com", "5h"), ("Work", "5h"), ("week@x.com", "5h"), ("Work", "7d"), ("full@x.com", "7d"), ("week@x.com", "7d")],
            forecast.Resets.Select(reset => (reset.AccountLabel, reset.Window)));
        Assert.Equal(["ready", "exhausted", "exhausted", "disabled"], forecast.Accounts.Select(account => account.State));
        // 60 % after two hours: empty in 80 minutes, but the full one is back after 30.
        Assert.Null(forecast.RunsDryAt);
    }

    [Fact]
    public async Task A_model_with_a_limit_to_itself_has_a_line_of_its_own()
    {
        using var fixture = new AccountFixture(_time);
        await fixture.AddAsync("a@x.com", "1");
        var pool = new AccountPool(fixture.Store, _time, fixture.Logs.CreateLogger<AccountPool>());
        pool.Judge("");
        pool.ReportUsage("a@x.com:1", Told(60, 180, 20, 3) with { Families = [new LimitFamily("spark", "GPT-5.3-Codex-Spark", [Short(100, 90)]) { LimitReached = true }] });

        PoolForecast forecast = new ForecastReport(pool, _time).Of();

        PoolWindow spark = forecast.Windows[^1];
        Assert.Equal(("5h", "GPT-5.3-Codex-Spark", "gpt-5.3-codex-spark", 1, 1.0, Now), (spark.Name, spark.Limit, spark.Model, spark.Capacity, spark.Used, spark.RunsDryAt!.Value));
        Assert.Equal((1, Now.AddMinutes(80)), (forecast.Ready, forecast.RunsDryAt!.Value));
    }

    [Fact]
    public async Task Without_accounts_there_is_nothing_to_tell()
    {
        using var fixture = new AccountFixture(_time);
        PoolForecast forecast = new ForecastReport(new AccountPool(fixture.Store, _time, fixture.Logs.CreateLogger<AccountPool>()), _time).Of();

        Assert.Equal((0, 0, null, 0, 0, 0), (forecast.Ready, forecast.Total, forecast.RunsDryAt, forecast.Windows.Count, forecast.Resets.Count, forecast.Accounts.Count));
    }

    private static RateLimitWindow Short(double used, int minutesToReset) => new(TimeSpan.FromHours(5), used, Now.AddMinutes(minutesToReset));

    private static RateLimits Told(double used, int minutesToReset, double week, int daysToReset) =>
        new([Short(used, minutesToReset), new RateLimitWindow(TimeSpan.FromDays(7), week, Now.AddDays(daysToReset))]);
}
