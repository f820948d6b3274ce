namespace CodexClaudeProxy.EndToEnd;

/// <summary>The place that is seen first.</summary>
public sealed class DashboardOverview
{
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
}
