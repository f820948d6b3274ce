using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Tests.Hosting;

/// <summary>The examples of docs/REVERSE-PROXY.md, run by the programs they are for. Only ports and the place of the certificate are others.</summary>
[Trait("Stage", "front")]
public sealed class ReverseProxyExamplesTests
{
    private const string Key = "0123456789abcdefghijkl";
    private const string Name = "proxy.example.com";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task An_example_of_the_documentation_works(string program)
    {
        int port = FreePort();
        string address = $"https://{Name}:{port}/ccp";
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions
        {
            ApiKey = Key,
            TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")],
            PublicUrl = new Uri(address),
            BasePath = "/ccp",
        });
        await using FrontServer front = await FrontServer.StartAsync(program, Name, port, directory => Configuration(program, port, proxy.Address.Port, directory), Stop);

        Answer page = await front.SendAsync(HttpMethod.Get, address + "/", ("Accept", "text/html"));
        Assert.StartsWith("<!doctype html>", page.Body, StringComparison.Ordinal);
        Assert.Equal(page.Body, (await front.SendAsync(HttpMethod.Get, address, ("Accept", "text/html"))).Body);
        Assert.Equal(HttpStatusCode.OK, (await front.SendAsync(HttpMethod.Get, address + "/assets/app.js")).Status);
        Assert.Equal("""{"status":"ok"}""", (await front.SendAsync(HttpMethod.Get, address + "/health")).Body);
        Assert.Equal(address, (await front.SendAsync(HttpMethod.Get, address + "/api/about", ("x-api-key", Key))).Json.GetProperty("baseUrl").GetString());

        (string, string) key = ("x-api-key", Key), site = ("Sec-Fetch-Site", "same-origin"), own = ("Origin", $"https://{Name}:{port}");
        Assert.Equal(HttpStatusCode.OK, await front.PatchAsync(address, key, site, own));
        Assert.Equal(HttpStatusCode.Unauthorized, await front.PatchAsync(address, site, own));
        Assert.Equal(HttpStatusCode.Forbidden, await front.PatchAsync(address, key, ("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await front.PatchAsync(address, key, ("Origin", $"http://{Name}:{port}")));

        // A stream that goes on for ever arrives as it is written.
        Assert.StartsWith("id: ", await front.FirstLineAsync(address + "/api/logs/stream?history=true", key), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_ours_is_misdirected_behind_nginx_too()
    {
        int port = FreePort();
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = Key, TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")], PublicUrl = new Uri($"https://{Name}:{port}/ccp") });
        await using FrontServer front = await FrontServer.StartAsync("nginx", Name, port, directory => Configuration("nginx", port, proxy.Address.Port, directory), Stop);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await front.SendAsync(HttpMethod.Get, $"https://{Name}:{port}/ccp/health", ("Host", "evil.example"))).Status);
    }

    private static string Configuration(string program, int port, int proxyPort, string directory)
    {
        string text = File.ReadAllText(Path.Combine(Architecture.SourceTree.Root(), "docs", "REVERSE-PROXY.md"));
        string example = Regex.Match(text, $"```{program}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value.Replace("127.0.0.1:8081", $"127.0.0.1:{proxyPort}", StringComparison.Ordinal);
        return program == "nginx"
            ? $$"""
                daemon off; master_process off; pid {{directory}}/pid;
                events { }
                http {
                  access_log off; client_body_temp_path {{directory}}/body; proxy_temp_path {{directory}}/proxy;
                  fastcgi_temp_path {{directory}}/fastcgi; uwsgi_temp_path {{directory}}/uwsgi; scgi_temp_path {{directory}}/scgi;
                  {{example.Replace("listen 443", $"listen 127.0.0.1:{port}", StringComparison.Ordinal).Replace("/etc/ssl/" + Name, directory + "/front", StringComparison.Ordinal)}}
                }
                """
            : $$"""
                {
                  admin off
                  auto_https disable_redirects
                }
                {{example.Replace(Name + " {", $"https://{Name}:{port} {{\n  bind 127.0.0.1\n  tls {directory}/front.pem {directory}/front.key", StringComparison.Ordinal)}}
                """;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
