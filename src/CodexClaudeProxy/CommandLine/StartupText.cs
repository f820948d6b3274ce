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
        // In one piece, or a log line might come in between.
        output.WriteLine(string.Join(Environment.NewLine,
        [
            $"codex-claude-proxy {ProductVersion.Text}",
            .. lines.Select(line => $"  {line.Name.PadRight(width)}  {line.Text}"),
            "",
            "For Claude Code, in another terminal:",
            $"  {Export("ANTHROPIC_BASE_URL", url)}",
            $"  {Export("ANTHROPIC_AUTH_TOKEN", options.ApiKey is null ? "any" : "your access key")}",
            "  claude",
            "",
        ]));
        output.Flush();
    }

    private static string Export(string name, string value) =>
        OperatingSystem.IsWindows() ? $"$env:{name} = \"{value}\"" : $"export {name}=\"{value}\"";
}
