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

    private static RateLimits? FromHeaders(params (string Name, string Value)[] headers) =>
        RateLimits.FromHeaders(name => headers.FirstOrDefault(h => h.Name == name).Value, Now);
}
