using System.Net;
using System.Net.Http.Headers;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class BodyLimitTests
{
    private static Routes ReadEverything(HostParts host) => new Routes().Post("/v1/messages", static async http =>
    {
        await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
    });

    [Fact]
    public async Task A_body_over_the_limit_is_refused_while_the_client_is_still_writing()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: ReadEverything);
        using var content = new ByteArrayContent(new byte[FrontDoor.MaxBody + 1]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        AssertTooLarge(await proxy.SendAsync(HttpMethod.Post, "/v1/messages", content));
    }

    [Fact]
    public async Task The_limit_itself_is_allowed()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: ReadEverything);
        using var content = new ByteArrayContent(new byte[FrontDoor.MaxBody]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        Assert.Equal(HttpStatusCode.OK, (await proxy.SendAsync(HttpMethod.Post, "/v1/messages", content)).Status);
    }

    [Fact]
    public async Task A_body_of_undeclared_size_is_cut_at_the_limit()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: ReadEverything);

        string chunk = "1000001\r\n" + new string('x', 0x1000001) + "\r\n";
        string answer = await proxy.SendRawAsync(
            "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk);

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("request_too_large", answer, StringComparison.Ordinal);
    }

    private static void AssertTooLarge(Answer answer)
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("request_too_large", answer.Json.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("Request exceeds the maximum size", answer.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("false", answer.Header("x-should-retry"));
    }
}
