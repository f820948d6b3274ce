using System.Net;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Tests.Turns;
using FakeCodex;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>The strategy that spreads conversations which run at the same time.</summary>
public sealed class LeastBusyTests
{
    private static readonly HashSet<string> NothingTried = [];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_parallel_conversation_goes_to_the_idle_equal_and_stays_there()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture);

        Assert.Equal(["a@x.com", "b@x.com", "c@x.com"], new[] { "one", "two", "three" }.Select(id => Chosen(pool, id).Email));

        // The second ends: its account is the idle one, and the other conversations stay where they are all the same.
        Account idle = fixture.Store.Read().All[1];
        pool.End(idle);
        Selection fourth = pool.Select("four", "gpt", NothingTried);
        Assert.Equal(("b@x.com", "least busy: 0 running requests, 1 recent conversation"), (fourth.Account!.Email, fourth.Reason));
        Assert.Equal("the conversation is on this account", pool.Select("one", "gpt", NothingTried).Reason);
    }

    /// <summary>Between two requests of a conversation its client is at work: the account only seems idle.</summary>
    [Fact]
    public async Task Of_accounts_with_nothing_running_the_one_with_fewer_recent_conversations_is_chosen()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = UnevenlyUsed(fixture);

        // The most quota decides between equals; then a conversation is there.
        pool.End(Chosen(pool, "one"));
        pool.End(Chosen(pool, "two"));
        pool.End(Chosen(pool, "three"));
        Assert.Equal(["a@x.com:1", "c@x.com:3", "b@x.com:2"], new[] { "one", "two", "three" }.Select(id => Chosen(pool, id).Key));
    }

    [Fact]
    public async Task A_conversation_that_has_ended_long_ago_does_not_count()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = UnevenlyUsed(fixture);
        pool.End(Chosen(pool, "one"));

        _time.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal("a@x.com", Chosen(pool, "two").Email);
    }

    [Fact]
    public async Task Requests_without_a_conversation_are_spread_too_and_a_lower_priority_number_still_wins()
    {
        using AccountFixture fixture = await ThreeAccountsAsync();
        AccountPool pool = Pool(fixture);
        Assert.Equal(3, Enumerable.Range(0, 3).Select(_ => Chosen(pool, null).Key).Distinct().Count());

        await fixture.Store.UpdateAsync(document =>
        {
            AccountPreferences.SetPriority(document, document.Accounts.All[2], -1);
            return true;
        }, TestContext.Current.CancellationToken);
        Assert.Equal(["c@x.com", "c@x.com"], new string?[] { null, "x" }.Select(id => Chosen(pool, id).Email));
    }

    [Fact]
    public async Task What_runs_is_counted_until_the_answer_has_ended()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2, settings: """{"accountStrategy":"least-busy"}""");
        Gate gate = new();
        proxy.Backend.Answer(Reply.Text("slow").HeldBy(gate), Reply.Text("quick"));
        Task<HttpResponseMessage> slow = proxy.PostAsync(RunningProxy.Ask("one"));
        await proxy.Backend.WaitForRequestAsync(1, TestContext.Current.CancellationToken);
        int[] running = await RunningAsync(proxy);
        Assert.Equal([1, 0], running);

        using HttpResponseMessage quick = await proxy.PostAsync(RunningProxy.Ask("two"));
        await quick.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        gate.Open();
        using HttpResponseMessage answered = await slow;
        await answered.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await proxy.ListedAsync(2);

        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Equal(proxy.Users, proxy.Backend.Requests.Select(request => request.User!));
        running = await RunningAsync(proxy);
        Assert.Equal([0, 0], running);
    }

    private static async Task<int[]> RunningAsync(RunningProxy proxy) =>
        [.. (await proxy.GetJsonAsync("/api/pool?model=gpt-5.5"))["next"]![0]!["candidates"]!.AsArray().Select(candidate => candidate!["runningRequests"]!.GetValue<int>())];

    private static Account Chosen(AccountPool pool, string? conversation) => pool.Select(conversation, "gpt", NothingTried).Account!;

    private RateLimits Used(double percent) => new([new RateLimitWindow(TimeSpan.FromDays(7), percent, _time.GetUtcNow().AddDays(3))]);

    /// <summary>The first account has most left, the third one more than the second.</summary>
    private AccountPool UnevenlyUsed(AccountFixture fixture)
    {
        AccountPool pool = Pool(fixture);
        pool.ReportUsage("a@x.com:1", Used(10));
        pool.ReportUsage("b@x.com:2", Used(60));
        pool.ReportUsage("c@x.com:3", Used(50));
        return pool;
    }

    private static AccountPool Pool(AccountFixture fixture) =>
        new(fixture.Store, fixture.Time, fixture.Logs.CreateLogger<AccountPool>()) { Strategy = SelectionStrategy.LeastBusy };

    private async Task<AccountFixture> ThreeAccountsAsync()
    {
        AccountFixture fixture = new(_time);
        for (int i = 0; i < 3; i++) await fixture.AddAsync($"{(char)('a' + i)}@x.com", $"{i + 1}", _time.GetUtcNow().AddYears(1));
        return fixture;
    }
}
