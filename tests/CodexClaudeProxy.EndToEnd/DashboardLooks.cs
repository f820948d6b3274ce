namespace CodexClaudeProxy.EndToEnd;

/// <summary>How the dashboard's places look and whether everybody can use them. Beside <see cref="Dashboard"/>, so that the two run at the same time.</summary>
public sealed class DashboardLooks
{
    /// <summary>Both themes, several widths: everything fits, an accessibility audit finds nothing, a picture is kept.</summary>
    [Theory]
    [InlineData("overview")]
    [InlineData("accounts")]
    [InlineData("requests")]
    [InlineData("analytics")]
    [InlineData("claude")]
    [InlineData("settings")]
    public Task Each_place_looks_right_everywhere(string place) => Browser.RunAsync("looks", place);

    /// <summary>All components in all states, beside the pictures of them that were accepted.</summary>
    [Fact]
    public Task The_gallery_looks_as_it_was_accepted() => Browser.RunAsync("gallery", "gallery");

    /// <summary>All places with recorded answers at a fixed time, beside the pictures that were accepted.</summary>
    [Fact]
    public Task The_places_look_as_they_were_accepted() => Browser.RunOnPastAsync("gallery", "places");

    [Fact]
    public Task So_do_the_log_the_checks_and_what_runs_here() => Browser.RunAsync("settings", "views");

    [Theory]
    [InlineData("overview")]
    [InlineData("accounts")]
    [InlineData("requests")]
    [InlineData("analytics")]
    [InlineData("claude")]
    [InlineData("settings")]
    public Task Each_place_can_be_walked_through_with_the_tab_key(string place) => Browser.RunAsync("looks", place + "-keyboard");
}
