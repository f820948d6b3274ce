using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The official Codex CLI with a ChatGPT sign-in of its own, whose account is not the one that serves it.</summary>
public sealed class CodexCliReadsItsUsage : IAsyncLifetime
{
    private static readonly FakeUser Own = new("own@example.com", "99999999-1111-2222-3333-444444444444", "user-OWN");

    private PublishedProxy _proxy = null!;

    private FakeBackend Backend => _proxy.Backend;

    public async ValueTask InitializeAsync() => _proxy = await PublishedProxy.StartAsync();

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Theory]
    [InlineData("/backend-api")]
    [InlineData("")]
    public async Task Its_status_is_that_of_the_accounts_that_serve_it(string suffix)
    {
        DateTimeOffset resets = TimeProvider.System.GetUtcNow().AddHours(3);
        Backend.AnswerAll(_ => Reply.Text("Hi").WithQuota(new Quota(41, resets), new Quota(17, resets.AddDays(3))));
        FakeTokens own = Backend.Auth.SignIn(Own);
        using CodexCli cli = CodexCli.SignedInBehind(Backend, own, _proxy.Url, suffix);
        Assert.Equal(0, (await cli.ExecAsync("Say hi")).ExitCode);

        JsonElement status = await cli.RateLimitsAsync();

        JsonElement limits = status.GetProperty("rateLimits");
        Assert.Equal((41, 300, 17, 10_080), (
            limits.GetProperty("primary").GetProperty("usedPercent").GetInt32(), limits.GetProperty("primary").GetProperty("windowDurationMins").GetInt32(),
            limits.GetProperty("secondary").GetProperty("usedPercent").GetInt32(), limits.GetProperty("secondary").GetProperty("windowDurationMins").GetInt32()));
        Assert.Contains("\"ordinaryUsageAllowed\":true", status.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Backend.Received.All, request => request.Header("authorization")?.Contains(own.AccessToken, StringComparison.Ordinal) == true);
    }
}
