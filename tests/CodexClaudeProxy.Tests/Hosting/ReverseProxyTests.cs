using System.Net;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Tests.Hosting;

/// <summary>What a browser sees behind a reverse proxy, as the program is told of it.</summary>
public sealed class ReverseProxyTests
{
    private const string Key = "0123456789abcdefghijkl";

    private static readonly IReadOnlyList<IPNetwork> ThisMachine = [IPNetwork.Parse("127.0.0.1/32")];

    private static readonly (string, string)[] Https =
        [("Host", "proxy.example.com"), ("X-Forwarded-Proto", "https"), ("Origin", "https://proxy.example.com"), ("Sec-Fetch-Site", "same-origin")];

    [Fact]
    public async Task Where_TLS_ends_at_a_trusted_proxy_the_page_may_change_things_and_others_may_not()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { Host = "0.0.0.0", ApiKey = Key, TrustedProxies = ThisMachine });

        Assert.Equal(200, await PatchAsync(proxy, Https));
        Assert.Equal(403, await PatchAsync(proxy, ("Host", "proxy.example.com"), ("X-Forwarded-Proto", "https"), ("Origin", "https://evil.example")));
        Assert.Equal(403, await PatchAsync(proxy, ("Host", "proxy.example.com"), ("X-Forwarded-Proto", "https"), ("Origin", "http://proxy.example.com")));
    }

    [Fact]
    public async Task Nothing_is_trusted_that_was_not_named()
    {
        await using TestProxy untrusting = await TestProxy.StartAsync(new ProxyOptions { Host = "0.0.0.0", ApiKey = Key });
        await using TestProxy other = await TestProxy.StartAsync(new ProxyOptions { Host = "0.0.0.0", ApiKey = Key, TrustedProxies = [IPNetwork.Parse("192.0.2.0/24")] });

        Assert.Equal(403, await PatchAsync(untrusting, Https));
        Assert.Equal(403, await PatchAsync(other, Https));
    }

    [Fact]
    public async Task The_names_that_a_request_comes_under_must_be_ours_whoever_sends_it()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = Key, TrustedProxies = ThisMachine });
        await using TestProxy named = await TestProxy.StartAsync(new ProxyOptions { ApiKey = Key, TrustedProxies = ThisMachine, PublicUrl = new Uri("https://proxy.example.com") });

        // A page whose host name leads to this machine can add any header.
        Assert.Equal(421, await PatchAsync(proxy, ("Host", "evil.example"), ("X-Forwarded-Host", "127.0.0.1"), ("Origin", "http://evil.example")));
        Assert.Equal(421, await PatchAsync(proxy, ("Host", "127.0.0.1"), ("X-Forwarded-Host", "evil.example"), ("Origin", "http://evil.example")));
        Assert.Equal(421, await PatchAsync(proxy, Https));

        Assert.Equal(200, await PatchAsync(named, Https));
        Assert.Equal(200, await PatchAsync(named, ("Host", "127.0.0.1"), ("X-Forwarded-Host", "proxy.example.com"), ("X-Forwarded-Proto", "https"), ("Origin", "https://proxy.example.com")));
        Assert.Equal(421, await PatchAsync(named, ("Host", "proxy.example.com"), ("X-Forwarded-Host", "evil.example"), ("Origin", "https://evil.example")));
    }

    [Fact]
    public async Task A_port_that_the_scheme_implies_makes_no_difference()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { Host = "0.0.0.0", ApiKey = Key, TrustedProxies = ThisMachine });

        Assert.Equal(200, await PatchAsync(proxy, ("Host", "proxy.example.com:443"), ("X-Forwarded-Proto", "https"), ("Origin", "https://proxy.example.com")));
        Assert.Equal(403, await PatchAsync(proxy, ("Host", "proxy.example.com:8443"), ("X-Forwarded-Proto", "https"), ("Origin", "https://proxy.example.com")));
    }

    [Fact]
    public async Task The_value_that_the_nearest_proxy_added_counts()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { Host = "0.0.0.0", ApiKey = Key, TrustedProxies = ThisMachine });

        Assert.Equal(200, await PatchAsync(proxy, ("Host", "proxy.example.com"), ("X-Forwarded-Proto", "http, https"), ("Origin", "https://proxy.example.com")));
    }

    [Fact]
    public async Task A_path_in_front_of_ours_is_known_and_taken_away()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = Key, TrustedProxies = ThisMachine, BasePath = "/ccp" });

        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/ccp/v1/models", ("x-api-key", Key))).Status);
        Assert.Equal(HttpStatusCode.OK, (await proxy.GetAsync("/v1/models", ("x-api-key", Key))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await proxy.GetAsync("/ccpx/v1/models", ("x-api-key", Key))).Status);
        Assert.Equal($"http://127.0.0.1:{proxy.Address.Port}/ccp", await BaseUrlAsync(proxy, "/ccp/api/about"));
        Assert.Equal($"http://127.0.0.1:{proxy.Address.Port}", await BaseUrlAsync(proxy, "/api/about"));
        Assert.Equal($"https://localhost/deep/down", await BaseUrlAsync(proxy, "/api/about", ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "localhost"), ("X-Forwarded-Prefix", "/deep/down/")));
        Assert.Equal($"http://127.0.0.1:{proxy.Address.Port}", await BaseUrlAsync(proxy, "/api/about", ("X-Forwarded-Prefix", "//evil.example")));
    }

    [Fact]
    public async Task The_page_gets_its_slash()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { BasePath = "/a/ccp" });
        proxy.Http.DefaultRequestHeaders.Add("Accept", "text/html");
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = proxy.Address, DefaultRequestHeaders = { { "Accept", "text/html" } } };

        using HttpResponseMessage answer = await http.GetAsync("/a/ccp", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.PermanentRedirect, "ccp/"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        Assert.StartsWith("<!doctype html>", (await proxy.GetAsync("/a/ccp/")).Body, StringComparison.Ordinal);
    }

    private static async Task<string?> BaseUrlAsync(TestProxy proxy, string path, params (string, string)[] headers) =>
        (await proxy.GetAsync(path, [("x-api-key", Key), .. headers])).Json.GetProperty("baseUrl").GetString();

    private static async Task<int> PatchAsync(TestProxy proxy, params (string Name, string Value)[] headers)
    {
        const string Body = """{"holdSeconds":11}""";
        string lines = string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"));
        string answer = await proxy.SendRawAsync(
            $"PATCH /api/settings HTTP/1.1\r\n{lines}Authorization: Bearer {Key}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}");
        return int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), System.Globalization.CultureInfo.InvariantCulture);
    }
}
