using CodexClaudeProxy.CommandLine;

namespace CodexClaudeProxy;

internal static class Program
{
    private static Task<int> Main(string[] args) => Commands.RunAsync(args, Terminal.System);
}
