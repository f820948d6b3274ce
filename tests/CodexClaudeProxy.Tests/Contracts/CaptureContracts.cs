using System.Net;
using CodexClaudeProxy.Tests.Turns;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Contracts;

public sealed class CaptureContracts
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task The_state_of_the_capture()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 1, _time);
        Golden.Same("capture-off.json", await proxy.GetTextAsync("/api/capture"));
        using HttpResponseMessage on = await proxy.PostAsync("""{"minutes":5}""", "/api/capture");
        Golden.Same("capture-on.json", await on.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"minutes":61}""")]
    [InlineData("""{"minutes":-1}""")]
    [InlineData("""{"minutes":1.5}""")]
    [InlineData("""{"minutes":"5"}""")]
    [InlineData("""{"minutes":null}""")]
    [InlineData("""{"minutes":{"of":5}}""")]
    [InlineData("{}")]
    public async Task What_does_not_fit_is_named(string body)
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 1, _time);
        using HttpResponseMessage refused = await proxy.PostAsync(body, "/api/capture");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Golden.Same("capture-refused.json", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
