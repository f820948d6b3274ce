using System.Globalization;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Tests;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("2026-11-29T18:46:10Z", "2026-11-29T19:45:00Z", "Europe/Berlin", "in 59 min, 20:45 UTC+1")]
    [InlineData("2026-11-29T19:44:15Z", "2026-11-29T19:45:00Z", "Europe/Berlin", "in 45 s, 20:45 UTC+1")]
    [InlineData("2026-11-29T16:45:00Z", "2026-11-29T19:45:00Z", "UTC", "in 3 h, 19:45 UTC")]
    [InlineData("2026-11-29T22:00:00Z", "2026-11-30T00:10:00Z", "Asia/Kolkata", "in 2 h 10 min, 05:40 UTC+5:30")]
    [InlineData("2026-11-29T20:00:00Z", "2026-11-29T23:30:00Z", "Europe/Berlin", "in 3 h 30 min, 30 Nov 00:30 UTC+1")]
    [InlineData("2026-11-29T12:00:00Z", "2026-12-02T16:00:00Z", "America/St_Johns", "in 3 d 4 h, 2 Dec 12:30 UTC-3:30")]
    [InlineData("2026-11-29T12:00:00Z", "2027-12-02T16:00:00Z", "UTC", "in 368 d 4 h, 2 Dec 2027 16:00 UTC")]
    [InlineData("2026-11-29T12:00:00Z", "2026-11-29T11:59:00Z", "UTC", "now, 11:59 UTC")]
    public void The_span_comes_first_and_the_zone_is_always_there(string now, string moment, string zone, string text) =>
        Assert.Equal(text, TimeText.Until(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture), DateTimeOffset.Parse(now, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone)));
}
