using System.Security.Cryptography.X509Certificates;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd.Roots;

/// <summary>The dynamic and the static program (<c>CCP_STATIC_BINARY</c>) where hardly anything is installed.</summary>
[Trait("Stage", "roots")]
public sealed class BareRoots
{
    [Fact]
    public async Task The_static_program_needs_an_empty_root()
    {
        using BareRoot root = Static();

        (int exitCode, string output, string errors) = await root.RunAsync(["--version"]);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Matches("^codex-claude-proxy [0-9]+\\.[0-9]+\\.[0-9]+ .*-static\\)", output);

        await Demo.AssertAnswersAsync(root.Start(["demo", "--port", "0"]));
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
        using X509Certificate2 certificate = FakeCertificate.ForLoopback(), other = FakeCertificate.ForLoopback();
        await using TlsServer server = new(certificate);
        using BareRoot root = Static();

        root.Write(file, other.ExportCertificatePem());
        Assert.Contains("its certificate is not trusted", await server.CheckAsync(root), StringComparison.Ordinal);

        root.Write(file, certificate.ExportCertificatePem());
        Assert.StartsWith("127.0.0.1 answered", await server.CheckAsync(root), StringComparison.Ordinal);
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

    private static BareRoot Static()
    {
        BareRoot.RequireEntry();
        return new BareRoot(Needs.Path("CCP_STATIC_BINARY", "a static program (publish.sh --static)"));
    }

    private static async Task<BareRoot> DynamicAsync()
    {
        BareRoot.RequireEntry();
        BareRoot root = new(await PublishedBinary.PathAsync());
        root.AddLibc();
        root.Write("etc/os-release", "ID=debian\nVERSION_ID=\"12\"");
        return root;
    }
}
