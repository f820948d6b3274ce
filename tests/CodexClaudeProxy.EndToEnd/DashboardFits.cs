namespace CodexClaudeProxy.EndToEnd;

/// <summary>The dashboard with the longest addresses, model names and paths at four widths: nothing sticks out of its card, its dialog or the screen.</summary>
public sealed class DashboardFits
{
    [Theory]
    [InlineData("overview")]
    [InlineData("accounts")]
    [InlineData("requests")]
    [InlineData("claude")]
    [InlineData("settings")]
    [InlineData("log")]
    [InlineData("health")]
    [InlineData("about")]
    public Task Nothing_sticks_out(string place) => Browser.RunAsync("fits", place);

    [Fact]
    public Task What_is_a_glance_is_seen_whole() => Browser.RunAsync("fits", "glance");
}
