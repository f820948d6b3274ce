using System.Diagnostics;
using System.Security.Cryptography;

namespace CodexClaudeProxy.EndToEnd.Publishing;

/// <summary><c>scripts/sysroot.sh</c> with a package of our own, from mirrors that are folders.</summary>
public sealed class SysrootScript : IDisposable
{
    private const string Package = "debian/pool/main/s/small/small_1_amd64.deb";

    private readonly ClientHome _home = new();
    private readonly string _hash;

    public SysrootScript()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only releases for Linux have a sysroot");
        _home.Write("package/usr/lib/libsmall.so.1", "a library");
        File.CreateSymbolicLink(Path.Combine(_home.Folder, "package/usr/lib/libsmall.so"), "/usr/lib/libsmall.so.1");
        _home.Write("good/" + Package, "");
        Run("sh", "-c", $"tar --create --xz --file data.tar.xz --directory package . && rm good/{Package} && ar rc good/{Package} data.tar.xz");
        _hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_home.Folder, "good", Package))));
        File.Copy(Path.Combine(Clients.Repository, "scripts", "sysroot.sh"), Path.Combine(_home.Folder, "sysroot.sh"));
        _home.Write("sysroot.packages", $"# day 20260101T000000Z\ndynamic amd64 {_hash} {Package}\n");
    }

    [Fact]
    public void A_source_without_the_pinned_file_is_passed_over()
    {
        _home.Write("tampered/" + Package, "something else");

        (int exitCode, string output, string errors) = Sysroot("linux-x64", "none", "tampered", "good");

        Assert.Equal(0, exitCode);
        Assert.Contains("is not the file that was pinned", errors, StringComparison.Ordinal);
        string root = output.TrimEnd('\n');
        Assert.Equal("a library", File.ReadAllText(Path.Combine(root, "usr/lib/libsmall.so.1")));
        // A link to a place of the whole system would lead out of the sysroot.
        Assert.Equal("libsmall.so.1", new FileInfo(Path.Combine(root, "usr/lib/libsmall.so")).LinkTarget);

        // Once it is there, no source is asked any more.
        Assert.Equal((0, output, ""), Sysroot("linux-x64", "none"));
    }

    [Fact]
    public void Without_the_pinned_file_nothing_is_made()
    {
        _home.Write("tampered/" + Package, "something else");

        (int exitCode, string output, string errors) = Sysroot("linux-x64", "none", "tampered");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("small_1_amd64.deb was not found with the hash of sysroot.packages", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_home.Folder, "cache/codex-claude-proxy/sysroot")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_home.Folder, "cache/codex-claude-proxy/packages")));
    }

    [Fact]
    public void Each_release_for_Linux_has_its_packages()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Clients.Repository, "scripts", "sysroot.packages"));
        foreach (string kind in new[] { "dynamic amd64", "dynamic arm64", "static amd64", "static arm64" })
        {
            Assert.Contains(lines, line => line.StartsWith(kind + " ", StringComparison.Ordinal) && line.Contains("/libc6-dev_", StringComparison.Ordinal));
            Assert.Contains(lines, line => line.StartsWith(kind + " ", StringComparison.Ordinal) && line.Contains("/libsqlite3-dev_", StringComparison.Ordinal));
        }
        Assert.All(lines.Where(line => line[0] != '#'), line => Assert.Matches("^(dynamic|static) (amd64|arm64) [0-9a-f]{64} debian(-security)?/pool/[^ ]+[.]deb$", line));
    }

    public void Dispose() => _home.Dispose();

    private (int ExitCode, string Output, string Errors) Sysroot(string rid, params string[] mirrors)
    {
        ProcessStartInfo start = new("bash", ["sysroot.sh", rid]);
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(_home.Folder, "cache");
        start.Environment["DEBIAN_MIRRORS"] = string.Join(' ', mirrors.Select(mirror => $"file://{_home.Folder}/{mirror}"));
        return Run(start);
    }

    private void Run(string program, params string[] arguments)
    {
        (int exitCode, _, string errors) = Run(new ProcessStartInfo(program, arguments));
        Assert.True(exitCode == 0, errors);
    }

    private (int ExitCode, string Output, string Errors) Run(ProcessStartInfo start)
    {
        start.WorkingDirectory = _home.Folder;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
