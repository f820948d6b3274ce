namespace CodexClaudeProxy.EndToEnd;

/// <summary>The dashboard in a real browser: what surrounds the places. What each case does is in <c>tests/clients/scripts/dashboard</c>. Classes run side by side, so the places have theirs.</summary>
public sealed class Dashboard
{
    [Theory]
    [InlineData("navigation")]
    [InlineData("keys")]
    [InlineData("notices")]
    [InlineData("theme")]
    [InlineData("mask")]
    [InlineData("paint")]
    [InlineData("motion")]
    [InlineData("path")]
    public Task The_frame(string name) => Browser.RunAsync("frame", name);

    [Theory]
    [InlineData("still")]
    [InlineData("place")]
    [InlineData("typing")]
    public Task What_arrives_disturbs_nothing(string name) => Browser.RunAsync("keeps", name);

    [Fact]
    public Task An_access_key_is_asked_for_once() => Browser.RunAsync("frame", "key", "--api-key", "the-access-key");
}
