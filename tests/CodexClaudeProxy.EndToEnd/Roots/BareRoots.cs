using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.EndToEnd.Roots;

/// <summary>The dynamic and the static program (<c>CCP_STATIC_BINARY</c>) where hardly anything is installed.</summary>
[Trait("Stage", "roots")]
public sealed class BareRoots
{
    private const string Message = """{"model":"claude-sonnet-4-5","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"hello"}]}""";

    [Fact]
    public async Task The_static_program_needs_an_empty_root()
    {
        using BareRoot root = Static();

        (int exitCode, string output, string errors) = await root.RunAsync(["--version"]);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Matches("^codex-claude-proxy [0-9]+\\.[0-9]+\\.[0-9]+ .*-static\\)", output);

        await AssertDemoAnswersAsync(root);
    }

    [Fact]
    public async Task Without_authorities_the_static_program_says_so()
    {
        using BareRoot root = Static();
        root.Write("etc/os-release", "ID=alpine");

        (int exitCode, string output, string errors) = await root.RunAsync(["serve", "--port", "0"]);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("apk add ca-certificates", errors, StringComparison.Ordinal);
    }

    /// <summary>The places of Debian, Fedora, SUSE and Alpine, of which the OpenSSL inside knows one at most.</summary>
    [Theory]
    [InlineData("etc/ssl/certs/ca-certificates.crt")]
    [InlineData("etc/pki/tls/certs/ca-bundle.crt")]
    [InlineData("etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")]
    [InlineData("var/lib/ca-certificates/ca-bundle.pem")]
    [InlineData("etc/ssl/cert.pem")]
    public async Task The_static_program_trusts_the_authorities_of_the_system(string file)
    {
        using X509Certificate2 certificate = SelfSigned(), other = SelfSigned();
        await using TlsServer server = new(certificate);
        using BareRoot root = Static();

        root.Write(file, other.ExportCertificatePem());
        Assert.Contains("its certificate is not trusted", await BackendAsync(root, server), StringComparison.Ordinal);

        root.Write(file, certificate.ExportCertificatePem());
        Assert.StartsWith("127.0.0.1 answered", await BackendAsync(root, server), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo", "--port", "0")]
    [InlineData("serve", "--port", "0")]
    [InlineData("login")]
    public async Task Without_OpenSSL_the_dynamic_program_says_which_package_is_missing(params string[] arguments)
    {
        using BareRoot root = await DynamicAsync();

        (int exitCode, string output, string errors) = await root.RunAsync(arguments);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal("OpenSSL's library libssl is missing on this machine. Install it: apt-get install libssl3. Or take the static build for Linux, which has it inside.\n", errors);
        Assert.Equal(0, (await root.RunAsync(["--version"])).ExitCode);
    }

    [Fact]
    public async Task Without_OpenSSL_the_doctor_begins_with_it()
    {
        using BareRoot root = await DynamicAsync();

        (int exitCode, string output, _) = await root.RunAsync(["doctor"]);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("fail     Encryption  OpenSSL's library libssl is missing", output, StringComparison.Ordinal);
    }

    private static async Task AssertDemoAnswersAsync(BareRoot root)
    {
        using RunningProgram demo = await RunningProgram.StartAsync(root.Start(["demo", "--port", "0"]));
        using HttpClient http = new();
        using StringContent body = new(Message, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync(demo.Url + "/v1/messages", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await demo.StopAsync());
    }

    /// <summary>What the doctor says about the connection to the backend.</summary>
    private static async Task<string> BackendAsync(BareRoot root, TlsServer server)
    {
        string output = (await root.RunAsync(["doctor", "--json"], ("CCP_CHATGPT_URL", server.Url + "/backend-api"), ("CCP_AUTH_URL", server.Url))).Output;
        return JsonNode.Parse(output)!["checks"]!.AsArray().Single(check => check!["id"]!.GetValue<string>() == "backend")!["detail"]!.GetValue<string>();
    }

    private static BareRoot Static()
    {
        Assert.SkipWhen(BareRoot.Obstacle is not null, BareRoot.Obstacle ?? "");
        string? binary = Environment.GetEnvironmentVariable("CCP_STATIC_BINARY");
        Assert.SkipWhen(binary is null, "CCP_STATIC_BINARY does not name a static program (publish.sh --static)");
        return new BareRoot(binary);
    }

    private static async Task<BareRoot> DynamicAsync()
    {
        Assert.SkipWhen(BareRoot.Obstacle is not null, BareRoot.Obstacle ?? "");
        BareRoot root = new(await PublishedBinary.PathAsync());
        root.AddLibc();
        root.Write("etc/os-release", "ID=debian\nVERSION_ID=\"12\"");
        return root;
    }

    private static X509Certificate2 SelfSigned()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN=Authority {Guid.NewGuid()}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>Answers every request over TLS with nothing.</summary>
    private sealed class TlsServer : IAsyncDisposable
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

        public string Url => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

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
}
