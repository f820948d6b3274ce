using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FakeCodex;

/// <summary>What a server on this machine shows over TLS.</summary>
public static class FakeCertificate
{
    /// <summary>A certificate for 127.0.0.1 that is an authority itself, good for a day.</summary>
    public static X509Certificate2 ForLoopback()
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
}
