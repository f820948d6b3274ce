using CodexClaudeProxy.Network;
using CodexClaudeProxy.Tests.ClaudeCode;

namespace CodexClaudeProxy.Tests.Network;

/// <summary>What is said on a Linux that lacks OpenSSL or the certificate authorities, in a directory that stands for its root.</summary>
public sealed class LinuxTlsTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ccp-root-");
    private readonly Dictionary<string, string> _variables = [];

    public static bool IsLinux => OperatingSystem.IsLinux();

    public void Dispose() => _root.Delete(recursive: true);

    [Theory(Skip = "only Linux has packages", SkipUnless = nameof(IsLinux))]
    [InlineData("ID=debian\nVERSION_ID=\"12\"", "apt-get install libssl3", "apt-get install ca-certificates")]
    [InlineData("ID=debian\nVERSION_ID=\"11\"", "apt-get install libssl1.1", "apt-get install ca-certificates")]
    [InlineData("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"", "apt-get install libssl3", "apt-get install ca-certificates")]
    [InlineData("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"20.04\"", "apt-get install libssl1.1", "apt-get install ca-certificates")]
    [InlineData("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=\"22\"", "apt-get install libssl3", "apt-get install ca-certificates")]
    [InlineData("ID=fedora\nVERSION_ID=43", "dnf install openssl-libs", "dnf install ca-certificates")]
    [InlineData("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.5\"", "dnf install openssl-libs", "dnf install ca-certificates")]
    [InlineData("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", "zypper install libopenssl3", "zypper install ca-certificates-mozilla")]
    [InlineData("ID=alpine\nVERSION_ID=3.22.0", "apk add libssl3", "apk add ca-certificates")]
    [InlineData("ID=arch", "pacman -S openssl", "pacman -S ca-certificates")]
    [InlineData("ID=somethingelse", "OpenSSL 3 (libssl.so.3)", "package ca-certificates")]
    [InlineData("", "OpenSSL 3 (libssl.so.3)", "package ca-certificates")]
    public void What_is_missing_is_named_as_the_distribution_names_it(string release, string openSsl, string authorities)
    {
        Write("etc/os-release", release);

        Assert.Contains(openSsl, Tls().MissingOpenSsl()!.Sentence, StringComparison.Ordinal);
        Assert.Contains(authorities, Tls().MissingAuthorities()!.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("etc/ssl/certs/ca-certificates.crt")]
    [InlineData("etc/pki/tls/certs/ca-bundle.crt")]
    [InlineData("etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")]
    [InlineData("etc/ssl/ca-bundle.pem")]
    [InlineData("var/lib/ca-certificates/ca-bundle.pem")]
    [InlineData("etc/ssl/cert.pem")]
    public void Authorities_are_found_where_distributions_keep_them(string file)
    {
        Write(file, "");

        Assert.Equal(Path.Combine(_root.FullName, file), Tls().Bundle);
        Assert.Null(Tls().MissingAuthorities());
    }

    [Fact(Skip = "only Linux looks for authorities", SkipUnless = nameof(IsLinux))]
    public void Authorities_one_by_one_or_named_in_a_variable_will_do()
    {
        _root.CreateSubdirectory("etc/ssl/certs");
        Assert.NotNull(Tls().MissingAuthorities());

        _variables["SSL_CERT_FILE"] = Path.Combine(_root.FullName, "own.pem");
        Assert.NotNull(Tls().MissingAuthorities());
        Write("own.pem", "");
        Assert.Null(Tls().MissingAuthorities());

        _variables.Clear();
        Write("etc/ssl/certs/3513523f.0", "");
        Assert.Null(Tls().MissingAuthorities());
    }

    [Fact(Skip = "only Linux looks for OpenSSL", SkipUnless = nameof(IsLinux))]
    public void A_library_that_is_there_is_not_loaded()
    {
        Write("usr/lib64/libssl.so.3", "");
        Write("usr/lib64/libcrypto.so.3", "");

        Assert.Null(Tls(load: name => throw new InvalidOperationException(name)).MissingOpenSsl());
    }

    [Fact(Skip = "only Linux looks for OpenSSL", SkipUnless = nameof(IsLinux))]
    public void A_library_in_another_place_is_found_by_the_loader()
    {
        Assert.Null(Tls(load: name => name == "libssl.so.1.1").MissingOpenSsl());
        Assert.Null(new LinuxTls(_variables.GetValueOrDefault) { Root = _root.FullName, CanLoad = _ => false, HasOpenSslInside = true }.MissingOpenSsl());
    }

    [Theory(Skip = "only Linux looks for OpenSSL", SkipUnless = nameof(IsLinux))]
    [InlineData("accounts")]
    [InlineData("login")]
    [InlineData("demo")]
    [InlineData("serve", "--port", "0")]
    [InlineData("run", "claude")]
    [InlineData("statusline")]
    public async Task Without_OpenSSL_a_command_ends_with_a_sentence(params string[] arguments)
    {
        Write("etc/os-release", "ID=fedora");
        using ClaudeShell shell = new() { Tls = Tls() };

        Assert.Equal(1, await shell.RunAsync(arguments));
        Assert.Equal("OpenSSL's library libssl is missing on this machine. Install it: dnf install openssl-libs. Or take the static build for Linux, which has it inside.\n", shell.Errors);
        Assert.Empty(shell.Output);
        Assert.Equal(0, await shell.RunAsync("version"));
        Assert.Equal(0, await shell.RunAsync(arguments[0], "--help"));
    }

    [Fact(Skip = "only Linux looks for OpenSSL", SkipUnless = nameof(IsLinux))]
    public async Task Without_OpenSSL_the_doctor_tells_that_and_looks_no_further()
    {
        Write("etc/os-release", "ID=debian");
        using ClaudeShell shell = new() { Tls = Tls() };

        Assert.Equal(1, await shell.RunAsync("doctor"));
        Assert.StartsWith("fail     Encryption  OpenSSL's library libssl is missing on this machine\n", shell.Output, StringComparison.Ordinal);
        Assert.Contains("→ Install it: apt-get install libssl3. ", shell.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n\n1 problem must be fixed.\n", shell.Output, StringComparison.Ordinal);
    }

    [Theory(Skip = "only Linux looks for authorities", SkipUnless = nameof(IsLinux))]
    [InlineData("login", "--headless")]
    [InlineData("serve", "--port", "0")]
    public async Task Without_authorities_what_needs_them_ends_with_a_sentence(params string[] arguments)
    {
        Write("etc/os-release", "ID=debian");
        using ClaudeShell shell = new() { Tls = Tls(load: _ => true) };

        Assert.Equal(1, await shell.RunAsync(arguments));
        Assert.Equal("There are no certificate authorities on this machine, so that no server can be trusted. Install them: apt-get install ca-certificates. Or name a PEM file in SSL_CERT_FILE.\n", shell.Errors);
        Assert.Equal(0, await shell.RunAsync("accounts"));
    }

    private LinuxTls Tls(Func<string, bool>? load = null) =>
        new(_variables.GetValueOrDefault) { Root = _root.FullName, CanLoad = load ?? (_ => false), HasOpenSslInside = false };

    private void Write(string name, string content)
    {
        string file = Path.Combine(_root.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
