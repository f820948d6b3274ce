using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

public sealed class AccountPoolTests
{
    private static readonly HashSet<string> NothingTried = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task New_conversations_go_to_the_active_account_and_stay_there()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 1);
        AccountPool pool = Pool(fixture);

        Assert.Equal("b@x.com", Chosen(pool, "one"));
        Assert.Equal("b@x.com", Chosen(pool, null));
        Assert.Equal("b@x.com", Chosen(pool, "one"));
    }

    [Fact]
    public async Task A_conversation_moves_only_when_its_account_cannot_be_used()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        AccountPool pool = Pool(fixture);
        Assert.Equal("a@x.com", Chosen(pool, "moved"));

        pool.ReportExhausted("a@x.com:1", null, _time.GetUtcNow().AddHours(1));
        Assert.Equal("b@x.com", Chosen(pool, "moved"));

        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal("b@x.com", Chosen(pool, "moved"));
        Assert.Equal("a@x.com", Chosen(pool, "new"));
    }

    [Fact]
    public async Task Round_robin_gives_each_new_conversation_the_next_account()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 1);
        AccountPool pool = Pool(fixture);
        pool.Strategy = SelectionStrategy.RoundRobin;

        Assert.Equal(["b@x.com", "c@x.com", "a@x.com", "b@x.com"], new[] { "1", "2", "3", "4" }.Select(id => Chosen(pool, id)));
        Assert.Equal("c@x.com", Chosen(pool, "2"));
        Assert.Equal("c@x.com", Chosen(pool, "5"));
    }

    [Fact]
    public async Task Round_robin_passes_over_accounts_that_cannot_be_used()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        AccountPool pool = Pool(fixture);
        pool.Strategy = SelectionStrategy.RoundRobin;
        pool.ReportCooldown("b@x.com:2", null, _time.GetUtcNow().AddMinutes(1), "server_error");

        Assert.Equal(["a@x.com", "c@x.com", "a@x.com"], new[] { "1", "2", "3" }.Select(id => Chosen(pool, id)));
    }

    [Fact]
    public async Task A_switch_by_any_process_moves_the_conversations_too()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        AccountPool pool = Pool(fixture);
        Assert.Equal("a@x.com", Chosen(pool, "one"));

        using AccountStore commandLine = fixture.NewStore();
        await commandLine.UpdateAsync(document => { document.SetActive(document.Accounts.All[2]); return true; }, Stop);

        Assert.Equal("c@x.com", Chosen(pool, "one"));
    }

    [Fact]
    public async Task The_decision_says_why_each_account_was_passed_over()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        await fixture.AddAsync("d@x.com", "4");
        await fixture.AddAsync("e@x.com", "5");
        await fixture.Store.UpdateAsync(document =>
        {
            document.Set(document.Accounts.Find("a@x.com")!, "enabled", false);
            return document.DemandSignIn(document.Accounts.Find("b@x.com")!, "rt_b@x.com_2", new SignInDemand(_time.GetUtcNow(), "refresh_token_reused") { TokenRefused = true });
        }, Stop);
        AccountPool pool = Pool(fixture);
        DateTimeOffset soon = _time.GetUtcNow().AddMinutes(5);
        pool.ReportExhausted("c@x.com:3", null, soon);
        pool.ReportCooldown("d@x.com:4", null, soon.AddMinutes(-4), "server_error");

        Selection selection = pool.Select(null, "gpt", new HashSet<string> { "e@x.com:5" });

        Assert.Null(selection.Account);
        Assert.Equal(
            [SkipReason.Disabled, SkipReason.NeedsSignIn, SkipReason.Exhausted, SkipReason.CoolingDown, SkipReason.AlreadyTried],
            selection.Candidates.Select(candidate => candidate.Skip));
        Assert.Equal("refresh_token_reused", selection.Candidates[1].Detail);
        Assert.Equal("server_error", selection.Candidates[3].Detail);
        Assert.Equal(soon.AddMinutes(-4), selection.Release);
        Assert.Equal(soon.AddMinutes(-4), pool.EarliestRelease("gpt"));
    }

    [Fact]
    public void Without_accounts_there_is_nothing_to_wait_for()
    {
        using AccountFixture fixture = new(_time);
        AccountPool pool = Pool(fixture);

        Selection selection = pool.Select("one", "gpt", NothingTried);

        Assert.Equal((null, null, "no account is signed in"), (selection.Account, selection.Release, selection.Reason));
    }

    [Fact]
    public async Task A_clock_for_one_model_leaves_the_others_alone()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        AccountPool pool = Pool(fixture);
        pool.ReportExhausted("a@x.com:1", "gpt-mini", _time.GetUtcNow().AddHours(1));

        Assert.Equal("b@x.com", pool.Select(null, "gpt-mini", NothingTried).Account!.Email);
        Assert.Equal("a@x.com", pool.Select(null, "gpt-big", NothingTried).Account!.Email);
        Assert.Null(pool.EarliestRelease("gpt-big"));
    }

    [Fact]
    public async Task Exhaustion_and_cooldown_are_separate_and_the_later_one_counts()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        AccountPool pool = Pool(fixture);
        DateTimeOffset now = _time.GetUtcNow();
        pool.ReportExhausted("a@x.com:1", null, now.AddMinutes(10));
        pool.ReportCooldown("a@x.com:1", null, now.AddMinutes(20), "fault");
        pool.ReportCooldown("a@x.com:1", null, now.AddMinutes(1), "a shorter rest changes nothing");
        Assert.Equal(now.AddMinutes(20), pool.EarliestRelease("gpt"));

        // The usage endpoint ends the exhaustion, not the rest.
        pool.ReportFetched("a@x.com:1", new RateLimits([new RateLimitWindow(TimeSpan.FromHours(5), 3, null)]), now);
        Assert.Equal(SkipReason.CoolingDown, pool.Judge("gpt")[0].Skip);

        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("a@x.com", Chosen(pool, null));
    }

    [Fact]
    public async Task A_response_that_reached_the_limit_exhausts_the_account_until_the_last_full_window_is_reset()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        AccountPool pool = Pool(fixture);
        DateTimeOffset now = _time.GetUtcNow();

        pool.ReportUsage("a@x.com:1", new RateLimits([
            new RateLimitWindow(TimeSpan.FromHours(5), 100, now.AddHours(1)),
            new RateLimitWindow(TimeSpan.FromDays(7), 100, now.AddDays(2)),
            new RateLimitWindow(TimeSpan.FromDays(30), 50, now.AddDays(20)),
        ]) { LimitReached = true });

        Assert.Equal(now.AddDays(2), pool.EarliestRelease("gpt"));
        Assert.Equal("b@x.com", Chosen(pool, null));
    }

    [Fact]
    public async Task Windows_are_empty_again_after_their_reset()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        AccountPool pool = Pool(fixture);
        pool.ReportUsage("a@x.com:1", new RateLimits([new RateLimitWindow(TimeSpan.FromHours(5), 80, _time.GetUtcNow().AddHours(1))]));
        Account account = fixture.Store.Read().All[0];
        Assert.Equal(80, pool.LimitsOf(account)!.Windows[0].UsedPercent);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, pool.LimitsOf(account)!.Windows[0].UsedPercent);
    }

    [Fact]
    public async Task What_the_pool_knows_survives_a_restart()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        DateTimeOffset now = _time.GetUtcNow();
        AccountPool pool = Pool(fixture);
        Chosen(pool, "stays on a");
        pool.ReportExhausted("a@x.com:1", "gpt-mini", now.AddHours(3));
        pool.ReportCooldown("b@x.com:2", null, now.AddMinutes(2), "server_error");
        pool.ReportExhausted("c@x.com:3", null, now.AddHours(1));
        pool.Save();
        await fixture.Store.UpdateAsync(document => document.Set(document.Accounts.All[0], "label", "not a switch"), Stop);

        AccountPool restarted = Pool(fixture);
        restarted.Load();

        Assert.Equal([SkipReason.None, SkipReason.CoolingDown, SkipReason.Exhausted], restarted.Judge("gpt").Select(candidate => candidate.Skip));
        Assert.Equal("server_error", restarted.Judge("gpt")[1].Detail);
        Assert.Equal(now.AddHours(3), restarted.Judge("gpt-mini")[0].Until);
        Assert.Equal("the conversation is on this account", restarted.Select("stays on a", "gpt", NothingTried).Reason);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.All(restarted.Judge("gpt"), candidate => Assert.True(candidate.IsUsable));
    }

    [Fact]
    public async Task A_damaged_state_file_costs_only_memory()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        File.WriteAllText(fixture.Data.State, "{\"clocks\":");
        AccountPool pool = Pool(fixture);

        pool.Load();

        Assert.Equal("a@x.com", Chosen(pool, "one"));
        Assert.Contains("is ignored", fixture.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversations_are_forgotten_beyond_two_thousand_the_longest_unused_first()
    {
        Conversations conversations = new();
        for (int i = 0; i < 2000; i++) conversations.Put($"c{i}", "a", default);
        Assert.Equal("a", conversations.AccountOf("c0", default));

        conversations.Put(new string('x', 1_000_000), "a", default);

        Assert.Equal(2000, conversations.Count);
        Assert.Equal("a", conversations.AccountOf("c0", default));
        Assert.Null(conversations.AccountOf("c1", default));
    }

    [Fact]
    public async Task The_keeper_saves_a_few_seconds_after_a_change_and_at_the_end()
    {
        using AccountFixture fixture = await ThreeAccountsAsync(active: 0);
        AccountPool pool = Pool(fixture);
        await using (PoolKeeper keeper = new(pool, _time, fixture.Logs.CreateLogger<PoolKeeper>()))
        {
            Chosen(pool, "one");
            while (!File.Exists(fixture.Data.State))
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            pool.ReportUsage("a@x.com:1", new RateLimits([new RateLimitWindow(TimeSpan.FromHours(5), 42, null)]));
        }

        Account account = fixture.Store.Read().All[0];
        Assert.Equal(42, QuotaFormat.Read(account.Quota, _time.GetUtcNow())!.Windows[0].UsedPercent);
        Assert.Equal(Times.Iso(_time.GetUtcNow()), account.LastUsed);
    }

    private static AccountPool Pool(AccountFixture fixture) => new(fixture.Store, fixture.Time, fixture.Logs.CreateLogger<AccountPool>());

    private static string? Chosen(AccountPool pool, string? conversation) => pool.Select(conversation, "gpt", NothingTried).Account?.Email;

    private async Task<AccountFixture> ThreeAccountsAsync(int active)
    {
        AccountFixture fixture = new(_time);
        foreach ((string email, string id) in new[] { ("a@x.com", "1"), ("b@x.com", "2"), ("c@x.com", "3") }) await fixture.AddAsync(email, id);
        await fixture.Store.UpdateAsync(document => { document.SetActive(document.Accounts.All[active]); return true; }, Stop);
        return fixture;
    }
}
