using System.CommandLine;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

internal static class VersionCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("version", "Print the version");
        command.SetAction(_ => terminal.Out.WriteLine(ProductVersion.Text));
        return command;
    }
}
