using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Upstream;
using Processor = System.Runtime.InteropServices.Architecture;

namespace CodexClaudeProxy.Tests.ClaudeCode;

/// <summary>What differs between systems, asked for each of them.</summary>
public sealed class SystemWordsTests
{
    private const string Me = "S-1-5-21-1-2-3-1001";

    [Theory]
    [InlineData("Windows", "10.0.22631.0", Processor.X64, false, "Windows 10.0.22631; x86_64")]
    [InlineData("Windows", "10.0.26100.0", Processor.Arm64, false, "Windows 10.0.26100; aarch64")]
    [InlineData("Mac OS", "26.5", Processor.Arm64, true, "Mac OS 26.5.0; arm64")]
    [InlineData("Linux", "6.1.0.30", Processor.Arm64, false, "Linux 6.1.0; aarch64")]
    public void The_user_agent_names_the_system_as_the_official_client(string system, string version, Processor architecture, bool onApple, string name) =>
        Assert.Equal(name, CodexClient.SystemName(system, Version.Parse(version), architecture, onApple));

    [Theory]
    [InlineData("~", false, "HOME")]
    [InlineData("~/x", false, "HOME/x")]
    [InlineData("~/x", true, "HOME/x")]
    [InlineData(@"~\x", true, @"HOME\x")]
    [InlineData(@"~\x", false, @"~\x")]
    [InlineData("~other/x", true, "~other/x")]
    public void The_tilde_is_the_home_directory(string path, bool onWindows, string expanded) => Assert.Equal(expanded, UserPaths.ExpandHome(path, "HOME", onWindows));

    [Theory]
    [InlineData(new[] { Me, "S-1-5-18", "S-1-5-32-544", "S-1-3-0" }, true)]
    [InlineData(new[] { Me, "S-1-5-32-545" }, false)]
    [InlineData(new[] { "S-1-1-0" }, false)]
    public void A_directory_of_Windows_is_private_when_nobody_else_was_granted_anything(string[] allowed, bool isPrivate) =>
        Assert.Equal(isPrivate, !DirectoryAccess.Strangers(allowed, Me).Any());

    [Fact]
    public void Remedies_are_commands_of_the_system()
    {
        Assert.StartsWith("icacls ", Remedies.MakePrivate(@"C:\x y", Platform.Windows), StringComparison.Ordinal);
        Assert.Equal("chmod go= '/x y'", Remedies.MakePrivate("/x y", Platform.Linux));
        Assert.Equal("$env:NO_PROXY = \"localhost\"", Remedies.Set("NO_PROXY", "localhost", Platform.Windows));
        Assert.Contains("keychain", Remedies.TrustCertificate(Platform.Apple), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("chmod", Remedies.MakeWritable(@"C:\x", Platform.Windows), StringComparison.Ordinal);
    }
}
