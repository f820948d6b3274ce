using System.Text.RegularExpressions;

namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>The packages for Debian and Fedora: made of the published program, looked at by the checkers of both, installed into a root.</summary>
[Trait("Stage", "packages")]
public sealed partial class Packages(Packages.Packed packed) : IClassFixture<Packages.Packed>, IDisposable
{
    private static readonly (string Name, string Value)[] Owner = [("MAINTAINER", "Somebody <somebody@users.noreply.example.org>"), ("HOMEPAGE", "https://example.org/owner/repo"), ("SOURCE_DATE_EPOCH", "1790000000"), ("DPKG_DEB_COMPRESSOR_LEVEL", "0")];

    private readonly ClientHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_deb_holds_program_and_unit_and_lintian_finds_no_fault()
    {
        string file = await packed.FileAsync("deb");
        string contents = await GoodAsync("dpkg-deb", "--contents", file);
        Assert.Matches(@"-rwxr-xr-x root/root +[0-9]+ .* \./usr/bin/codex-claude-proxy\n", contents);
        Assert.Matches(@"-rw-r--r-- root/root +[0-9]+ .* \./usr/lib/systemd/system/codex-claude-proxy.service\n", contents);
        foreach (string completion in new[] { "bash-completion/completions/codex-claude-proxy", "zsh/site-functions/_codex-claude-proxy", "fish/vendor_completions.d/codex-claude-proxy.fish", "man/man1/codex-claude-proxy.1.gz" })
            Assert.Contains($" ./usr/share/{completion}\n", contents, StringComparison.Ordinal);
        Assert.Contains("libssl3t64 | libssl3 | libssl1.1, ca-certificates", await GoodAsync("dpkg-deb", "--field", file, "Depends"), StringComparison.Ordinal);

        ClientResult lintian = await RunAsync("lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", file);
        Assert.True(lintian.ExitCode == 0, lintian.ToString());
    }

    [Fact]
    public async Task The_rpm_holds_program_and_unit_and_is_whole()
    {
        string file = await packed.FileAsync("rpm");
        string contents = await GoodAsync("rpm", "--query", "--package", "--list", "--verbose", file);
        Assert.Matches(@"-rwxr-xr-x +1 root +root .* /usr/bin/codex-claude-proxy\n", contents);
        Assert.Matches(@"-rw-r--r-- +1 root +root .* /usr/lib/systemd/system/codex-claude-proxy.service\n", contents);
        Assert.Contains("(openssl-libs or libopenssl3)\n", await GoodAsync("rpm", "--query", "--package", "--requires", file), StringComparison.Ordinal);
        Assert.Contains("digests OK", await GoodAsync("rpm", "--checksig", file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deb")]
    [InlineData("rpm")]
    public async Task The_same_source_makes_the_same_package(string kind)
    {
        byte[] first = await File.ReadAllBytesAsync(await packed.FileAsync(kind), TestContext.Current.CancellationToken);
        Assert.Equal(first, await File.ReadAllBytesAsync(await PackAsync(_home, kind), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("MAINTAINER", "somebody")]
    [InlineData("HOMEPAGE", "")]
    public async Task Nobody_answers_for_a_package_by_default(string variable, string value)
    {
        ClientResult result = await Script.RunAsync(_home, "scripts/release/package.sh", ["deb", "linux-x64", "/bin/true", _home.Folder], [.. Owner.Where(own => own.Name != variable), (variable, value)]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"package: {variable} must", result.Errors, StringComparison.Ordinal);
    }

    /// <summary>In a root that holds what Debian always has: the package with all it depends on, then its removal, which leaves the accounts alone.</summary>
    [Fact]
    public async Task It_is_installed_into_a_fresh_Debian_and_removed_from_it()
    {
        string file = await packed.FileAsync("deb");
        Need("mmdebstrap");
        string root = Path.Combine(_home.Folder, "root");
        string inside = $"""
            set -e
            cp '{file}' "$1/package.deb"
            chroot "$1" apt-get -qq install --no-install-recommends /package.deb >/dev/null
            chroot "$1" codex-claude-proxy --version
            test ! -e "$1/etc/systemd/system/multi-user.target.wants/codex-claude-proxy.service"
            mkdir -p "$1/var/lib/private/codex-claude-proxy"
            chroot "$1" apt-get -qq remove codex-claude-proxy >/dev/null
            test ! -e "$1/usr/bin/codex-claude-proxy"
            test -d "$1/var/lib/private/codex-claude-proxy"
            chroot "$1" apt-get -qq purge codex-claude-proxy >/dev/null
            test ! -e "$1/var/lib/private/codex-claude-proxy"
            """;
        string hook = _home.Write("hook", "#!/bin/sh\n" + inside);
        Script.MakeExecutable(hook);

        // The archive of this machine, whatever it is: the root has its release.
        string release = OsRelease().Match(await File.ReadAllTextAsync("/etc/os-release", TestContext.Current.CancellationToken)).Groups[1].Value;
        Needs.Nothing(release == "" ? "this machine is not Debian or one of its relatives" : null);
        ClientResult result = await ClientProcess.RunAsync("mmdebstrap", ["--variant=apt", "--quiet", "--customize-hook=" + hook, release, root, .. AptSources()], _home, [], TestContext.Current.CancellationToken, limit: TimeSpan.FromMinutes(10));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains(FakeRelease.Version, result.Output + result.Errors, StringComparison.Ordinal);
    }

    /// <summary>The lists of this machine, as mmdebstrap takes them.</summary>
    private static IEnumerable<string> AptSources() =>
        new[] { "/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources" }.Where(file => File.Exists(file) && new FileInfo(file).Length > 0);

    private static async Task<string> PackAsync(ClientHome home, string kind)
    {
        Need(kind == "deb" ? "dpkg-deb" : "rpmbuild");
        string output = await Script.OutputAsync(home, "scripts/release/package.sh", [kind, "linux-x64", await PublishedBinary.PathAsync(), Path.Combine(home.Folder, "packages")], Owner);
        return output.TrimEnd().Split('\n')[^1];
    }

    private async Task<string> GoodAsync(string program, params string[] arguments)
    {
        ClientResult result = await RunAsync(program, arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    private async Task<ClientResult> RunAsync(string program, params string[] arguments)
    {
        Need(program);
        return await ClientProcess.RunAsync(program, arguments, _home, [], TestContext.Current.CancellationToken);
    }

    private static void Need(string program) => Needs.Nothing(Script.IsInstalled(program) ? null : $"{program} is not installed");

    [GeneratedRegex("^VERSION_CODENAME=(.+)$", RegexOptions.Multiline)]
    private static partial Regex OsRelease();

    /// <summary>The packages that these tests look at, each made once.</summary>
    public sealed class Packed : IDisposable
    {
        private readonly ClientHome _home = new();
        private readonly Dictionary<string, string> _files = [];

        internal async Task<string> FileAsync(string kind)
        {
            if (!_files.ContainsKey(kind)) _files[kind] = await PackAsync(_home, kind);
            return _files[kind];
        }

        public void Dispose() => _home.Dispose();
    }
}
