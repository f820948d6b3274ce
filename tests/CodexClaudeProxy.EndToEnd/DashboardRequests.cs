namespace CodexClaudeProxy.EndToEnd;

/// <summary>What was asked, one by one and added up.</summary>
public sealed class DashboardRequests
{
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
}
