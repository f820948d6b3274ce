using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Service;

namespace CodexClaudeProxy.Tests.Service;

public sealed class OutputReadersTests
{
    [Theory]
    // systemd's journal; the output of a service is a socket.
    [InlineData("JOURNAL_STREAM=9:12345", "socket:[12345]", "Journal")]
    // Its child writes into a pipe, or a terminal that was started as a service.
    [InlineData("JOURNAL_STREAM=9:12345", "pipe:[777]", "Person")]
    [InlineData("JOURNAL_STREAM=9:12345", "/dev/pts/3", "Person")]
    [InlineData("JOURNAL_STREAM=9:12345 INVOCATION_ID=abc SYSTEMD_EXEC_PID=1", "pipe:[777]", "Person")]
    // StandardOutput=append:/var/log/proxy.log, and =tty.
    [InlineData("INVOCATION_ID=abc SYSTEMD_EXEC_PID=42", "/var/log/proxy.log", "File")]
    [InlineData("INVOCATION_ID=abc SYSTEMD_EXEC_PID=42", "/dev/tty1", "Person")]
    // launchd, which gives every process of a session a name.
    [InlineData("XPC_SERVICE_NAME=codex-claude-proxy", null, "File")]
    [InlineData("XPC_SERVICE_NAME=0", null, "Person")]
    [InlineData("XPC_SERVICE_NAME=application.com.apple.Terminal.1", null, "Person")]
    // A pipe, a redirection or a terminal, without any service.
    [InlineData("", "pipe:[777]", "Person")]
    [InlineData("", "/tmp/log", "Person")]
    [InlineData("JOURNAL_STREAM=", "socket:[]", "Person")]
    [InlineData("JOURNAL_STREAM=nonsense", "socket:[nonsense]", "Person")]
    public void Who_reads_is_found_out(string variables, string? output, string reader)
    {
        Dictionary<string, string> set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(Enum.Parse<ConsoleReader>(reader), OutputReaders.Find(name => set.GetValueOrDefault(name), output, processId: 42));
    }
}
