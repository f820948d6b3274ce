using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The first sign-in, from the page, at a login server that checks every step; then the program works.</summary>
[Collection(SignIns.OneAtATime)]
public sealed class DashboardSignIn
{
    [Theory]
    [InlineData("browser")]
    [InlineData("paste")]
    [InlineData("device")]
    public async Task A_first_account(string way)
    {
        await using PublishedProxy proxy = await PublishedProxy.StartAsync(static _ => []);
        // Whoever is shown a code approves it on the other device.
        proxy.Backend.Auth.Devices.ApproveAllAs = FakeAuth.DefaultUser;

        await Browser.RunOnAsync(proxy.Url, "sign-in", way);

        Assert.Equal(FakeAuth.DefaultUser, Assert.Single(proxy.Backend.Requests).User);
    }

    [Fact]
    public Task One_that_is_refused_is_told() => Browser.RunAsync("sign-in", "refused");

    [Fact]
    public async Task A_healthy_program_says_so()
    {
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        await Browser.RunOnAsync(proxy.Url, "sign-in", "health");
    }
}
