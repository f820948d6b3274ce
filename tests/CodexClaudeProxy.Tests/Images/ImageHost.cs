using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CodexClaudeProxy.Images;

namespace CodexClaudeProxy.Tests.Images;

/// <summary>
/// A web server for images on loopback, and a network in which every name of <c>.example</c> has a public address that leads to it.
/// What stands in for the internet is only the name service and the last step; every check in between is the product's.
/// </summary>
internal sealed class ImageHost : IAsyncDisposable
{
    public const string PublicIp = "93.184.215.14";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private readonly Func<string, Stream, CancellationToken, Task> _answer;

    /// <param name="answer">Writes what follows a request for a path, head and all; then the connection is closed.</param>
    public ImageHost(Func<string, Stream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public ImageHost(Func<string, byte[]> answer) : this(async (path, stream, cancellation) => await stream.WriteAsync(answer(path), cancellation))
    {
    }

    /// <summary>The heads of the requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>What was connected to.</summary>
    public ConcurrentQueue<IPEndPoint> Dialled { get; } = [];

    /// <summary>Names with addresses of their own.</summary>
    public ConcurrentDictionary<string, string[]> Names { get; } = [];

    /// <summary>With one, the server speaks TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    public ImageNetwork Network => new(LookUp, DialAsync);

    /// <summary>Over when the other side has closed the connection, in order or not.</summary>
    public static async Task ClosedAsync(Stream stream, CancellationToken cancellation)
    {
        try
        {
            while (await stream.ReadAsync(new byte[1], cancellation) > 0) continue;
        }
        catch (IOException)
        {
            // Not in order.
        }
    }

    public static byte[] Png(int length = 64, byte fill = 7)
    {
        byte[] image = new byte[length];
        Array.Fill(image, fill);
        // One chunk, as long as needed, and the one that ends the file.
        ((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]).CopyTo(image);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(image.AsSpan(8), length - 32);
        ((ReadOnlySpan<byte>)[0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82]).CopyTo(image.AsSpan(length - 12));
        return image;
    }

    public static string DataUrl(byte[] image, string type = "image/png") => $"data:{type};base64,{Convert.ToBase64String(image)}";

    public static byte[] Ok(byte[] body, string more = "content-type: text/plain\r\n") =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\nconnection: close\r\n{more}\r\n"), .. body];

    public static X509Certificate2 SelfSigned(string name)
    {
        using var key = RSA.Create(2048);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    public static byte[] Status(string line, string more = "") => Encoding.ASCII.GetBytes($"HTTP/1.1 {line}\r\ncontent-length: 0\r\nconnection: close\r\n{more}\r\n");

    public static byte[] Redirect(string to, int status = 302) => Status($"{status} Moved", $"location: {to}\r\n");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private Task<IPAddress[]> LookUp(string host, CancellationToken cancellation)
    {
        string[] addresses = Names.TryGetValue(host, out string[]? own) ? own
            : host.EndsWith(".example", StringComparison.Ordinal) ? [PublicIp]
            : IPAddress.TryParse(host, out _) ? [host]
            : throw new SocketException((int)SocketError.HostNotFound);
        return Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse));
    }

    private async ValueTask<Stream> DialAsync(IPEndPoint address, CancellationToken cancellation)
    {
        Dialled.Enqueue(address);
        if (address.Address.ToString() == "93.184.215.99") throw new SocketException((int)SocketError.ConnectionRefused);
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)_listener.LocalEndpoint, cancellation);
        return client.GetStream();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _connections.Add(ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            Stream stream = client.GetStream();
            if (Certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(Certificate).WaitAsync(_stop.Token);
                stream = tls;
            }

            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            var head = new StringBuilder();
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line) head.AppendLine(line);
            // Whoever does not trust the certificate goes away without a word.
            if (head.Length == 0) return;
            Requests.Enqueue(head.ToString());
            await _answer(head.ToString().Split(' ')[1], stream, _stop.Token);
        }
    }
}
