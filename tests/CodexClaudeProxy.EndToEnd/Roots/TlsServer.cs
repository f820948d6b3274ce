using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.EndToEnd.Roots;

/// <summary>Answers every request over TLS with nothing.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly Task _accepting;

    public TlsServer(X509Certificate2 certificate)
    {
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What makes this server a program's backend.</summary>
    public (string Name, string Value)[] Variables => [("CCP_CHATGPT_URL", Url + "/backend-api"), ("CCP_AUTH_URL", Url)];

    private string Url => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>What the doctor of a program in a root says about the connection to this server as its backend.</summary>
    public async Task<string> CheckAsync(BareRoot root)
    {
        string output = (await root.RunAsync(["doctor", "--json"], Variables)).Output;
        return JsonNode.Parse(output)!["checks"]!.AsArray().Single(check => check!["id"]!.GetValue<string>() == "backend")!["detail"]!.GetValue<string>();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        try
        {
            await using SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsServerAsync(_certificate);
            _ = await stream.ReadAsync(new byte[8192]);
            await stream.WriteAsync("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"u8.ToArray());
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // Whoever does not trust us hangs up.
        }
    }
}
