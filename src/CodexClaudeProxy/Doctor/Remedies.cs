namespace CodexClaudeProxy.Doctor;

/// <summary>Where the program runs, as far as words differ.</summary>
internal enum Platform
{
    Linux,
    Apple,
    Windows,
}

/// <summary>What helps, in the words and commands of the system.</summary>
internal static class Remedies
{
    public static Platform Here => OperatingSystem.IsWindows() ? Platform.Windows : OperatingSystem.IsMacOS() ? Platform.Apple : Platform.Linux;

    public static string Set(string variable, string value, Platform platform) =>
        platform == Platform.Windows ? $"$env:{variable} = \"{value}\"" : $"export {variable}={value}";

    public static string MakeWritable(string directory, Platform platform) => "Free some space, choose another directory with --data-dir, or give this one back to yourself: " + (platform == Platform.Windows
        ? $"icacls \"{directory}\" /grant \"$env:USERNAME:(OI)(CI)F\""
        : $"sudo chown \"$USER\" '{directory}' && chmod u+rwx '{directory}'");

    public static string MakePrivate(string directory, Platform platform) => platform == Platform.Windows
        ? $"icacls \"{directory}\" /inheritance:r /grant:r \"$env:USERNAME:(OI)(CI)F\""
        : $"chmod go= '{directory}'";

    public static string TrustCertificate(Platform platform)
    {
        string store = platform switch
        {
            Platform.Windows => "the certificate store of Windows (certmgr.msc, Trusted Root Certification Authorities)",
            Platform.Apple => "the System keychain (Keychain Access, Always Trust)",
            _ => "the system's certificates (update-ca-certificates or update-ca-trust)",
        };
        return $"If a company's proxy opens connections, put its certificate into {store}, or name it in CODEX_CA_CERTIFICATE or SSL_CERT_FILE; otherwise check the clock";
    }
}
