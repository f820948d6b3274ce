namespace CodexClaudeProxy.EndToEnd;

/// <summary>Another page in the same browser, from another port, another name of this machine, and a name of its own that leads here.</summary>
public sealed class DashboardStrangers
{
    [Theory]
    [InlineData("reading")]
    [InlineData("posting")]
    [InlineData("rebinding")]
    [InlineData("framing")]
    [InlineData("opening")]
    public Task Are_refused(string attempt) => Browser.RunAsync("security", attempt);
}
