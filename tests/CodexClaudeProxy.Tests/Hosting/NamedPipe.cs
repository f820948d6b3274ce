using System.Diagnostics;

namespace CodexClaudeProxy.Tests.Hosting;

internal static class NamedPipe
{
    public static void Make(string path)
    {
        using Process process = Process.Start("mkfifo", path);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
