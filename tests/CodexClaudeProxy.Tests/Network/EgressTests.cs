using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Tests.Network;

/// <summary>The way out over real loopback sockets: proxies, their failures, and certificates of one's own.</summary>
public sealed class EgressTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_socks5h_proxy_gets_the_connection_and_looks_the_name_up()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        Task<string> asked = ServeSocksAsync(proxy);
        using HttpMessageInvoker http = Egress.Create(name => name == "ALL_PROXY" ? $"socks5h://{proxy.LocalEndpoint}" : null);

        using HttpResponseMessage response = await http.SendAsync(Request("http://backend.invalid/health"), Cancellation);

        Assert.Equal("ok", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("backend.invalid:80", await asked);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}", "http://backend.invalid/", "the proxy http://127.0.0.1:{port}/ of ALL_PROXY could not be reached")]
    [InlineData("http://u:secret@127.0.0.1:{port}", "https://backend.invalid/", "the proxy http://127.0.0.1:{port}/ of ALL_PROXY could not be reached")]
    [InlineData("http://proxy.invalid:3128", "https://backend.invalid/", "the proxy http://proxy.invalid:3128/ of ALL_PROXY was not found")]
    public async Task A_failure_of_the_proxy_names_the_proxy(string address, string url, string told)
    {
        string port;
        using (var closed = new TcpListener(IPAddress.Loopback, 0))
        {
            closed.Start();
            port = $"{((IPEndPoint)closed.LocalEndpoint).Port}";
        }

        using HttpMessageInvoker http = Egress.Create(name => name == "ALL_PROXY" ? address.Replace("{port}", port, StringComparison.Ordinal) : null);

        HttpRequestException failure = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(Request(url), Cancellation));

        Assert.Equal((HttpRequestError.ProxyTunnelError, told.Replace("{port}", port, StringComparison.Ordinal)), (failure.HttpRequestError, failure.Message));
    }

    [Fact]
    public async Task A_proxy_that_refuses_the_tunnel_is_named()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        Task answering = AnswerAsync(proxy, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        using HttpMessageInvoker http = Egress.Create(name => name == "HTTPS_PROXY" ? $"http://{proxy.LocalEndpoint}" : null);

        HttpRequestException failure = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(Request("https://backend.invalid/"), Cancellation));
        await answering;

        Assert.Equal($"the proxy http://{proxy.LocalEndpoint}/ of HTTPS_PROXY refused the connection", failure.Message);
    }

    [Theory]
    [InlineData("CODEX_CA_CERTIFICATE", true)]
    [InlineData("NODE_EXTRA_CA_CERTS", true)]
    [InlineData("SSL_CERT_FILE", true)]
    [InlineData("OTHER", false)]
    public async Task A_certificate_of_ones_own_authority_is_trusted_where_a_variable_names_it(string variable, bool trusted)
    {
        using TestAuthority authority = new("localhost");
        string file = authority.File;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeTlsAsync(listener, authority.Server);
        using HttpMessageInvoker http = Egress.Create(name => name == variable ? file : null);

        Task<HttpResponseMessage> sending = http.SendAsync(Request($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/"), Cancellation);

        if (trusted) Assert.Equal(HttpStatusCode.OK, (await sending).StatusCode);
        else Assert.Equal(HttpRequestError.SecureConnectionError, (await Assert.ThrowsAsync<HttpRequestException>(() => sending)).HttpRequestError);
        await serving;
    }

    /// <summary>A request that is for no account.</summary>
    private static HttpRequestMessage Request(string url)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        OutboundRoute.Shared.ApplyTo(request);
        return request;
    }

    private static async Task ServeTlsAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Cancellation);
        await using var secure = new SslStream(client.GetStream());
        try
        {
            await secure.AuthenticateAsServerAsync(certificate);
            await ReadHeadAsync(secure);
            await secure.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Cancellation);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client does not trust us.
        }
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Cancellation);
        await ReadHeadAsync(client.GetStream());
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Cancellation);
    }

    private static async Task ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        byte[] buffer = new byte[1024];
        for (int read; !head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal); head.Append(Encoding.ASCII.GetString(buffer, 0, read)))
        {
            read = await stream.ReadAsync(buffer, Cancellation);
            if (read == 0) throw new IOException("The client closed the connection.");
        }
    }

    /// <summary>One connection of a SOCKS 5 server (RFC 1928) that answers itself. Returns the host and port that were asked for.</summary>
    private static async Task<string> ServeSocksAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Cancellation);
        NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[512];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), Cancellation);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, buffer[1]), Cancellation);
        await stream.WriteAsync(new byte[] { 5, 0 }, Cancellation);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 5), Cancellation);
        Assert.Equal(3, buffer[3]); // A name, not an address.
        int length = buffer[4];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, length + 2), Cancellation);
        string target = $"{Encoding.ASCII.GetString(buffer, 0, length)}:{buffer[length] << 8 | buffer[length + 1]}";
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, Cancellation);
        await ReadHeadAsync(stream);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), Cancellation);
        return target;
    }
}
