using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary>One request as it arrived.</summary>
internal sealed record ReceivedAlert(string Method, string Path, Dictionary<string, string> Headers, byte[] Body)
{
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();
}

/// <summary>Somebody who gets alerts, on a loopback port.</summary>
internal sealed class AlertReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ReceivedAlert> _received = [];
    private readonly Task _work;

    public AlertReceiver()
    {
        _listener.Start();
        _work = Task.Run(ListenAsync);
    }

    /// <summary>The head of the answer to each request, by its number from 0; null closes the connection without one, and an empty one never comes.</summary>
    public Func<int, string?> Answer { get; set; } = static _ => "204 No Content";

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public IReadOnlyList<ReceivedAlert> Received
    {
        get { lock (_received) return [.. _received]; }
    }

    public async Task<IReadOnlyList<ReceivedAlert>> WaitAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Received.Count < count) await Task.Delay(5, patience.Token);
        return Received;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = Task.Run(async () =>
            {
                using (client) await ServeAsync(client.GetStream());
            });
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        using StreamReader reader = new(stream, Encoding.Latin1);
        string[] first = (await reader.ReadLineAsync(_stop.Token))?.Split(' ') ?? [];
        if (first.Length < 2) return;
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line) headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
        char[] body = new char[int.Parse(headers.GetValueOrDefault("content-length", "0"), System.Globalization.CultureInfo.InvariantCulture)];
        await reader.ReadBlockAsync(body, _stop.Token);
        int number;
        lock (_received)
        {
            number = _received.Count;
            _received.Add(new ReceivedAlert(first[0], first[1], headers, Encoding.Latin1.GetBytes(body)));
        }

        if (Answer(number) is not { } head) return;
        if (head.Length == 0) await Task.Delay(Timeout.Infinite, _stop.Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
    }
}
