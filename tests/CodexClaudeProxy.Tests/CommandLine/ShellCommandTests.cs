using CodexClaudeProxy.CommandLine;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class ShellCommandTests
{
    [Theory]
    [InlineData(@"C:\Users\me\bin\codex-claude-proxy.exe", "~/bin/codex-claude-proxy.exe")]
    [InlineData(@"c:\users\ME\ccp.exe", "~/ccp.exe")]
    [InlineData(@"D:\tools\ccp.exe", "D:/tools/ccp.exe")]
    [InlineData(@"C:\Users\men\ccp.exe", "C:/Users/men/ccp.exe")]
    [InlineData(@"C:\Program Files\on path\found.exe", "found.exe")]
    [InlineData(@"C:\Program Files\ccp.exe", "C:/PROGRA~1/ccp.exe")]
    [InlineData(@"D:\no short\it's.exe", @"'D:/no short/it'\''s.exe'")]
    [InlineData(@"D:\a&b\$(x).exe", "'D:/a&b/$(x).exe'")]
    public void Git_Bash_and_PowerShell_read_the_same_word(string program, string command) =>
        Assert.Equal(command, ShellCommand.OnWindows(program, @"C:\Users\me", name => name == "found.exe", path => path.StartsWith("C:", StringComparison.Ordinal) ? path.Replace("Program Files", "PROGRA~1", StringComparison.Ordinal) : null));

    [Fact]
    public void A_home_directory_with_a_blank_is_avoided() =>
        Assert.Equal("~/bin/ccp.exe", ShellCommand.OnWindows(@"C:\Users\John Doe\bin\ccp.exe", @"C:\Users\John Doe\", _ => false, _ => null));

    [Theory]
    [InlineData("/usr/local/bin/codex-claude-proxy", "/usr/local/bin/codex-claude-proxy")]
    [InlineData("/opt/my tools/it's", @"'/opt/my tools/it'\''s'")]
    [InlineData("/opt/$(x)/ccp", "'/opt/$(x)/ccp'")]
    public void A_Unix_shell_reads_the_path_as_one_word(string program, string command) => Assert.Equal(command, ShellCommand.OnUnix(program));
}
