namespace CodexClaudeProxy.EndToEnd;

/// <summary>The places where something is set up.</summary>
public sealed class DashboardPlaces
{
    [Theory]
    [InlineData("search")]
    [InlineData("actions")]
    [InlineData("drawer")]
    [InlineData("remove")]
    [InlineData("paste")]
    [InlineData("files")]
    [InlineData("next")]
    public Task The_accounts(string name) => Browser.RunAsync("accounts", name);

    [Theory]
    [InlineData("point")]
    [InlineData("address")]
    [InlineData("snippets")]
    [InlineData("clients")]
    [InlineData("mappings")]
    [InlineData("effort")]
    [InlineData("kilo")]
    public Task The_place_for_Claude_Code(string name) => Browser.RunAsync("claude", name);

    [Theory]
    [InlineData("form")]
    [InlineData("alerts")]
    [InlineData("prices")]
    [InlineData("keys")]
    [InlineData("log")]
    [InlineData("health")]
    [InlineData("about")]
    public Task The_settings_and_the_log(string name) => Browser.RunAsync("settings", name);
}
