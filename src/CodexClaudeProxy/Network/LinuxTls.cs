using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Network;

/// <summary>What this machine lacks, and what helps.</summary>
internal sealed record MissingPart(string Detail, string Fix)
{
    public string Sentence => $"{Detail}. {Fix}.";
}

/// <summary>
/// What encryption needs of a Linux system: OpenSSL's library and the certificate authorities. The base library looks for OpenSSL only
/// when it first hashes, and ends the whole process where there is none: so it is looked for before. Finding its file is enough,
/// because a library that is loaded takes memory that an idle proxy does not need.
/// </summary>
/// <param name="variable">Reads an environment variable.</param>
internal sealed class LinuxTls(Func<string, string?> variable)
{
    /// <summary>Set where OpenSSL was linked in.</summary>
    public const string InsideSwitch = "CodexClaudeProxy.OpenSslIsInside";

    private static readonly string[] Versions = ["3", "1.1"];

    /// <summary>All authorities in one file: Debian and its relatives, Arch and Alpine; Fedora and its relatives, old and new; SUSE; Alpine.</summary>
    private static readonly string[] Bundles =
    [
        "etc/ssl/certs/ca-certificates.crt",
        "etc/pki/tls/certs/ca-bundle.crt",
        "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "etc/ssl/ca-bundle.pem",
        "var/lib/ca-certificates/ca-bundle.pem",
        "etc/ssl/cert.pem",
    ];

    private static readonly string[] Directories = ["etc/ssl/certs", "etc/pki/tls/certs", "usr/lib/ssl/certs", "usr/share/ssl/certs", "usr/local/ssl/certs", "usr/local/share/certs"];

    private static readonly string[] Variables = [.. ExtraCertificates.Variables, "SSL_CERT_DIR"];

    /// <summary>Where the system's files are.</summary>
    public string Root { get; init; } = "/";

    /// <summary>Whether the system's loader finds a library.</summary>
    public Func<string, bool> CanLoad { get; init; } = static name => NativeLibrary.TryLoad(name, out _);

    public bool HasOpenSslInside { get; init; } = AppContext.TryGetSwitch(InsideSwitch, out bool inside) && inside;

    /// <summary>The system's own authorities in one file; null where it has no such file.</summary>
    public string? Bundle => Bundles.Select(file => Path.Combine(Root, file)).FirstOrDefault(File.Exists);

    /// <summary>What to say and do when there is no OpenSSL; null when there is.</summary>
    public MissingPart? MissingOpenSsl()
    {
        if (!OperatingSystem.IsLinux() || HasOpenSslInside) return null;
        if (variable("CLR_OPENSSL_VERSION_OVERRIDE") is { Length: > 0 } version && CanLoad($"libssl.so.{version}")) return null;
        if (Versions.Any(HasFile) || Versions.Any(version => CanLoad($"libssl.so.{version}"))) return null;
        return new MissingPart("OpenSSL's library libssl is missing on this machine", $"Install it: {LinuxDistribution.Read(Root).InstallOpenSsl}. Or take the static build for Linux, which has it inside");
    }

    /// <summary>What to say and do when no server can be trusted because there are no authorities; null when there are some.</summary>
    public MissingPart? MissingAuthorities()
    {
        if (!OperatingSystem.IsLinux() || Bundle is not null || Variables.Any(name => variable(name) is { Length: > 0 } path && Path.Exists(path)) || Directories.Any(HasEntries)) return null;
        return new MissingPart("There are no certificate authorities on this machine, so that no server can be trusted", $"Install them: {LinuxDistribution.Read(Root).InstallAuthorities}. Or name a PEM file in SSL_CERT_FILE");
    }

    /// <summary>Only where libraries of this machine's own kind are: elsewhere the loader decides.</summary>
    private bool HasFile(string version)
    {
        string triplet = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        return new[] { $"usr/lib/{triplet}", $"lib/{triplet}", "usr/lib64", "lib64" }.Any(directory =>
            File.Exists(Path.Combine(Root, directory, $"libssl.so.{version}")) && File.Exists(Path.Combine(Root, directory, $"libcrypto.so.{version}")));
    }

    private bool HasEntries(string directory)
    {
        try
        {
            string path = Path.Combine(Root, directory);
            return Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
