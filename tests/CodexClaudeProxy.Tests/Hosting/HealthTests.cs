using System.Net;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class HealthTests
{
    [Fact]
    public async Task Health_has_the_members_of_the_original()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.GetAsync("/HEALTH/");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(["status", "total", "active", "accounts", "configPath"], answer.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("ok", answer.Json.GetProperty("status").GetString());
        Assert.EndsWith("accounts.json", answer.Json.GetProperty("configPath").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Whoever_has_not_the_key_learns_only_that_it_is_well(string? key)
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = "sesame" });

        Answer answer = await proxy.GetAsync("/health", key is null ? [] : [("x-api-key", key)]);
        Assert.Equal((HttpStatusCode.OK, """{"status":"ok"}"""), (answer.Status, answer.Body));
        Assert.Equal(HttpStatusCode.OK, (await proxy.SendAsync(HttpMethod.Head, "/health", null)).Status);

        Assert.True((await proxy.GetAsync("/health", ("x-api-key", "sesame"))).Json.TryGetProperty("configPath", out _));
        Assert.Equal(HttpStatusCode.Forbidden, (await proxy.GetAsync("/health", ("Origin", "https://evil.example"))).Status);
    }

    [Fact]
    public async Task Claude_Codes_warm_up_is_answered()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await proxy.SendAsync(HttpMethod.Head, "/api/hello", null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await proxy.SendAsync(HttpMethod.Head, "/", null)).Status);
    }
}
