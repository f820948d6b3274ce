using CodexClaudeProxy.Tests.Accounts;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace CodexClaudeProxy.Tests;

/// <summary>xunit's own entry point, and before it the worker that the tests about several processes start.</summary>
internal static class EntryPoint
{
    private static Task<int> Main(string[] args)
    {
        if (args is [AccountWorker.Word, .. var rest]) return AccountWorker.RunAsync(rest);
        bool byPlatform = args.Any(arg => arg is "--server" or "--internal-msbuild-node");
        return byPlatform
            ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : ConsoleRunner.Run(args);
    }
}
