using System.Net;
using System.Net.Sockets;

namespace CodexClaudeProxy.Tests.Login;

/// <summary>A port that some other program has: it hangs up on everybody who calls.</summary>
internal sealed class TakenPort : IDisposable
{
    private readonly TcpListener _listener;

    public TakenPort(IPAddress? address = null, int port = 0)
    {
        _listener = new TcpListener(address ?? IPAddress.Loopback, port);
        _listener.Start();
        _ = HangUpAsync();
    }

    public int Number => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task HangUpAsync()
    {
        try
        {
            while (true) (await _listener.AcceptSocketAsync()).Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
