using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd.Roots;

/// <summary>
/// The released programs (<c>CCP_BINARY</c>, <c>CCP_STATIC_BINARY</c>) in the small systems of <c>scripts/roots.sh</c>, whose folder
/// is <c>CCP_ROOTS</c>, and those for arm64 in an emulator.
/// </summary>
[Trait("Stage", "roots")]
public sealed class SmallSystems
{
    private const string Version = @"^codex-claude-proxy [0-9]+\.[0-9]+\.[0-9]+";

    [Theory]
    [InlineData("debian-11", false)]
    [InlineData("debian-12", false)]
    [InlineData("debian-13", false)]
    [InlineData("debian-11", true)]
    [InlineData("debian-12", true)]
    [InlineData("debian-13", true)]
    [InlineData("musl", true)]
    public async Task The_program_runs(string system, bool isStatic)
    {
        using BareRoot root = await EnterAsync(system, isStatic);
        using X509Certificate2 certificate = FakeCertificate.ForLoopback();
        await using TlsServer server = new(certificate);
        root.Write("etc/ssl/certs/ca-certificates.crt", certificate.ExportCertificatePem());

        (int exitCode, string output, string errors) = await root.RunAsync(["--version"]);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Matches(Version, output);

        await Demo.AssertAnswersAsync(root.Start(["demo", "--port", "0"]));

        Assert.StartsWith("127.0.0.1 answered", await server.CheckAsync(root), StringComparison.Ordinal);
        Assert.Contains("ok       Encryption", (await root.RunAsync(["doctor"], server.Variables)).Output, StringComparison.Ordinal);
    }

    /// <summary>The program asks for a loader that is not there, so nothing of it runs: the shell speaks, not the program.</summary>
    [Fact]
    public async Task Musl_does_not_know_the_dynamic_program()
    {
        using BareRoot root = await EnterAsync("musl", isStatic: false);

        (int exitCode, string output, string errors) = await root.RunCommandAsync("/bin/busybox", "sh", "-c", "/codex-claude-proxy --version");

        Assert.Equal((127, ""), (exitCode, output));
        Assert.Equal("sh: /codex-claude-proxy: not found\n", errors);
    }

    [Theory]
    [InlineData("CCP_ARM64_BINARY")]
    [InlineData("CCP_ARM64_STATIC_BINARY")]
    public async Task The_program_for_arm64_runs_in_an_emulator(string variable)
    {
        string binary = Needs.Path(variable, "a program for arm64 (publish.sh linux-arm64 --release)");
        string emulator = Emulator() ?? "";
        Needs.Nothing(emulator.Length == 0 ? "qemu-aarch64-static is missing (package qemu-user-static)" : null);
        using ClientHome home = new();

        Assert.Matches(Version, await OutputAsync(Start("--version")));
        await Demo.AssertAnswersAsync(Start("demo", "--port", "0"));

        ProcessStartInfo Start(params string[] arguments)
        {
            ProcessStartInfo start = new(emulator, ["-L", SystemPath("arm64"), binary, .. arguments]);
            start.Environment["HOME"] = home.Folder;
            return start;
        }
    }

    private static async Task<BareRoot> EnterAsync(string system, bool isStatic)
    {
        BareRoot.RequireEntry();
        string binary = isStatic ? Needs.Path("CCP_STATIC_BINARY", "a static program (publish.sh --static)") : await PublishedBinary.PathAsync();
        return new BareRoot(binary, SystemPath(system));
    }

    private static string SystemPath(string system)
    {
        string path = Path.Combine(Needs.Path("CCP_ROOTS", "the folder of small systems (scripts/roots.sh)"), system);
        Needs.Nothing(Directory.Exists(path) ? null : $"the system {system} could not be made here");
        return path;
    }

    private static string? Emulator() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "qemu-aarch64-static")).FirstOrDefault(File.Exists);

    private static async Task<string> OutputAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
