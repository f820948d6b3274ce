using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Keys.Usage;
using CodexClaudeProxy.Prices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Keys;

/// <summary>What counts for a limit, for how long, and that it outlives a restart.</summary>
public sealed class KeyUsageTests : IAsyncDisposable
{
    private const string Id = "0123456789ab";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-keys-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly ClientKeys _keys;
    private ActivityStore _store;
    private KeyUsage _usage;
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private int _requests;

    public KeyUsageTests()
    {
        _keys = new ClientKeys(_directory.FullName, _time, NullLogger.Instance);
        (_store, _usage) = Open();
    }

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _keys.Dispose();
        _directory.Delete(recursive: true);
    }

    /// <summary>A request has 900 tokens of input, 600 of them cached, and 100 of output; gpt-5.5 costs a hundredth of a dollar per token here.</summary>
    [Theory]
    [InlineData("total_tokens", 1000)]
    [InlineData("input_tokens", 900)]
    [InlineData("output_tokens", 100)]
    [InlineData("requests", 1)]
    [InlineData("cost_usd", 10)]
    public async Task Each_kind_counts_its_own(string kind, double each)
    {
        KeyLimit limit = new(kind, "daily", 2 * each);
        Assert.Equal((0, false), Told(await StandingAsync(limit)));

        Use();
        Assert.Equal((each, false), Told(await StandingAsync(limit)));

        Use();
        Assert.Equal((2 * each, true), Told(await StandingAsync(limit)));
    }

    [Theory]
    [InlineData("5h", "2026-11-25T12:00Z", "2026-11-25T16:59Z", "2026-11-25T17:05Z")]
    [InlineData("7d", "2026-11-25T12:00Z", "2026-12-02T11:59Z", "2026-12-02T12:05Z")]
    [InlineData("daily", "2026-11-25T12:00Z", "2026-11-25T23:59Z", "2026-11-26T00:00Z")]
    [InlineData("monthly", "2026-11-25T12:00Z", "2026-11-30T23:59Z", "2026-12-01T00:00Z")]
    public async Task A_span_holds_what_was_used_in_it_and_says_when_it_is_free(string span, string used, string held, string free)
    {
        KeyLimit limit = new("requests", span, 1);
        _time.SetUtcNow(Time(used));
        await StandingAsync(limit);
        Use();

        _time.SetUtcNow(Time(held));
        LimitStanding reached = await StandingAsync(limit);
        Assert.Equal((true, Time(free)), (reached.IsReached, reached.FreeAt));

        _time.SetUtcNow(Time(free));
        Assert.Equal((0, false), Told(await StandingAsync(limit)));
    }

    [Fact]
    public async Task Days_and_months_begin_at_midnight_of_the_proxys_zone()
    {
        _zone = TimeZoneInfo.CreateCustomTimeZone("t", TimeSpan.FromHours(5.5), "t", "t");
        _time.SetUtcNow(Time("2026-11-30T18:00Z"));
        await StandingAsync(new KeyLimit("requests", "daily", 1));
        Use();

        Assert.Equal(Time("2026-11-30T18:30Z"), (await StandingAsync(new KeyLimit("requests", "daily", 1))).FreeAt);
        Assert.Equal(Time("2026-11-30T18:30Z"), (await StandingAsync(new KeyLimit("requests", "monthly", 1))).FreeAt);
        _time.SetUtcNow(Time("2026-11-30T18:30Z"));
        Assert.Equal(0, (await StandingAsync(new KeyLimit("requests", "monthly", 1))).Used);
    }

    /// <summary>The oldest part of a rolling span goes first, and only so much has to go that the rest is below the maximum.</summary>
    [Fact]
    public async Task A_rolling_span_is_free_when_enough_has_left_it()
    {
        KeyLimit limit = new("total_tokens", "5h", 2000);
        await StandingAsync(limit);
        Use();
        _time.Advance(TimeSpan.FromHours(1));
        Use();
        _time.Advance(TimeSpan.FromHours(1));
        Use();

        LimitStanding standing = await StandingAsync(limit);
        Assert.Equal((3000, Time("2026-11-25T18:05Z")), (standing.Used, standing.FreeAt));
    }

    [Fact]
    public async Task A_restart_and_a_new_limit_begin_with_what_is_in_the_log()
    {
        for (int i = 0; i < 3; i++) Use();
        Assert.Equal(3000, (await StandingAsync(new KeyLimit("total_tokens", "daily", 1))).Used);
        Use();

        await _store.DisposeAsync();
        (_store, _usage) = Open();
        Assert.Equal(4000, (await StandingAsync(new KeyLimit("total_tokens", "daily", 1))).Used);
        Use();
        Assert.Equal(5, (await StandingAsync(new KeyLimit("requests", "monthly", 10))).Used);
    }

    [Fact]
    public async Task Without_statistics_what_is_used_counts_in_memory()
    {
        _store.IsOn = false;
        KeyLimit limit = new("requests", "daily", 2);
        await StandingAsync(limit);
        Use();
        Use();

        Assert.True((await StandingAsync(limit)).IsReached);
    }

    [Fact]
    public async Task Refusals_requests_of_other_keys_and_what_Anthropic_served_do_not_count()
    {
        KeyLimit limit = new("requests", "daily", 10);
        for (int restart = 0; restart < 2; restart++)
        {
            await StandingAsync(limit);
            if (restart == 0)
            {
                Use(static entry => entry with { Attempts = 0, ConnectMs = null, Tokens = null, Outcome = RequestOutcome.Failed });
                Use(static entry => entry with { Key = KeyName.Of("ffffffffffff", "laptop") });
                Use(static entry => entry with { Key = null });
                Use(static entry => entry with { Account = "anthropic" });
                Use(static entry => entry with { Outcome = RequestOutcome.Failed });
                Use(static entry => entry with { Key = KeyName.Of(Id, "another name") });
            }

            Assert.Equal(2, (await StandingAsync(limit)).Used);
            Assert.Equal(2000, (await StandingAsync(new KeyLimit("total_tokens", "daily", 1))).Used);
            await _store.DisposeAsync();
            (_store, _usage) = Open();
        }
    }

    [Fact]
    public async Task A_limit_for_a_model_counts_and_stops_only_that_one()
    {
        ClientKey key = new(Id, "laptop", "", "ccp_", _time.GetUtcNow(), Limits: [new("requests", "daily", 1, "gpt-5.5*"), new("requests", "5h", 3)]);
        await StandingAsync(key.AllLimits[0]);
        Use(static entry => entry with { RequestedModel = "claude-sonnet-5-5[1m]", UpstreamModel = "gpt-5.4-mini" });
        Assert.Null(await _usage.ReachedAsync(key, "gpt-5.5", "gpt-5.5", Now));

        Use(static entry => entry with { RequestedModel = "claude-opus-5-5" });
        Assert.Equal(key.AllLimits[0], (await _usage.ReachedAsync(key, "claude-opus-5-5", "gpt-5.5", Now))?.Limit);
        Assert.Null(await _usage.ReachedAsync(key, "claude-sonnet-5-5", "gpt-5.4-mini", Now));

        Use(static entry => entry with { UpstreamModel = "gpt-5.4-mini" });
        Assert.Equal(key.AllLimits[1], (await _usage.ReachedAsync(key, "claude-sonnet-5-5", "gpt-5.4-mini", Now))?.Limit);
        // Both are reached: what counts is when the last of them is free.
        Assert.Equal(key.AllLimits[0], (await _usage.ReachedAsync(key, "gpt-5.5", "gpt-5.5", Now))?.Limit);
    }

    [Fact]
    public async Task Today_and_the_last_use_are_told()
    {
        Use();
        _time.SetUtcNow(Time("2027-01-15T12:00Z"));
        KeyStanding old = await _usage.StandingAsync(Id, [], Now);
        Use();
        KeyStanding used = await _usage.StandingAsync(Id, [], Now);

        Assert.Equal((Time("2026-11-25T12:00Z"), 0, 0), (old.LastUsed, old.RequestsToday, old.TokensToday));
        Assert.Equal((Time("2027-01-15T12:00Z"), 1, 1000), (used.LastUsed, used.RequestsToday, used.TokensToday));
        Assert.Null((await _usage.StandingAsync("ffffffffffff", [], Now)).LastUsed);
    }

    private (ActivityStore, KeyUsage) Open()
    {
        var store = new ActivityStore(Path.Combine(_directory.FullName, "activity.db"), _time, NullLogger.Instance);
        var price = new ModelPrice(10_000, 10_000, 10_000);
        return (store, new KeyUsage(_keys, store, () => new PriceList([new("gpt-5.5", price)]), () => _zone, _time));
    }

    private async Task<LimitStanding> StandingAsync(KeyLimit limit) => (await _usage.StandingAsync(Id, [limit], Now)).Limits.Single();

    private static (double, bool) Told(LimitStanding standing) => (standing.Used, standing.IsReached);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private void Use(Func<RequestEntry, RequestEntry>? change = null)
    {
        RequestEntry entry = new()
        {
            Id = $"req_{++_requests:D24}", Received = _time.GetUtcNow(), Ended = _time.GetUtcNow(), Path = "/v1/messages", RequestedModel = "gpt-5.5", UpstreamModel = "gpt-5.5",
            Account = "a@x.com:1", Attempts = 1, TotalMs = 1, Status = 200, Tokens = new RequestTokens(300, 600, 0, 100, 0, false), Key = KeyName.Of(Id, "laptop"),
        };
        entry = change?.Invoke(entry) ?? entry;
        _store.Add(entry);
        _usage.Add(entry);
    }
}
