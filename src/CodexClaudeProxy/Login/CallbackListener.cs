using System.Net;
using System.Net.Sockets;
using System.Text;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Login;

/// <summary>
/// The address a browser comes back to. It is open only while a login waits, on this machine's own addresses only, and nobody
/// else can have the port at the same time: who answers there receives the code.
/// </summary>
/// <param name="answer">Decides about a well-formed GET request.</param>
internal sealed class CallbackListener(Func<CallbackRequest, Task<CallbackReply>> answer, TimeProvider time) : IAsyncDisposable
{
    private const int LongestHead = 16 * 1024;
    private const int MostRetries = 10;

    private static readonly TimeSpan HeadPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(5);

    // _gate guards the fields below.
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _connections = [];
    private Socket[] _open = [];
    private int? _port;

    /// <summary>The port while the listener is open, else null.</summary>
    public int? Port
    {
        get { lock (_gate) return _port; }
    }

    /// <summary>Opens the first port that can be had. Returns null, or why there is none and what helps, without the last full stop.</summary>
    /// <param name="ports">In order of preference; 0 lets the system choose.</param>
    public async Task<string?> OpenAsync(IReadOnlyList<int> ports, CancellationToken ct)
    {
        foreach (int port in ports)
        {
            if (TryBind(port)) return null;
            // Another login server, perhaps one that was forgotten, gives way when it is asked to. So does ours.
            bool givesWay = await AskToCancelAsync(port, ct);
            for (int retry = 0; givesWay && retry < MostRetries; retry++)
            {
                await Task.Delay(RetryPause, time, ct);
                if (TryBind(port)) return null;
            }
        }

        int[] forbidden = [.. ports.Where(IsForbidden)];
        List<string> reasons = [];
        foreach (int port in ports) reasons.Add(forbidden.Contains(port) ? ForbiddenPort.Reason(port) : $"port {port} is in use by {await PortHolder.FindAsync(port) ?? "another program"}");
        string all = string.Join(" and ", reasons);
        string remedy = forbidden.Length == ports.Count ? $"{ForbiddenPort.Remedy(forbidden[0])}. Then try again" : "Close that program and try again";
        return $"{char.ToUpperInvariant(all[0])}{all[1..]}. {remedy}";
    }

    /// <summary>Nothing new is accepted; answers under way are finished.</summary>
    public void Close()
    {
        Socket[] closing;
        lock (_gate)
        {
            closing = _open;
            _open = [];
            _port = null;
        }

        foreach (Socket socket in closing) socket.Dispose();
    }

    /// <summary>The browser still gets its page.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        Task answered;
        lock (_gate) answered = Task.WhenAll(_connections);
        await Task.WhenAny(answered, Task.Delay(FarewellPatience, time));
    }

    private bool TryBind(int port)
    {
        if (Bind(IPAddress.Loopback, port) is not { } four) return false;
        int bound = ((IPEndPoint)four.LocalEndPoint!).Port;
        Socket? six = Socket.OSSupportsIPv6 ? Bind(IPAddress.IPv6Loopback, bound) : null;
        // A browser may try ::1 first for "localhost". If somebody else sits there, he would get the code.
        if (six is null && IsTaken(IPAddress.IPv6Loopback, bound))
        {
            four.Dispose();
            return false;
        }

        Socket[] sockets = six is null ? [four] : [four, six];
        lock (_gate)
        {
            _open = sockets;
            _port = bound;
        }

        foreach (Socket socket in sockets) _ = AcceptAsync(socket);
        return true;
    }

    /// <summary>Null when the address is not to be had.</summary>
    private static Socket? Bind(IPAddress address, int port)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static bool IsForbidden(int port)
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return false;
        }
        catch (SocketException e)
        {
            return ForbiddenPort.Is(e);
        }
    }

    /// <summary>Tells a taken address from one this machine does not have.</summary>
    private static bool IsTaken(IPAddress address, int port)
    {
        if (!Socket.OSSupportsIPv6) return false;
        using Socket probe = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(address, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>As the official client: a plain <c>GET /cancel</c>. True when it was granted.</summary>
    private async Task<bool> AskToCancelAsync(int port, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(CancelPatience, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port, both.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /cancel HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"), both.Token);
            byte[] head = new byte[16];
            int length = await socket.ReceiveAsync(head, both.Token);
            return head.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8) || head.AsSpan(0, length).StartsWith("HTTP/1.0 200"u8);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task AcceptAsync(Socket listening)
    {
        while (true)
        {
            Socket connection;
            try
            {
                connection = await listening.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                lock (_gate)
                {
                    if (!_open.Contains(listening)) return;
                }

                // A caller that gave up before it was accepted, or no descriptor left for a moment.
                await Task.Delay(RetryPause, time);
                continue;
            }

            Track(ServeAsync(connection));
        }
    }

    private void Track(Task connection)
    {
        lock (_gate) _connections.Add(connection);
        _ = connection.ContinueWith(
            done =>
            {
                lock (_gate) _connections.Remove(done);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                using CancellationTokenSource limit = new(HeadPatience, time);
                byte[] head = await ReadHeadAsync(socket, limit.Token);
                CallbackReply reply = CallbackRequest.Parse(head) switch
                {
                    null => CallbackReply.Line(HttpStatusCode.BadRequest, "Bad request"),
                    { IsForThisMachine: false } => CallbackReply.Line(HttpStatusCode.MisdirectedRequest, "This address answers only under its own name"),
                    { Method: not "GET" } => CallbackReply.Line(HttpStatusCode.MethodNotAllowed, "Method not allowed"),
                    { } request => await answer(request),
                };
                byte[] bytes = reply.Format();
                await socket.SendAsync(bytes);
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The browser is gone, or was none.
            }
        }
    }

    /// <summary>Everything up to the empty line; what came so far when there is none.</summary>
    private static async Task<byte[]> ReadHeadAsync(Socket socket, CancellationToken ct)
    {
        byte[] buffer = new byte[LongestHead];
        int filled = 0;
        while (filled < buffer.Length)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(filled), ct);
            if (read == 0) break;
            filled += read;
            int end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return buffer[..end];
        }

        return [];
    }
}
