using System.Net;

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

    [Fact]
    public async Task Claude_Codes_warm_up_is_answered()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await proxy.SendAsync(HttpMethod.Head, "/api/hello", null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await proxy.SendAsync(HttpMethod.Head, "/", null)).Status);
    }
}
