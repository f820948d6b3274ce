using System.Diagnostics;
using System.Text;
using CodexClaudeProxy.Tests.Architecture;
using CodexClaudeProxy.Updates;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary><c>scripts/sign.sh</c>, with a key that minisign makes for the test.</summary>
public sealed class SignTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-sign-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string KeyFile => Path.Combine(_directory.FullName, "key");

    private string Checksums => Path.Combine(_directory.FullName, "checksums.txt");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_it_signs_the_program_accepts(bool fromFile)
    {
        string key = await MakeKeyAsync();
        byte[] content = Encoding.ASCII.GetBytes($"{new string('0', 64)}  version.txt\n");
        await File.WriteAllBytesAsync(Checksums, content, Stop);

        (int exitCode, _, string errors) = await SignAsync(("CCP_RELEASE_KEY", key), fromFile ? ("CCP_SIGNING_KEY_FILE", KeyFile) : ("CCP_SIGNING_KEY", await File.ReadAllTextAsync(KeyFile, Stop)));

        Assert.True(exitCode == 0, errors);
        string signature = await File.ReadAllTextAsync(Checksums + ".sig", Stop);
        Assert.Null(MinisignKey.Parse(key)!.ProblemOf(content, signature));
        Assert.Contains("\ntrusted comment: codex-claude-proxy checksums.txt\n", signature, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_or_with_another_than_the_public_one_it_fails()
    {
        await MakeKeyAsync();
        await File.WriteAllTextAsync(Checksums, "x", Stop);

        (int exitCode, _, string errors) = await SignAsync();
        Assert.Equal((1, "sign: there is no key: set CCP_SIGNING_KEY_FILE or CCP_SIGNING_KEY\n"), (exitCode, errors));

        (exitCode, _, errors) = await SignAsync(("CCP_RELEASE_KEY", new SigningKey().Public), ("CCP_SIGNING_KEY_FILE", KeyFile));
        Assert.Equal(1, exitCode);
        Assert.EndsWith("sign: the signature does not match CCP_RELEASE_KEY\n", errors, StringComparison.Ordinal);
    }

    /// <returns>The public key.</returns>
    private async Task<string> MakeKeyAsync()
    {
        using Process make = Process.Start(new ProcessStartInfo(Installer.Require("minisign"), ["-G", "-W", "-p", KeyFile + ".pub", "-s", KeyFile]) { RedirectStandardOutput = true })!;
        await make.WaitForExitAsync(Stop);
        return (await File.ReadAllLinesAsync(KeyFile + ".pub", Stop))[^1];
    }

    private async Task<(int ExitCode, string Output, string Errors)> SignAsync(params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Path.Combine(SourceTree.Root(), "scripts", "sign.sh"), [Checksums]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        return await InstalledCopy.EndAsync(process);
    }
}
