using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CodexClaudeProxy.Tests.Network;

/// <summary>A certificate authority of a company's own, and a server's certificate from it.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _authority;

    public TestAuthority(params ReadOnlySpan<string> hosts)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        var authority = new CertificateRequest("CN=Company", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));

        using RSA key = RSA.Create(2048);
        var server = new CertificateRequest($"CN={hosts[0]}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in hosts) names.AddDnsName(host);
        server.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = server.Create(_authority, now.AddDays(-1), now.AddDays(1), [1, 2, 3, 4]);
        Server = signed.CopyWithPrivateKey(key);

        File = Path.GetTempFileName();
        System.IO.File.WriteAllText(File, _authority.ExportCertificatePem());
    }

    public X509Certificate2 Server { get; }

    /// <summary>What a variable such as <c>SSL_CERT_FILE</c> names.</summary>
    public string File { get; }

    public void Dispose()
    {
        System.IO.File.Delete(File);
        Server.Dispose();
        _authority.Dispose();
        _key.Dispose();
    }
}
