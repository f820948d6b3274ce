using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What the user sees when the proxy is up: where it is, and how to point Claude Code at it.</summary>
internal static class StartupText
{
    public static void Write(TextWriter output, ProxyOptions options, ProxyHost host)
    {
        string url = host.Address.ToString().TrimEnd('/');
        (string Name, string Text)[] lines =
        [
            ("Address", url),
            ("Health", url + "/health"),
            .. host.Announcements,
        ];

        int width = lines.Max(line => line.Name.Length);
        output.WriteLine($"codex-claude-proxy {ProductVersion.Text}");
        foreach ((string name, string text) in lines) output.WriteLine($"  {name.PadRight(width)}  {text}");
        output.WriteLine();
        output.WriteLine("For Claude Code, in another terminal:");
        output.WriteLine($"  {Export("ANTHROPIC_BASE_URL", url)}");
        output.WriteLine($"  {Export("ANTHROPIC_AUTH_TOKEN", options.ApiKey is null ? "any" : "your access key")}");
        output.WriteLine("  claude");
        output.WriteLine();
    }

    private static string Export(string name, string value) =>
        OperatingSystem.IsWindows() ? $"$env:{name} = \"{value}\"" : $"export {name}=\"{value}\"";
}
