using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Network;

/// <summary>One account's proxy: which addresses there are, what is shown of them, and that nothing takes another way.</summary>
public sealed class AccountProxyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://proxy.example:3128", "http://proxy.example:3128")]
    [InlineData("http://proxy.example", "http://proxy.example:80")]
    [InlineData("https://me:secret@proxy.example/", "https://***@proxy.example:443")]
    [InlineData("socks5://me:s%40cret%2F@10.0.0.1:1080", "socks5://***@10.0.0.1:1080")]
    [InlineData("SOCKS5H://token@proxy.example", "socks5h://***@proxy.example:1080")]
    [InlineData("socks4a://[::1]:9", "socks4a://[::1]:9")]
    [InlineData(" direct ", "direct")]
    public void An_address_is_shown_without_its_credentials(string text, string shown)
    {
        var proxy = AccountProxy.Parse(text);

        Assert.Null(proxy.Problem);
        Assert.Equal((shown, shown, shown == "direct"), (proxy.Shown, $"{proxy}", proxy.IsDirect));
    }

    [Theory]
    [InlineData("", "it must begin with its kind")]
    [InlineData("proxy.example:3128", "it must begin with its kind")]
    [InlineData("me:secret@proxy.example:3128", "it must begin with its kind")]
    [InlineData("ftp://me:secret@proxy.example", "its kind must be http, https, socks5 or socks4a")]
    [InlineData("socks4://proxy.example", "use socks4a:// or socks5://")]
    [InlineData("http://", "it must name a host")]
    [InlineData("http://me:secret@", "it must name a host")]
    [InlineData("http://proxy.example:99999", "it must name a host, and a port")]
    [InlineData("http://proxy.example:0", "it must name a host, and a port")]
    [InlineData("http://proxy.example/path", "nothing may follow its host and port")]
    [InlineData("http://me:sec#ret@proxy.example:1", "must be percent-encoded")]
    [InlineData("http://me:sec/ret@proxy.example:1", "must be percent-encoded")]
    [InlineData("http://me:sec ret@proxy.example:1", "must be percent-encoded")]
    [InlineData("http://me:s@cret@proxy.example:1", "must be written as %40")]
    [InlineData("socks5://***@proxy.example:1", "enter the user name and the password again")]
    public void What_is_no_proxy_says_what_to_do_and_shows_no_secret(string text, string told)
    {
        var proxy = AccountProxy.Parse(text);

        Assert.Contains(told, proxy.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("cret", proxy.Problem + proxy.Shown + proxy, StringComparison.Ordinal);
        Assert.False(proxy.IsDirect);
    }

    [Theory]
    [InlineData("http", null)]
    [InlineData("http", "me:s3cret")]
    [InlineData("socks5", null)]
    [InlineData("socks5", "me:s3cret")]
    public async Task Everything_of_the_account_goes_through_it_whatever_the_environment_says(string kind, string? credentials)
    {
        await using FakeCodex.FakeBackend backend = await FakeCodex.FakeBackend.StartAsync();
        await using ProxyServer trap = new("http", backend.Origin);
        await using ProxyServer server = new(kind, backend.Origin) { Credentials = credentials };
        using HttpMessageInvoker http = Egress.Create(name => name switch { "HTTP_PROXY" => trap.Url, "NO_PROXY" => "*", _ => null });

        using HttpResponseMessage response = await http.SendAsync(Request(server.Url), Cancellation);

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("backend.invalid:80", Assert.Single(server.Targets));
        Assert.Equal(0, trap.Accepted);
        Assert.Empty(server.Violations);
    }

    [Theory]
    [InlineData("http", ProxyConduct.Refuse, "https://backend.invalid/", "did not let the connection through")]
    [InlineData("http", ProxyConduct.Close, "https://backend.invalid/", "broke the connection")]
    [InlineData("http", ProxyConduct.Hang, "https://backend.invalid/", "did not make the connection in time")]
    [InlineData("socks5", ProxyConduct.Refuse, "http://backend.invalid/", "did not let the connection through")]
    [InlineData("socks5", ProxyConduct.Close, "http://backend.invalid/", "did not let the connection through")]
    [InlineData("socks5", ProxyConduct.Hang, "http://backend.invalid/", "did not let the connection through")]
    [InlineData("socks5", ProxyConduct.Serve, "http://backend.invalid/", "did not let the connection through; if it needs a user name and a password, check them")]
    [InlineData("http", ProxyConduct.Serve, "https://backend.invalid/", "did not let the connection through; if it needs a user name and a password, check them")]
    [InlineData("http", ProxyConduct.Serve, "http://backend.invalid/", "does not accept its user name and password, or asks for them")]
    public async Task A_proxy_that_does_not_serve_is_named_and_there_is_no_way_around_it(string kind, ProxyConduct conduct, string url, string told)
    {
        await using FakeCodex.FakeBackend backend = await FakeCodex.FakeBackend.StartAsync();
        await using ProxyServer server = new(kind, backend.Origin) { Conduct = conduct, Credentials = "me:right" };
        using HttpMessageInvoker http = Egress.Create(_ => null, connectLimit: TimeSpan.FromMilliseconds(300));
        string wrong = server.Url.Replace("right", "wr0ng", StringComparison.Ordinal);

        AccountProxyException failure = await Assert.ThrowsAsync<AccountProxyException>(() => http.SendAsync(Request(wrong, url), Cancellation));

        Assert.Contains($"the account's proxy {server.Shown} {told}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Targets);
        Assert.Empty(backend.Received.All);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "could not be reached")]
    [InlineData("socks5://127.0.0.1:1", "could not be reached")]
    [InlineData("socks5://proxy.invalid:1080", "was not found")]
    [InlineData("nonsense", "cannot be used: it must begin with its kind")]
    public async Task Without_its_proxy_nothing_goes_out(string proxy, string told)
    {
        await using FakeCodex.FakeBackend backend = await FakeCodex.FakeBackend.StartAsync();
        using HttpMessageInvoker http = Egress.Create(_ => null);

        AccountProxyException failure = await Assert.ThrowsAsync<AccountProxyException>(() => http.SendAsync(Request(proxy, backend.Origin), Cancellation));

        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
        Assert.Empty(backend.Received.All);
    }

    [Fact]
    public async Task A_request_that_says_no_way_is_not_sent()
    {
        await using FakeCodex.FakeBackend backend = await FakeCodex.FakeBackend.StartAsync();
        using HttpMessageInvoker http = Egress.Create(_ => null);

        await Assert.ThrowsAsync<InvalidOperationException>(() => http.SendAsync(new HttpRequestMessage(HttpMethod.Get, backend.Origin), Cancellation));

        Assert.Empty(backend.Received.All);
    }

    [Fact]
    public async Task Direct_is_without_the_environments_proxy()
    {
        await using FakeCodex.FakeBackend backend = await FakeCodex.FakeBackend.StartAsync();
        await using ProxyServer trap = new("http", backend.Origin);
        using HttpMessageInvoker http = Egress.Create(name => name == "HTTP_PROXY" ? trap.Url : null);

        using HttpResponseMessage response = await http.SendAsync(Request("direct", backend.Origin), Cancellation);

        Assert.Equal((404, 0), ((int)response.StatusCode, trap.Accepted));
    }

    [Fact]
    public async Task Accounts_do_not_share_connections_and_a_former_proxy_loses_its_own()
    {
        await using FakeCodex.FakeBackend backend = await FakeCodex.FakeBackend.StartAsync();
        await using ProxyServer first = new("http", backend.Origin);
        await using ProxyServer second = new("socks5", backend.Origin);
        using HttpMessageInvoker http = Egress.Create(_ => null);

        foreach (string account in new[] { "a", "b", "a", "b" }) (await http.SendAsync(Request(first.Url, account: account), Cancellation)).Dispose();
        Assert.Equal((2, 2), (first.Accepted, first.Open));

        (await http.SendAsync(Request(second.Url, account: "a"), Cancellation)).Dispose();

        await UntilAsync(() => first.Open == 1);
        Assert.Equal((2, 1), (first.Accepted, second.Accepted));
    }

    [Fact]
    public async Task An_answer_under_way_outlives_the_change_of_its_proxy()
    {
        await using FakeCodex.FakeBackend backend = await FakeCodex.FakeBackend.StartAsync();
        await using ProxyServer first = new("http", backend.Origin);
        await using ProxyServer second = new("http", backend.Origin);
        using HttpMessageInvoker http = Egress.Create(_ => null);
        var gate = new TaskCompletionSource();
        using RoutedConnections connections = new(new HttpMessageInvoker(new SocketsHttpHandler()), _ => new HttpMessageInvoker(new Waiting(gate.Task)), TimeProvider.System);
        using HttpMessageInvoker routed = new(connections);

        Task<HttpResponseMessage> waiting = routed.SendAsync(Request(first.Url), Cancellation);
        Task<HttpResponseMessage> next = routed.SendAsync(Request(second.Url), Cancellation);
        gate.SetResult();

        Assert.Equal((200, 200), ((int)(await waiting).StatusCode, (int)(await next).StatusCode));
        Assert.Equal(1, connections.Count);
    }

    [Fact]
    public async Task Connections_are_bounded_and_go_when_nobody_uses_them()
    {
        var time = new FakeTimeProvider();
        int closed = 0;
        using RoutedConnections connections = new(new HttpMessageInvoker(new SocketsHttpHandler()), _ => new HttpMessageInvoker(new Waiting(Task.CompletedTask) { Closed = () => closed++ }), time);
        using HttpMessageInvoker http = new(connections);
        Assert.Equal(0, connections.Count);

        for (int i = 0; i < RoutedConnections.MostOpen + 5; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            (await http.SendAsync(Request("http://proxy.invalid:1", account: $"{i}"), Cancellation)).Dispose();
        }

        Assert.Equal((RoutedConnections.MostOpen, 5), (connections.Count, closed));

        time.Advance(TimeSpan.FromMinutes(25));
        Assert.Equal((0, RoutedConnections.MostOpen + 5), (connections.Count, closed));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\" \"")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("\"sokcs5://127.0.0.1:1\"")]
    public void What_the_account_file_says_unreadably_is_no_direct_way(string value)
    {
        AccountProxy? proxy = AccountList.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"accounts":[{"email":"a@x.com","proxy":{{value}}}]}""")).All.Single().Proxy;

        Assert.NotNull(proxy?.Problem);
        Assert.Null(AccountList.Parse("""{"accounts":[{"email":"a@x.com","proxy":null}]}"""u8.ToArray()).All.Single().Proxy);
    }

    private static HttpRequestMessage Request(string proxy, string url = "http://backend.invalid/health", string account = "me")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        new OutboundRoute(account, AccountProxy.Parse(proxy)).ApplyTo(request);
        return request;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(5, patience.Token);
    }

    private sealed class Waiting(Task gate) : HttpMessageHandler
    {
        public Action Closed { get; init; } = () => { };

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await gate;
            return new HttpResponseMessage();
        }

        protected override void Dispose(bool disposing)
        {
            Closed();
            base.Dispose(disposing);
        }
    }
}
