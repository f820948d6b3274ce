using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CodexClaudeProxy.Tests.Hosting;

/// <summary>A real reverse proxy with a certificate of its own, and a client that takes its name for this machine.</summary>
internal sealed class FrontServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _directory;
    private readonly HttpClient _http;

    private FrontServer(Process process, DirectoryInfo directory, int port, byte[] certificate)
    {
        _process = process;
        _directory = directory;
        _http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetRawCertData().AsSpan().SequenceEqual(certificate) },
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }) { Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <param name="configure">Its configuration, from the directory it may use.</param>
    public static async Task<FrontServer> StartAsync(string program, string name, int port, Func<string, string> configure, CancellationToken cancellation)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/usr/local/sbin").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (path is null) Assert.Skip($"{program} is not installed.");

        DirectoryInfo directory = Directory.CreateTempSubdirectory("ccp-front-");
        byte[] certificate = WriteCertificate(name, directory.FullName);
        string file = Path.Combine(directory.FullName, "front.conf");
        await File.WriteAllTextAsync(file, configure(directory.FullName), cancellation);
        string[] arguments = program == "nginx" ? ["-e", "stderr", "-p", directory.FullName, "-c", file] : ["run", "--adapter", "caddyfile", "--config", file];
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardError = true };
        foreach (string variable in (string[])["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"]) start.Environment[variable] = directory.FullName;
        Process process = Process.Start(start)!;
        var said = new StringBuilder();
        process.ErrorDataReceived += (_, line) => { lock (said) said.AppendLine(line.Data); };
        process.BeginErrorReadLine();
        var front = new FrontServer(process, directory, port, certificate);
        for (int i = 0; i < 300 && !process.HasExited; i++)
        {
            if (await AnswersAsync(port, cancellation)) return front;
            await Task.Delay(100, cancellation);
        }

        await front.DisposeAsync();
        lock (said) throw new InvalidOperationException($"{program} does not start: {said}");
    }

    public async Task<Answer> SendAsync(HttpMethod method, string address, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = Request(method, address, headers);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, new Dictionary<string, string>(), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Changes a setting of the program behind.</summary>
    public async Task<HttpStatusCode> PatchAsync(string address, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = Request(HttpMethod.Patch, address + "/api/settings", headers);
        request.Content = new StringContent("""{"holdSeconds":11}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>The status and what comes first of a body that may never end.</summary>
    public async Task<string> FirstLineAsync(string address, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, address, headers);
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        return (await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20)))!;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private static HttpRequestMessage Request(HttpMethod method, string address, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, address);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellation)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static byte[] WriteCertificate(string name, string directory)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(directory, "front.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "front.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate.RawData;
    }
}
