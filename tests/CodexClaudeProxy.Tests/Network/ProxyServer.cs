using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CodexClaudeProxy.Tests.Network;

/// <summary>What a proxy for tests does with a connection.</summary>
public enum ProxyConduct
{
    Serve,

    /// <summary>Accepts connections and is silent.</summary>
    Hang,

    /// <summary>Lets nobody through.</summary>
    Refuse,

    /// <summary>Closes connections at once.</summary>
    Close,
}

/// <summary>
/// A strict proxy, HTTP or SOCKS 5, that counts. It leads every name to one server, so that names that nobody can resolve are reached through it and in no
/// other way. Whoever asks it to connect to an address instead of a name breaks a rule, since the name was looked up elsewhere.
/// </summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly bool _isSocks;
    private readonly Uri _server;
    private int _open;

    /// <param name="kind"><c>http</c> or <c>socks5</c>.</param>
    /// <param name="server">Where every connection leads.</param>
    public ProxyServer(string kind, string server)
    {
        (_isSocks, _server) = (kind == "socks5", new Uri(server));
        _listener.Start();
        _connections.Add(AcceptAsync());
    }

    public ProxyConduct Conduct { get; set; }

    /// <summary>Such as <c>user:password</c>; null when anybody may come.</summary>
    public string? Credentials { get; init; }

    /// <summary>Connections begin with TLS and this certificate; null for none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Every host and port that somebody was let through to.</summary>
    public ConcurrentQueue<string> Targets { get; } = [];

    /// <summary>What was wrong.</summary>
    public ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>How many connections there are now.</summary>
    public int Open => _open;

    /// <summary>How many there were.</summary>
    public int Accepted { get; private set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>As an account would name it.</summary>
    public string Url => $"{(_isSocks ? "socks5" : "http")}://{(Credentials is null ? "" : Credentials + "@")}127.0.0.1:{Port}";

    /// <summary>As it may be shown.</summary>
    public string Shown => $"{(_isSocks ? "socks5" : "http")}://{(Credentials is null ? "" : "***@")}127.0.0.1:{Port}";

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_closing.Token);
            Accepted++;
            _connections.Add(Task.Run(() => ServeAsync(client)));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _open);
        try
        {
            using (client)
            {
                NetworkStream stream = client.GetStream();
                if (Conduct == ProxyConduct.Close) return;
                if (Conduct == ProxyConduct.Hang) await Task.Delay(Timeout.Infinite, _closing.Token);
                byte[]? first = _isSocks ? await GreetAsync(stream) : await ReadRequestAsync(stream);
                if (first is not null) await CarryAsync(stream, first);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // One of the two ends has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <returns>What is already read of what goes through; null when nobody is let through.</returns>
    private async Task<byte[]?> ReadRequestAsync(NetworkStream stream)
    {
        string head = await ReadHeadAsync(stream);
        string[] words = head.Split("\r\n")[0].Split(' ');
        bool isTunnel = words[0] == "CONNECT";
        string target = isTunnel ? words[1] : new Uri(words[1]) is { } address ? $"{address.Host}:{address.Port}" : "";
        if (Conduct == ProxyConduct.Refuse) return await AnswerAsync(stream, "403 Forbidden");
        string wanted = $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Credentials ?? ""))}\r\n";
        if (Credentials is not null && !head.Contains(wanted, StringComparison.OrdinalIgnoreCase)) return await AnswerAsync(stream, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"");
        if (isTunnel && head.Contains("authorization: Bearer", StringComparison.OrdinalIgnoreCase)) Violations.Enqueue("a token was sent to the proxy");
        Note(target);
        if (!isTunnel) return Encoding.Latin1.GetBytes(head);
        await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _closing.Token);
        return [];
    }

    private async Task<byte[]?> AnswerAsync(NetworkStream stream, string status)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _closing.Token);
        return null;
    }

    /// <summary>RFC 1928, with user name and password of RFC 1929 if they are wanted.</summary>
    private async Task<byte[]?> GreetAsync(NetworkStream stream)
    {
        byte[] greeting = await ReadAsync(stream, 2);
        if (greeting[0] != 5) throw new IOException("This is not SOCKS 5.");
        byte[] methods = await ReadAsync(stream, greeting[1]);
        byte method = Credentials is null ? (byte)0 : (byte)2;
        if (!methods.Contains(method)) return await ReplyAsync(stream, [5, 0xFF]);
        await stream.WriteAsync(new byte[] { 5, method }, _closing.Token);
        if (Credentials is not null)
        {
            int user = (await ReadAsync(stream, 2))[1];
            string name = Encoding.UTF8.GetString(await ReadAsync(stream, user));
            string password = Encoding.UTF8.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1))[0]));
            if ($"{name}:{password}" != Credentials) return await ReplyAsync(stream, [1, 1]);
            await stream.WriteAsync(new byte[] { 1, 0 }, _closing.Token);
        }

        byte[] request = await ReadAsync(stream, 4);
        if (request[3] != 3) Violations.Enqueue("an address instead of a name");
        int length = request[3] switch { 1 => 4, 4 => 16, _ => (await ReadAsync(stream, 1))[0] };
        byte[] host = await ReadAsync(stream, length);
        byte[] port = await ReadAsync(stream, 2);
        if (Conduct == ProxyConduct.Refuse) return await ReplyAsync(stream, [5, 2, 0, 1, 0, 0, 0, 0, 0, 0]);
        Note($"{Encoding.ASCII.GetString(host)}:{port[0] << 8 | port[1]}");
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, _closing.Token);
        return [];
    }

    private async Task<byte[]?> ReplyAsync(NetworkStream stream, byte[] refusal)
    {
        await stream.WriteAsync(refusal, _closing.Token);
        return null;
    }

    private void Note(string target)
    {
        Targets.Enqueue(target);
        if (IPAddress.TryParse(target.Split(':')[0], out _)) Violations.Enqueue($"an address instead of a name: {target}");
    }

    private async Task CarryAsync(NetworkStream stream, byte[] first)
    {
        using TcpClient server = new();
        await server.ConnectAsync(_server.Host, _server.Port, _closing.Token);
        NetworkStream onward = server.GetStream();
        Stream inward = stream;
        if (Certificate is not null)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _closing.Token);
            inward = secure;
        }

        await onward.WriteAsync(first, _closing.Token);
        await Task.WhenAny(inward.CopyToAsync(onward, _closing.Token), onward.CopyToAsync(inward, _closing.Token));
    }

    private async Task<byte[]> ReadAsync(NetworkStream stream, int count)
    {
        byte[] read = new byte[count];
        await stream.ReadExactlyAsync(read, _closing.Token);
        return read;
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)(await ReadAsync(stream, 1))[0]);
        return head.ToString();
    }
}
