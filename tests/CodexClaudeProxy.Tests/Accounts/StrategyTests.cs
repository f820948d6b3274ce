using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>Which account a new conversation goes to, and what the owner and the limits of single models change about it.</summary>
public sealed class StrategyTests
{
    private const string Spark = "gpt-5.3-codex-spark";

    private static readonly HashSet<string> NothingTried = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    private DateTimeOffset Now => _time.GetUtcNow();

    [Fact]
    public async Task Most_remaining_goes_by_the_tightest_window()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.MostRemaining);
        pool.ReportUsage("a@x.com:1", Told(short_: 10, week: 80));
        pool.ReportUsage("b@x.com:2", Told(short_: 60, week: 60));
        pool.ReportUsage("c@x.com:3", Told(short_: 70, week: 5));

        Selection selection = pool.Select("one", "gpt", NothingTried);

        Assert.Equal(("b@x.com", "most quota remaining: 40 %"), (selection.Account!.Email, selection.Reason));
        Assert.Equal([20.0, 40.0, 30.0], selection.Candidates.Select(candidate => candidate.Left));

        // The conversation stays, whatever is left there, and a window that has been reset is full again.
        pool.ReportUsage("b@x.com:2", Told(short_: 99, week: 61));
        Assert.Equal("b@x.com", Chosen(pool, "one"));
        Assert.Equal("c@x.com", Chosen(pool, "two"));
        _time.Advance(TimeSpan.FromHours(5));
        Assert.Equal("c@x.com", Chosen(pool, "three"));
        Assert.Equal(95, pool.Judge("gpt")[2].Left);
    }

    [Fact]
    public async Task Of_an_account_never_asked_everything_may_be_left()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.MostRemaining);
        pool.ReportUsage("a@x.com:1", Told(short_: 1, week: 1));

        Assert.Equal("b@x.com", Chosen(pool, null));
    }

    [Fact]
    public async Task Soonest_reset_spends_what_is_renewed_first()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.SoonestReset);
        pool.ReportUsage("a@x.com:1", Told(short_: 10, week: 10, weekEnds: TimeSpan.FromDays(6)));
        pool.ReportUsage("b@x.com:2", Told(short_: 10, week: 90, weekEnds: TimeSpan.FromDays(1)));

        Selection selection = pool.Select("one", "gpt", NothingTried);

        Assert.Equal(("b@x.com", "its longest quota window resets first, at 2026-11-26T12:00:00.000Z"), (selection.Account!.Email, selection.Reason));
        pool.ReportExhausted("b@x.com:2", null, Now.AddDays(1));
        Assert.Equal("a@x.com", Chosen(pool, "one"));
    }

    [Theory]
    [InlineData((int)SelectionStrategy.Sticky)]
    [InlineData((int)SelectionStrategy.RoundRobin)]
    [InlineData((int)SelectionStrategy.MostRemaining)]
    [InlineData((int)SelectionStrategy.SoonestReset)]
    [InlineData((int)SelectionStrategy.LeastBusy)]
    public async Task The_lower_priority_number_comes_first_in_every_strategy(int strategy)
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: null);
        await SetAsync(fixture, "a@x.com", (document, account) => AccountPreferences.SetPriority(document, account, 5));
        await SetAsync(fixture, "c@x.com", (document, account) => AccountPreferences.SetPriority(document, account, -1));
        AccountPool pool = Pool(fixture, (SelectionStrategy)strategy);
        pool.ReportUsage("c@x.com:3", Told(short_: 90, week: 90));

        Assert.Equal(["c@x.com", "c@x.com"], new[] { "1", "2" }.Select(id => Chosen(pool, id)));
        pool.ReportExhausted("c@x.com:3", null, Now.AddHours(1));
        Assert.Equal(["b@x.com", "b@x.com"], new[] { "3", "4" }.Select(id => Chosen(pool, id)));
    }

    [Fact]
    public async Task A_switch_outranks_the_priority()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 1);
        await SetAsync(fixture, "c@x.com", (document, account) => AccountPreferences.SetPriority(document, account, -1));

        Assert.Equal("b@x.com", Chosen(Pool(fixture, SelectionStrategy.Sticky), "one"));
    }

    [Fact]
    public async Task Below_its_reserve_an_account_begins_nothing_and_goes_on_only_alone()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        await SetAsync(fixture, "a@x.com", (document, account) => AccountPreferences.SetReserve(document, account, 20));
        AccountPool pool = Pool(fixture, SelectionStrategy.Sticky);
        pool.ReportUsage("a@x.com:1", Told(short_: 99, week: 80));
        Assert.Equal("a@x.com", Chosen(pool, "begun"));

        // 80 % are exactly the reserve; now the week is below it.
        pool.ReportUsage("a@x.com:1", Told(short_: 5, week: 81));
        Candidate kept = pool.Judge("gpt")[0];
        Assert.Equal((SkipReason.Reserved, Now.AddDays(3), "the reserve of 20 % of the weekly quota window is reached"), (kept.Skip, kept.Until, kept.Detail));
        Assert.Equal("b@x.com", Chosen(pool, "new"));

        // Nobody else can serve: what has begun goes on, what is new does not begin.
        foreach (string other in (string[])["b@x.com:2", "c@x.com:3"]) pool.ReportExhausted(other, null, Now.AddDays(4));
        Assert.Equal("below its reserve, but no other account is available", pool.Select("begun", "gpt", NothingTried).Reason);
        Selection refused = pool.Select("another", "gpt", NothingTried);
        Assert.Equal((null, Now.AddDays(3)), (refused.Account, refused.Release));

        _time.Advance(TimeSpan.FromDays(3));
        Assert.Equal("a@x.com", Chosen(pool, "another"));
    }

    [Fact]
    public async Task A_running_conversation_leaves_the_reserve_alone_when_another_can_serve()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        await SetAsync(fixture, "a@x.com", (document, account) => AccountPreferences.SetReserve(document, account, 20));
        AccountPool pool = Pool(fixture, SelectionStrategy.Sticky);
        Assert.Equal("a@x.com", Chosen(pool, "begun"));

        pool.ReportUsage("a@x.com:1", Told(short_: 5, week: 81));

        Assert.Equal("b@x.com", Chosen(pool, "begun"));
    }

    [Fact]
    public async Task A_turn_that_looks_elsewhere_once_does_not_take_its_conversation_along()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.Sticky);
        Assert.Equal("a@x.com", Chosen(pool, "one"));

        Assert.Equal("b@x.com", pool.Select("one", "gpt", new HashSet<string> { "a@x.com:1" }).Account!.Email);

        Assert.Equal("the conversation is on this account", pool.Select("one", "gpt", NothingTried).Reason);
        Assert.Equal("a@x.com", Chosen(pool, "one"));
    }

    [Fact]
    public async Task A_conversation_stays_across_exhaustion_elsewhere_and_a_restart()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.RoundRobin);
        Assert.Equal(["a@x.com", "b@x.com"], new[] { "one", "two" }.Select(id => Chosen(pool, id)));
        pool.ReportExhausted("a@x.com:1", null, Now.AddHours(1));
        Assert.Equal("c@x.com", Chosen(pool, "one"));
        pool.Save();

        AccountPool restarted = Pool(fixture, SelectionStrategy.RoundRobin);
        restarted.Load();
        _time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(["c@x.com", "b@x.com", "a@x.com"], new[] { "one", "two", "three" }.Select(id => Chosen(restarted, id)));
    }

    [Fact]
    public async Task When_the_active_account_is_removed_the_conversations_on_the_others_stay()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.RoundRobin);
        Assert.Equal(["a@x.com", "b@x.com", "c@x.com"], new[] { "1", "2", "3" }.Select(id => Chosen(pool, id)));

        await fixture.Store.UpdateAsync(document => document.Remove(document.Accounts.All[0]), Stop);

        Assert.Equal(["c@x.com", "b@x.com"], new[] { "3", "2" }.Select(id => Chosen(pool, id)));
    }

    [Fact]
    public async Task An_account_that_refuses_us_is_the_last_resort()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.Sticky);
        pool.ReportCooldown("a@x.com:1", null, Now.AddMinutes(5), "forbidden", isFault: true);
        Assert.Equal("b@x.com", Chosen(pool, "one"));

        foreach (string other in (string[])["b@x.com:2", "c@x.com:3"]) pool.ReportExhausted(other, null, Now.AddDays(1));
        pool.Save();
        AccountPool restarted = Pool(fixture, SelectionStrategy.Sticky);
        restarted.Load();

        Selection selection = restarted.Select("two", "gpt", NothingTried);
        Assert.Equal(("a@x.com", "in cooldown after a failure (forbidden), but no other account is available"), (selection.Account!.Email, selection.Reason));
        Assert.Null(restarted.Select("two", "gpt", new HashSet<string> { "a@x.com:1" }).Account);
    }

    [Fact]
    public async Task A_model_with_a_limit_to_itself_is_used_up_alone_and_serves_alone()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.Sticky);
        RateLimits WithSpark(double used) => Told(short_: 10, week: 10) with
        {
            Families = [new LimitFamily("codex_bengalfox", "GPT-5.3-Codex-Spark", [new(TimeSpan.FromHours(5), used, Now.AddHours(2))]) { LimitReached = used >= 100 }],
        };
        pool.ReportUsage("a@x.com:1", WithSpark(100));

        Assert.Equal(("b@x.com", "a@x.com"), (pool.Preview(Spark).Account!.Email, pool.Preview("gpt").Account!.Email));
        Assert.Equal((SkipReason.Exhausted, Now.AddHours(2), 0.0), (pool.Judge(Spark)[0].Skip, pool.Judge(Spark)[0].Until, pool.Judge(Spark)[0].Left));

        // The usage endpoint knows better; then the plan's windows end, which is nothing to that model.
        pool.ReportFetched("a@x.com:1", WithSpark(50), Now);
        Assert.True(pool.Judge(Spark)[0].IsUsable);
        pool.ReportUsage("a@x.com:1", WithSpark(50));
        pool.ReportExhausted("a@x.com:1", null, Now.AddHours(1));
        Assert.Equal(("a@x.com", "b@x.com"), (pool.Preview(Spark).Account!.Email, pool.Preview("gpt").Account!.Email));

        // What the workspace has not paid is.
        pool.ReportExhausted("a@x.com:1", null, Now.AddHours(1), "quota used up");
        Assert.Equal("b@x.com", pool.Preview(Spark).Account!.Email);
    }

    [Theory]
    [InlineData(99.5, false, true)]
    [InlineData(100, false, false)]
    [InlineData(100, true, true)]
    public async Task A_reached_limit_alone_exhausts_nothing(double used, bool credits, bool usable)
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.Sticky);

        pool.ReportUsage("a@x.com:1", Told(short_: used, week: 10) with { LimitReached = true, Credits = new PlanCredits(credits, false, "5") });

        Assert.Equal(usable, pool.Judge("gpt")[0].IsUsable);
    }

    [Fact]
    public async Task A_preview_changes_nothing()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture, SelectionStrategy.RoundRobin);
        Chosen(pool, "one");

        for (int i = 0; i < 3; i++) Assert.Equal("b@x.com", pool.Preview("gpt").Account!.Email);

        Assert.Equal("b@x.com", Chosen(pool, "two"));
    }

    private RateLimits Told(double short_, double week, TimeSpan? weekEnds = null) => new([
        new RateLimitWindow(TimeSpan.FromHours(5), short_, Now.AddHours(2)),
        new RateLimitWindow(TimeSpan.FromDays(7), week, Now + (weekEnds ?? TimeSpan.FromDays(3))),
    ]);

    private static AccountPool Pool(AccountFixture fixture, SelectionStrategy strategy) =>
        new(fixture.Store, fixture.Time, fixture.Logs.CreateLogger<AccountPool>()) { Strategy = strategy };

    private static string? Chosen(AccountPool pool, string? conversation) => pool.Select(conversation, "gpt", NothingTried).Account?.Email;

    private static Task<bool> SetAsync(AccountFixture fixture, string email, Action<AccountsDocument, Account> set) => fixture.Store.UpdateAsync(document =>
    {
        set(document, document.Accounts.Find(email)!);
        return true;
    }, Stop);

    private async Task<AccountFixture> ThreeAccountsAsync(int? active = 0)
    {
        AccountFixture fixture = new(_time);
        foreach ((string email, string id) in new[] { ("a@x.com", "1"), ("b@x.com", "2"), ("c@x.com", "3") }) await fixture.AddAsync(email, id);
        await fixture.Store.UpdateAsync(document => { document.SetActive(active is { } i ? document.Accounts.All[i] : null); return true; }, Stop);
        return fixture;
    }
}
