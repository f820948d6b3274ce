using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>What the pool says of an account, its state, its windows and the times, never contradicts itself.</summary>
public sealed class OneTruthTests
{
    private const string Key = "a@x.com:1";
    private const string Spark = "gpt-5.3-codex-spark";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    private DateTimeOffset Now => _time.GetUtcNow();

    [Fact]
    public async Task What_remains_and_when_it_renews_are_of_one_window()
    {
        using AccountFixture fixture = await OneAccountAsync();
        AccountPool pool = Pool(fixture);

        pool.ReportUsage(Key, Told(short_: 90, week: 20));
        Assert.Equal((10.0, Now.AddHours(2)), (pool.Judge("gpt")[0].Left, pool.Judge("gpt")[0].RenewsAt));
        pool.ReportUsage(Key, Told(short_: 20, week: 90));
        Assert.Equal((10.0, Now.AddDays(3)), (pool.Judge("gpt")[0].Left, pool.Judge("gpt")[0].RenewsAt));
    }

    [Theory]
    [InlineData(100, 20, 2)]
    [InlineData(20, 100, 72)]
    [InlineData(100, 100, 72)]
    public async Task A_used_up_account_is_used_up_until_its_last_full_window_is_reset(double short_, double week, int hours)
    {
        using AccountFixture fixture = await OneAccountAsync();
        AccountPool pool = Pool(fixture);
        pool.ReportUsage(Key, Told(short_, week) with { LimitReached = true });

        AssertOneTruth(pool, Now.AddHours(hours));
    }

    /// <summary>A refusal names a time and no window; what is known of the windows and what it says must become one thing.</summary>
    [Theory]
    [InlineData(100, 20, 120, 120)]
    [InlineData(100, 20, 121, 120)]
    [InlineData(100, 20, null, 120)]
    [InlineData(100, 100, 120, 3 * 1440)]
    [InlineData(100, 20, 3 * 1440, 3 * 1440)]
    [InlineData(99, 20, 120, 120)]
    [InlineData(40, 97, 3 * 1440, 3 * 1440)]
    public async Task A_refused_account_and_its_windows_tell_one_time(double short_, double week, int? refusedForMinutes, int minutes)
    {
        using AccountFixture fixture = await OneAccountAsync();
        AccountPool pool = Pool(fixture);
        pool.Judge("gpt");
        pool.ReportUsage(Key, Told(short_, week));

        pool.ReportExhausted(Key, null, refusedForMinutes is { } wait ? Now.AddMinutes(wait) : null);

        AssertOneTruth(pool, Now.AddMinutes(minutes));
    }

    [Fact]
    public async Task A_refused_model_and_the_windows_it_has_to_itself_tell_one_time()
    {
        using AccountFixture fixture = await OneAccountAsync();
        AccountPool pool = Pool(fixture);
        pool.Judge(Spark);
        pool.ReportUsage(Key, Told(short_: 10, week: 10) with { Families = [new LimitFamily("codex_bengalfox", "GPT-5.3-Codex-Spark", [new(TimeSpan.FromHours(5), 60, Now.AddHours(4))])] });

        pool.ReportExhausted(Key, Spark, Now.AddHours(3));

        RateLimitWindow window = pool.LimitsOf(fixture.Store.Read().All[0])!.FamilyOf(Spark)!.Windows[0];
        Candidate candidate = pool.Judge(Spark)[0];
        Assert.Equal((100, Now.AddHours(3)), (window.UsedPercent, window.ResetsAt));
        Assert.Equal((0.0, Now.AddHours(3), Now.AddHours(3)), (candidate.Left, candidate.Until, candidate.RenewsAt));
        Assert.True(pool.Judge("gpt")[0].IsUsable);
    }

    [Fact]
    public async Task A_reserved_account_tells_of_the_window_that_is_reserved()
    {
        using AccountFixture fixture = await OneAccountAsync();
        await fixture.Store.UpdateAsync(document =>
        {
            AccountPreferences.SetReserve(document, document.Accounts.All[0], 20);
            return true;
        }, Stop);
        AccountPool pool = Pool(fixture);
        pool.ReportUsage(Key, Told(short_: 99, week: 85));

        Candidate reserved = pool.Judge("gpt")[0];

        Assert.Equal((SkipReason.Reserved, 15.0, Now.AddDays(3), Now.AddDays(3)), (reserved.Skip, reserved.Left, reserved.Until, reserved.RenewsAt));
    }

    [Theory]
    [InlineData(true, "a quota window is used up, and credits are used")]
    [InlineData(false, "a quota window is full, but upstream has not refused a request yet")]
    public async Task A_full_window_that_goes_on_serving_says_why(bool credits, string detail)
    {
        using AccountFixture fixture = await OneAccountAsync();
        AccountPool pool = Pool(fixture);

        pool.ReportUsage(Key, Told(short_: 100, week: 20) with { LimitReached = credits, Credits = new PlanCredits(credits, false, "5") });

        Assert.Equal((true, detail), (pool.Judge("gpt")[0].IsUsable, pool.Judge("gpt")[0].Detail));
        QuotaReport report = new(pool, _time);
        Assert.All(report.Of(fixture.Store.Read().All[0], withHistory: false).Windows, window => Assert.False(window.Exhausted));
    }

    [Fact]
    public async Task The_note_about_a_switch_names_accounts_by_their_labels()
    {
        using AccountFixture fixture = await OneAccountAsync();
        await fixture.AddAsync("b@x.com", "2");
        await fixture.Store.UpdateAsync(document =>
        {
            AccountPreferences.SetLabel(document, document.Accounts.All[0], "Work");
            AccountPreferences.SetLabel(document, document.Accounts.All[1], "Home");
            return true;
        }, Stop);
        AccountPool pool = Pool(fixture);
        pool.ReportExhausted(Key, null, Now.AddHours(1));

        Assert.Equal("Work is used up and is not available before 13:00. Until then Home is used.",
            SwitchNote.Of(pool, fixture.Store.Read().All[0], moment => moment.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>The state, the candidate and the windows of the first account say that it is used up until then.</summary>
    private void AssertOneTruth(AccountPool pool, DateTimeOffset until)
    {
        Candidate candidate = pool.Judge("gpt")[0];
        Assert.Equal((SkipReason.Exhausted, 0.0, until, until), (candidate.Skip, candidate.Left, candidate.Until, candidate.RenewsAt));
        WindowReport[] full = [.. new QuotaReport(pool, _time).Of(candidate.Account, withHistory: false).Windows.Where(window => window.Exhausted)];
        Assert.Equal((until, 0.0), (full.Max(window => window.ResetsAt), full.Max(window => window.LeftPercent)));
    }

    private RateLimits Told(double short_, double week) => new([
        new RateLimitWindow(TimeSpan.FromHours(5), short_, Now.AddHours(2)),
        new RateLimitWindow(TimeSpan.FromDays(7), week, Now.AddDays(3)),
    ]);

    private static AccountPool Pool(AccountFixture fixture) => new(fixture.Store, fixture.Time, fixture.Logs.CreateLogger<AccountPool>());

    private async Task<AccountFixture> OneAccountAsync()
    {
        AccountFixture fixture = new(_time);
        await fixture.AddAsync("a@x.com", "1");
        return fixture;
    }
}
