namespace CodexClaudeProxy.EndToEnd;

/// <summary>The dashboard with the longest addresses, model names and paths at several widths: nothing sticks out of its card, its dialog or the screen.</summary>
public sealed class DashboardFits
{
    [Theory]
    [InlineData("overview")]
    [InlineData("accounts")]
    [InlineData("requests")]
    [InlineData("analytics")]
    [InlineData("claude")]
    [InlineData("settings")]
    [InlineData("log")]
    [InlineData("health")]
    [InlineData("about")]
    public Task Nothing_sticks_out(string place) => Browser.RunAsync("fits", place);

    /// <summary>1280 × 720 with six accounts, without scrolling: the tiles, the pool and every account; the list is at most 300 high.</summary>
    [Fact]
    public Task The_first_screen_answers_what_a_person_comes_for() => Browser.RunAsync("fits", "first");

    [Fact]
    public Task What_is_a_glance_is_seen_whole() => Browser.RunAsync("fits", "glance");
}
