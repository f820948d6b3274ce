using System.CommandLine;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

internal static class VersionCommand
{
    public static Command Build()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(_ => Console.Out.WriteLine(ProductVersion.Text));
        return command;
    }
}
