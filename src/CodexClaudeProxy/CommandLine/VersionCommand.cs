using System.CommandLine;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

internal static class VersionCommand
{
    public static Command Build(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON instead of text" };
        var command = new Command("version", "Print the version, the commit it was built from, and the system it was built for") { json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json)) terminal.Out.WriteJson(ProductVersion.Identity, HostingContext.Default.BuildIdentity);
            else terminal.Out.WriteLine(ProductVersion.Identity);
        });
        return command;
    }
}
