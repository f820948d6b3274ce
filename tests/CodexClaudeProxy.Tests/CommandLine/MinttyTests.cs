using CodexClaudeProxy.CommandLine;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class MinttyTests
{
    [Theory]
    [InlineData(@"\msys-dd50a72ab4668b33-pty0-from-master", true)]
    [InlineData(@"\cygwin-e022582115c10879-pty12-to-master", true)]
    [InlineData(@"\msys-dd50a72ab4668b33-pipe-0x2", false)]
    [InlineData(@"\msys-dd50a72ab4668b33-pty-from-master", false)]
    [InlineData(@"\my-dd50a72ab4668b33-pty0-from-master", false)]
    [InlineData("", false)]
    public void A_terminal_is_known_by_the_name_of_its_pipe(string name, bool isTerminal) => Assert.Equal(isTerminal, Mintty.IsTerminalName(name));
}
