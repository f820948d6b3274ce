using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        StandardStreams.FillIn();
        try
        {
            return await Commands.RunAsync(args, Terminal.System);
        }
        finally
        {
            ConsoleClosing.End();
        }
    }
}
