using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Protocol.Tests.Codex;

public sealed class RateLimitsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 17, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_weekly_window_in_the_first_slot_is_weekly_and_a_refusal_is_rejected()
    {
        var limits = FromHeaders(("x-codex-primary-used-percent", "100"), ("x-codex-primary-window-minutes", "10080"), ("x-codex-primary-reset-at", "1764100000"));
        Assert.Equal(
            [
                ("anthropic-ratelimit-unified-status", "rejected"),
                ("anthropic-ratelimit-unified-7d-utilization", "1"),
                ("anthropic-ratelimit-unified-7d-reset", "1764100000"),
                ("anthropic-ratelimit-unified-representative-claim", "seven_day"),
                ("anthropic-ratelimit-unified-reset", "1764100000"),
            ],
            limits!.ToAnthropicHeaders(rejected: true).Select(static h => (h.Key, h.Value)));
    }

    [Fact]
    public void Two_windows_are_told_and_the_fuller_one_represents()
    {
        var limits = FromHeaders(
            ("x-codex-primary-used-percent", "42"), ("x-codex-primary-window-minutes", "300"), ("x-codex-primary-reset-at", "1764000000"),
            ("x-codex-secondary-used-percent", "91.5"), ("x-codex-secondary-window-minutes", "10080"), ("x-codex-secondary-reset-at", "1764500000"));
        Assert.Equal(
            [
                ("anthropic-ratelimit-unified-status", "allowed_warning"),
                ("anthropic-ratelimit-unified-5h-utilization", "0.42"),
                ("anthropic-ratelimit-unified-5h-reset", "1764000000"),
                ("anthropic-ratelimit-unified-7d-utilization", "0.915"),
                ("anthropic-ratelimit-unified-7d-reset", "1764500000"),
                ("anthropic-ratelimit-unified-representative-claim", "seven_day"),
                ("anthropic-ratelimit-unified-reset", "1764500000"),
            ],
            limits!.ToAnthropicHeaders(rejected: false).Select(static h => (h.Key, h.Value)));
    }

    [Theory]
    [InlineData("89.99", "allowed", "0.8999")]
    [InlineData("90", "allowed_warning", "0.9")]
    [InlineData("33.33333", "allowed", "0.3333")]
    public void The_warning_begins_at_nine_tenths(string used, string status, string utilisation)
    {
        var headers = FromHeaders(("x-codex-primary-used-percent", used), ("x-codex-primary-window-minutes", "300"), ("x-codex-primary-reset-at", "1764000000"))!
            .ToAnthropicHeaders(rejected: false).ToDictionary();
        Assert.Equal((status, utilisation), (headers["anthropic-ratelimit-unified-status"], headers["anthropic-ratelimit-unified-5h-utilization"]));
        Assert.Equal("five_hour", headers["anthropic-ratelimit-unified-representative-claim"]);
    }

    [Theory]
    [InlineData("1440", true)]
    [InlineData("1441", false)]
    public void A_window_of_more_than_a_day_is_the_long_one(string minutes, bool isShort) =>
        Assert.Equal(isShort, FromHeaders(("x-codex-secondary-used-percent", "1"), ("x-codex-secondary-window-minutes", minutes))!.Windows[0].IsShort);

    [Fact]
    public void An_event_is_read_like_the_headers()
    {
        var limits = RateLimits.FromEvent(
            """{"type":"codex.rate_limits","plan_type":"plus","rate_limits":{"allowed":true,"limit_reached":false,"primary":{"used_percent":42,"window_minutes":300,"reset_after_seconds":700,"reset_at":1795390000},"secondary":{"used_percent":7,"window_minutes":10080,"reset_at":1795990000}}}"""u8.ToArray(), Now);
        Assert.Equal("plus", limits!.PlanType);
        Assert.Equal(
            [new RateLimitWindow(TimeSpan.FromHours(5), 42, DateTimeOffset.FromUnixTimeSeconds(1795390000)), new RateLimitWindow(TimeSpan.FromDays(7), 7, DateTimeOffset.FromUnixTimeSeconds(1795990000))],
            limits.Windows);
    }

    [Fact]
    public void Older_headers_give_seconds_until_the_reset() =>
        Assert.Equal(Now.AddSeconds(60), FromHeaders(("x-codex-primary-used-percent", "1"), ("x-codex-primary-reset-after-seconds", "60"))!.Windows[0].ResetsAt);

    [Theory]
    [InlineData("0", "", "")]
    [InlineData("", "300", "")]
    [InlineData("abc", "300", "1764000000")]
    public void A_window_of_nothing_is_absent(string used, string minutes, string reset) =>
        Assert.Null(FromHeaders(("x-codex-primary-used-percent", used), ("x-codex-primary-window-minutes", minutes), ("x-codex-primary-reset-at", reset)));

    [Fact]
    public void Limits_of_single_models_and_credits_are_read_from_the_headers_too()
    {
        (string Name, string Value)[] headers =
        [
            ("X-Codex-Primary-Used-Percent", "12"), ("x-codex-bengalfox-primary-used-percent", "100"), ("x-codex-bengalfox-primary-window-minutes", "300"),
            ("x-codex-bengalfox-primary-reset-at", "1795390000"), ("x-codex-bengalfox-limit-name", "GPT-5.3-Codex-Spark"), ("x-codex-active-limit", "codex_bengalfox"),
            ("x-empty-primary-used-percent", ""), ("x-codex-primary-over-secondary-limit-percent", "3"),
            ("x-codex-credits-has-credits", "True"), ("x-codex-credits-unlimited", "False"), ("x-codex-credits-balance", "7.5"),
        ];

        RateLimits limits = RateLimits.FromHeaders(
            name => headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value, Now, headers.Select(static header => header.Name))!;

        LimitFamily family = Assert.Single(limits.Families);
        Assert.Equal(("codex_bengalfox", "gpt-5.3-codex-spark", true), (family.Id, family.Model, family.LimitReached));
        Assert.Equal(new PlanCredits(true, false, "7.5"), limits.Credits);
        Assert.True(limits.IsFamilyActive);
        Assert.Equal((12, 100), (limits.WindowsFor("gpt-5.5")[0].UsedPercent, limits.WindowsFor("gpt-5.3-codex-spark")[0].UsedPercent));
    }

    [Fact]
    public void An_event_about_a_models_own_limit_says_nothing_of_the_plans_windows()
    {
        RateLimits limits = RateLimits.FromEvent(
            """{"type":"codex.rate_limits","rate_limits":{"allowed":false,"limit_reached":true,"primary":{"used_percent":100,"window_minutes":300}},"credits":{"has_credits":true,"unlimited":true,"balance":null},"metered_limit_name":"codex-bengalfox","limit_name":"Spark"}"""u8.ToArray(), Now)!;

        Assert.Empty(limits.Windows);
        Assert.False(limits.LimitReached);
        Assert.Equal(("codex_bengalfox", "spark", true), (limits.Families[0].Id, limits.Families[0].Model, limits.Families[0].LimitReached));

        // And it does not wipe out what was known of them.
        RateLimits both = limits.Over(new RateLimits([new RateLimitWindow(TimeSpan.FromHours(5), 40, Now.AddHours(1))]) { PlanType = "plus" });
        Assert.Equal((40, "plus", true), (both.Windows[0].UsedPercent, both.PlanType, both.Credits!.GoOn));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, false)]
    public void What_was_reached_through_a_window_ends_with_it(int hours, bool reached)
    {
        RateLimits limits = new([new(TimeSpan.FromHours(5), 100, Now.AddHours(2)), new(TimeSpan.FromDays(7), 50, Now.AddDays(2))]) { LimitReached = true };

        Assert.Equal(reached, limits.At(Now.AddHours(hours)).LimitReached);
    }

    private static RateLimits? FromHeaders(params (string Name, string Value)[] headers) =>
        RateLimits.FromHeaders(name => headers.FirstOrDefault(h => h.Name == name).Value, Now);
}
