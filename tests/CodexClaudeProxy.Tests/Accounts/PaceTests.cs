using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>How long a window lasts at its pace, and what is remembered of how it filled up.</summary>
public sealed class PaceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_window_that_fills_up_too_fast_ends_before_its_reset()
    {
        // Two of five hours have passed.
        Pace pace = Pace.Of(new RateLimitWindow(TimeSpan.FromHours(5), 60, Now.AddHours(3)), Now)!;

        Assert.Equal((30, Now.AddMinutes(80), 150, false), (pace.PercentPerHour, pace.EmptyAt, pace.UsedAtReset, pace.LastsUntilReset));
    }

    [Fact]
    public void A_window_used_slowly_lasts()
    {
        Pace pace = Pace.Of(new RateLimitWindow(TimeSpan.FromDays(7), 40, Now.AddDays(3.5)), Now)!;

        Assert.Equal((80, true), (pace.UsedAtReset, pace.LastsUntilReset));
    }

    [Theory]
    [InlineData(1.5, 3)]
    [InlineData(100, 3)]
    [InlineData(30, 4.9)]
    [InlineData(30, 0)]
    [InlineData(30, 6)]
    public void Too_little_is_no_trend(double used, double hoursLeft) =>
        Assert.Null(Pace.Of(new RateLimitWindow(TimeSpan.FromHours(5), used, Now.AddHours(hoursLeft)), Now));

    [Fact]
    public void Without_a_reset_nothing_is_known_of_the_beginning() => Assert.Null(Pace.Of(new RateLimitWindow(TimeSpan.FromHours(5), 50, null), Now));

    [Fact]
    public void Two_hundred_changes_of_each_window_are_remembered_across_a_restart()
    {
        UsageHistory history = new();
        for (int i = 0; i < 300; i++)
        {
            Assert.True(history.Note("a", Limits(i % 100 + 0.25), Now.AddMinutes(i)));
            Assert.False(history.Note("a", Limits(i % 100 + 0.25), Now.AddMinutes(i)));
        }

        UsageHistory restarted = Reloaded(history, Now.AddMinutes(300));

        IReadOnlyList<UsageSample> samples = restarted.Of("a", "", TimeSpan.FromHours(5));
        Assert.Equal((UsageHistory.Capacity, new UsageSample(Now.AddMinutes(100), 0.25), new UsageSample(Now.AddMinutes(299), 99.25)), (samples.Count, samples[0], samples[^1]));
        Assert.Equal(UsageHistory.Capacity, restarted.Of("a", "spark", TimeSpan.FromHours(1)).Count);
        Assert.Empty(restarted.Of("b", "", TimeSpan.FromHours(5)));
        Assert.Empty(Reloaded(history, Now.AddDays(60)).Of("a", "", TimeSpan.FromHours(5)));
    }

    private static RateLimits Limits(double used) => new([new RateLimitWindow(TimeSpan.FromHours(5), used, null)])
    {
        Families = [new LimitFamily("spark", null, [new RateLimitWindow(TimeSpan.FromHours(1), used, null)])],
    };

    private static UsageHistory Reloaded(UsageHistory history, DateTimeOffset now)
    {
        UsageHistory read = new();
        read.Take(history.Keep(now));
        return read;
    }
}
