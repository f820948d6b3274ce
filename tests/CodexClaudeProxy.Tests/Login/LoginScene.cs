using System.Net;
using System.Net.Sockets;
using System.Text;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Tests.Accounts;
using FakeCodex;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Login;

/// <summary>Every way to sign in, in front of a login server that plays by the real one's rules, and a browser.</summary>
internal sealed class LoginScene : IAsyncDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
    private readonly DeviceLogin _device;

    private LoginScene(RefreshScene accounts, IReadOnlyList<int> ports, string host)
    {
        Accounts = accounts;
        ILoggerFactory logs = accounts.Files.Logs;
        var issuer = new Uri(Auth.Url);
        Sessions = new LoginSessions(Time, logs.CreateLogger<LoginSessions>());
        Exchange = new TokenExchange(new TokenEndpoint(_http, issuer, Time), Files.Store, Time, logs.CreateLogger<TokenExchange>(), (account, ct) =>
        {
            Welcomed.Add(account.Key);
            return Accounts.Usage.FetchAsync(account, ct);
        });
        Browser = new BrowserLogin(new LoginOptions(issuer, host, ports), Sessions, Exchange, Time, logs.CreateLogger<BrowserLogin>());
        Paste = new PasteLogin(Sessions, Exchange);
        _device = new DeviceLogin(new DeviceEndpoint(_http, issuer, Time), Sessions, Exchange, Time, logs.CreateLogger<DeviceLogin>());
    }

    public RefreshScene Accounts { get; }

    public AccountFixture Files => Accounts.Files;

    public FakeAuth Auth => Accounts.Auth;

    public FakeTimeProvider Time => Accounts.Time;

    public LoginSessions Sessions { get; }

    public TokenExchange Exchange { get; }

    public BrowserLogin Browser { get; }

    public PasteLogin Paste { get; }

    public DeviceLogin Device => _device;

    public List<string> Welcomed { get; } = [];

    public static async Task<LoginScene> StartAsync(IReadOnlyList<int>? ports = null, string host = "localhost") => new(await RefreshScene.StartAsync(), ports ?? [0], host);

    public async Task<LoginSession> BeginAsync()
    {
        BrowserStart start = await Browser.StartAsync(null, proxy: null, TestContext.Current.CancellationToken);
        Assert.Null(start.Trouble);
        return start.Session;
    }

    /// <summary>Opens the address as a browser does: to the login server, and back to where that sends it.</summary>
    public Task<Page> OpenAsync(LoginSession session) => VisitAsync(session.Authorization!.Url);

    public async Task<Page> VisitAsync(string url)
    {
        using HttpResponseMessage response = await _browser.GetAsync(url, TestContext.Current.CancellationToken);
        return new Page(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers.ToString() + response.Content.Headers);
    }

    /// <summary>Signs in at the login server only, and returns the address it would send the browser to.</summary>
    public async Task<string> AuthorizeAsync(LoginSession session)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, session.Authorization!.Url);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.AbsoluteUri;
    }

    public static async Task<bool> IsListeningAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends the bytes as they are and reads until the other side closes.</summary>
    public static async Task<string> SendRawAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    /// <summary>A port nobody listens on at the moment.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _device.DisposeAsync();
        await Browser.DisposeAsync();
        await Exchange.DisposeAsync();
        Sessions.Dispose();
        await Accounts.DisposeAsync();
        _http.Dispose();
        _browser.Dispose();
    }
}

internal sealed record Page(HttpStatusCode Status, string Html, string Headers);
