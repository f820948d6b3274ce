namespace CodexClaudeProxy.EndToEnd;

/// <summary>The dashboard in a real browser. What each case does is in <c>tests/clients/scripts/dashboard</c>.</summary>
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

    [Theory]
    [InlineData("status")]
    [InlineData("order")]
    [InlineData("menu")]
    [InlineData("tiles")]
    [InlineData("equation")]
    [InlineData("unknown")]
    [InlineData("shift")]
    [InlineData("calm")]
    [InlineData("states")]
    [InlineData("truth")]
    [InlineData("live")]
    [InlineData("test")]
    [InlineData("connect")]
    [InlineData("usage")]
    [InlineData("steady")]
    [InlineData("rates")]
    [InlineData("offline")]
    [InlineData("failing")]
    public Task The_overview(string name) => Browser.RunAsync("overview", name);

    [Theory]
    [InlineData("drawer")]
    [InlineData("failover")]
    [InlineData("filters")]
    [InlineData("session")]
    [InlineData("tail")]
    [InlineData("pages")]
    [InlineData("export")]
    [InlineData("bodies")]
    public Task The_requests(string name) => Browser.RunAsync("requests", name);

    /// <summary>On a simulated month of traffic.</summary>
    [Theory]
    [InlineData("figures")]
    [InlineData("ways")]
    [InlineData("calm")]
    public Task The_analytics(string name) => Browser.RunOnPastAsync("analytics", name);

    [Theory]
    [InlineData("search")]
    [InlineData("actions")]
    [InlineData("drawer")]
    [InlineData("remove")]
    [InlineData("paste")]
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
    [InlineData("prices")]
    [InlineData("log")]
    [InlineData("health")]
    [InlineData("about")]
    public Task The_settings_and_the_log(string name) => Browser.RunAsync("settings", name);
}
