namespace CodexClaudeProxy.Network;

/// <summary>Which Linux this is, as far as its packages have names of their own.</summary>
/// <param name="Ids">The names of the distribution and of those it descends from, the closest first.</param>
internal sealed record LinuxDistribution(IReadOnlyList<string> Ids, string Version)
{
    private static readonly string[] Files = ["etc/os-release", "usr/lib/os-release"];

    private static readonly (string[] Ids, string Command, string OpenSsl, string Authorities)[] Known =
    [
        (["debian", "ubuntu"], "apt-get install", "libssl3", "ca-certificates"),
        (["fedora", "rhel", "centos"], "dnf install", "openssl-libs", "ca-certificates"),
        (["alpine"], "apk add", "libssl3", "ca-certificates"),
        (["suse", "opensuse"], "zypper install", "libopenssl3", "ca-certificates-mozilla"),
        (["arch"], "pacman -S", "openssl", "ca-certificates"),
    ];

    /// <summary>The command that installs OpenSSL's library.</summary>
    public string InstallOpenSsl => Find() is { } known
        ? $"{known.Command} {(HasOnlyOldOpenSsl ? "libssl1.1" : known.OpenSsl)}"
        : "your distribution's package with OpenSSL 3 (libssl.so.3)";

    /// <summary>The command that installs the certificate authorities.</summary>
    public string InstallAuthorities => Find() is { } known ? $"{known.Command} {known.Authorities}" : "your distribution's package ca-certificates";

    /// <summary>Debian 11 and Ubuntu 20.04 are from before OpenSSL 3.</summary>
    private bool HasOnlyOldOpenSsl => Ids.Count > 0 && int.TryParse(Version.Split('.')[0], out int major) && Ids[0] switch
    {
        "debian" => major < 12,
        "ubuntu" => major < 22,
        _ => false,
    };

    /// <param name="root">Where the system's files are, <c>/</c> outside tests.</param>
    public static LinuxDistribution Read(string root)
    {
        string? file = Files.Select(name => Path.Combine(root, name)).FirstOrDefault(File.Exists);
        Dictionary<string, string> values = [];
        try
        {
            foreach (string line in file is null ? [] : File.ReadAllLines(file))
            {
                if (line.Split('=', 2) is [var name, var value]) values[name.Trim()] = value.Trim().Trim('"', '\'');
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the words are general.
        }

        string ids = $"{values.GetValueOrDefault("ID")} {values.GetValueOrDefault("ID_LIKE")}";
        return new LinuxDistribution(ids.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries), values.GetValueOrDefault("VERSION_ID", ""));
    }

    private (string[] Ids, string Command, string OpenSsl, string Authorities)? Find()
    {
        foreach (string id in Ids)
        {
            foreach (var known in Known)
            {
                if (known.Ids.Contains(id)) return known;
            }
        }

        return null;
    }
}
