using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CodexClaudeProxy.Network;

/// <summary>
/// Certificate authorities that count beside the system's own, as companies need whose proxies open connections: the files that
/// <c>CODEX_CA_CERTIFICATE</c> (the Codex CLI), <c>NODE_EXTRA_CA_CERTS</c> (Claude Code) and <c>SSL_CERT_FILE</c> (OpenSSL) name.
/// On Linux also the system's own, where OpenSSL does not find them: one that is linked in looks where its own distribution keeps them.
/// </summary>
internal sealed class ExtraCertificates
{
    public static readonly string[] Variables = ["CODEX_CA_CERTIFICATE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];

    private readonly Lazy<X509Certificate2Collection> _named;
    private readonly Lazy<X509Certificate2Collection> _system;

    private ExtraCertificates(string[] files, string? bundle)
    {
        _named = new(() => Load(files));
        _system = new(() => Load(bundle is null ? [] : [bundle]));
    }

    /// <summary>Null when there is no such file: then the system alone decides.</summary>
    public static ExtraCertificates? FromEnvironment(Func<string, string?> variable)
    {
        string[] files = [.. Variables.Select(variable).OfType<string>().Where(file => file.Length > 0).Distinct()];
        string? bundle = OperatingSystem.IsLinux() ? new LinuxTls(variable).Bundle : null;
        return files.Length == 0 && bundle is null ? null : new ExtraCertificates(files, bundle);
    }

    /// <summary>Why the file that a variable names cannot be used; null when it can, or when the variable is not set.</summary>
    public static string? ProblemOf(string name, Func<string, string?> variable)
    {
        if (variable(name) is not { Length: > 0 } file) return null;
        if (!File.Exists(file)) return $"{name} names {file}, which does not exist";
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0 ? null : $"{name} names {file}, which holds no certificate";
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"{name} names {file}, which cannot be read: {e.Message}";
        }
    }

    /// <summary>Called for every connection: what the system does not trust may still come from one of the extra authorities.</summary>
    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        // Another host's certificate, or none, is wrong whoever signed it.
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf) return false;
        return Accept(leaf, chain, _named.Value) || Accept(leaf, chain, _system.Value);
    }

    private static bool Accept(X509Certificate2 leaf, X509Chain? chain, X509Certificate2Collection authorities)
    {
        if (authorities.Count == 0) return false;
        using var second = new X509Chain();
        second.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        second.ChainPolicy.CustomTrustStore.AddRange(authorities);
        second.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        second.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1", "Server Authentication"));
        if (chain is not null) second.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return second.Build(leaf);
    }

    private static X509Certificate2Collection Load(string[] files)
    {
        var all = new X509Certificate2Collection();
        foreach (string file in files)
        {
            try
            {
                all.ImportFromPemFile(file);
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                // The doctor tells; the system's own authorities still count.
            }
        }

        return all;
    }
}
