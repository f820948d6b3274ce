using System.Net;
using System.Text;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class LocalGateTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10:8081")]
    [InlineData("[::1]:8081")]
    public async Task A_name_of_this_machine_is_let_in(string host)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Assert.StartsWith("HTTP/1.1 200", await proxy.SendRawAsync($"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.nip.io:8081")]
    [InlineData("192.168.1.2")]
    [InlineData("0.0.0.0")]
    [InlineData("")]
    public async Task A_strange_name_is_misdirected(string host)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        string answer = await proxy.SendRawAsync($"GET /v1/messages HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 421", answer, StringComparison.Ordinal);
        Assert.Contains("""{"type":"error","error":{"type":"invalid_request_error","message":""", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_another_origin_is_forbidden()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        foreach (string origin in new[] { "https://evil.example", "null", "http://localhost:3000", $"https://127.0.0.1:{proxy.Address.Port}" })
        {
            Answer answer = await proxy.GetAsync("/health", ("Origin", origin));

            Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
            Assert.False(answer.Json.GetProperty("success").GetBoolean());
            Assert.DoesNotContain(answer.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Our_own_page_is_let_in()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.GetAsync("/health", ("Origin", $"http://127.0.0.1:{proxy.Address.Port}"), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.Forbidden)]
    [InlineData("none", HttpStatusCode.OK)]
    public async Task The_browser_tells_where_a_request_comes_from(string site, HttpStatusCode expected)
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Assert.Equal(expected, (await proxy.GetAsync("/health", ("Sec-Fetch-Site", site))).Status);
    }

    [Fact]
    public async Task A_link_from_elsewhere_may_lead_to_the_page_but_not_post_to_it()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/", ("Sec-Fetch-Site", "cross-site"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await proxy.PostAsync("/", "{}", ("Sec-Fetch-Site", "cross-site"))).Status);
    }

    [Fact]
    public async Task A_preflight_gets_no_permission()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.SendAsync(
            HttpMethod.Options, "/v1/messages", null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal("permission_error", answer.Json.GetProperty("error").GetProperty("type").GetString());
        Assert.DoesNotContain(answer.Headers.Keys, name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.OK)]
    [InlineData("application/json; charset=UTF-8", HttpStatusCode.OK)]
    [InlineData("application/problem+json", HttpStatusCode.OK)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=latin1", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("", HttpStatusCode.UnsupportedMediaType)]
    public async Task What_changes_state_must_be_json(string contentType, HttpStatusCode expected)
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: static _ => new Routes().Post("/accounts/import", Done));
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}"));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        Assert.Equal(expected, (await proxy.SendAsync(HttpMethod.Post, "/accounts/import", content)).Status);
    }

    [Fact]
    public async Task A_chunked_body_needs_a_content_type_too()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: static _ => new Routes().Post("/accounts/import", Done));

        string answer = await proxy.SendRawAsync(
            "POST /accounts/import HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 415", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_body_needs_no_content_type()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: static _ => new Routes().Post("/accounts/refresh", Done));

        Assert.Equal(HttpStatusCode.OK, (await proxy.SendAsync(HttpMethod.Post, "/accounts/refresh", null)).Status);
    }

    [Theory]
    [InlineData("x-api-key", "sesame", HttpStatusCode.OK)]
    [InlineData("Authorization", "Bearer sesame", HttpStatusCode.OK)]
    [InlineData("Authorization", "bearer sesame", HttpStatusCode.OK)]
    [InlineData("Authorization", "Basic sesame", HttpStatusCode.Unauthorized)]
    [InlineData("x-api-key", "sesam", HttpStatusCode.Unauthorized)]
    [InlineData("x-api-key", "", HttpStatusCode.Unauthorized)]
    [InlineData("x-other", "sesame", HttpStatusCode.Unauthorized)]
    public async Task With_a_key_set_clients_must_present_it(string header, string value, HttpStatusCode expected)
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = "sesame" });

        Answer answer = await proxy.GetAsync("/v1/models", (header, value), ("anthropic-version", "2023-06-01"));

        Assert.Equal(expected, answer.Status);
        if (expected == HttpStatusCode.OK) return;
        Assert.Equal("false", answer.Header("x-should-retry"));
        Assert.Equal("authentication_error", answer.Json.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("invalid x-api-key", answer.Json.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Two_different_keys_may_be_sent_when_one_is_right()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = "sesame" });

        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/v1/models", ("x-api-key", "sk-ant"), ("Authorization", "Bearer sesame"))).Status);
    }

    [Fact]
    public async Task The_page_and_the_warm_up_need_no_key()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = "sesame" });

        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/")).Status);
        Assert.Equal(HttpStatusCode.OK, (await proxy.SendAsync(HttpMethod.Head, "/api/hello", null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await proxy.GetAsync("/api/about")).Status);
    }

    [Theory]
    [InlineData("0.0.0.0", "proxy.lan", true)]
    [InlineData("192.168.1.2", "192.168.1.2", true)]
    [InlineData("192.168.1.2", "127.0.0.1", true)]
    [InlineData("192.168.1.2", "192.168.1.3", false)]
    [InlineData("192.168.1.2", "evil.example", false)]
    [InlineData("fe80::1", "[fe80::1]", true)]
    public void Bound_elsewhere_the_configured_address_is_ours(string bound, string host, bool letIn)
    {
        var gate = new LocalGate(new ProxyOptions { Host = bound, ApiKey = "sesame" }, null, TimeProvider.System);
        var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        http.Request.Method = "GET";
        http.Request.Host = new Microsoft.AspNetCore.Http.HostString(host, 8081);
        http.Request.Headers["x-api-key"] = "sesame";

        Assert.Equal(letIn, gate.Refuse(http.Request, isPage: false, isForClients: false) is null);
    }

    private static Task Done(Microsoft.AspNetCore.Http.HttpContext http) => Task.CompletedTask;
}
