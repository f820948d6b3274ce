using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CodexClaudeProxy.Load.Client;

/// <summary>One connection of a client, kept alive from one request to the next.</summary>
internal sealed class Connection(int portion = Connection.Portion) : IDisposable
{
    private const int Portion = 64 * 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[portion];

    public async Task ConnectAsync(int port, CancellationToken cancellation = default) => await _socket.ConnectAsync(IPAddress.Loopback, port, cancellation);

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <param name="started">Called with the time since the request was sent when the first event is here.</param>
    public async Task<ReplyReader> ExchangeAsync(ReadOnlyMemory<byte> request, Tally? tally = null, Action<TimeSpan>? started = null, CancellationToken cancellation = default)
    {
        long sent = Stopwatch.GetTimestamp();
        for (int done = 0; done < request.Length;) done += await _socket.SendAsync(request[done..], cancellation);
        ReplyReader reply = new(tally);
        while (!reply.IsOver)
        {
            int count = await _socket.ReceiveAsync(_buffer, cancellation);
            if (count == 0) throw new IOException($"The connection ended before the answer did: {reply.Ending}");
            reply.Read(_buffer.AsSpan(0, count));
            if (reply.Events == 0 || started is null) continue;
            started(Stopwatch.GetElapsedTime(sent));
            started = null;
        }
        return reply;
    }

    public void Dispose() => _socket.Dispose();
}
