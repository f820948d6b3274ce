using System.Net;
using System.Net.Sockets;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What the user sees when the proxy is up: where it is, and how to point Claude Code at it.</summary>
internal static class StartupText
{
    private const int MostAddresses = 3;

    /// <param name="choices">What the owner wants of Claude Code.</param>
    /// <param name="variable">Reads a variable of the shell we were started in.</param>
    public static void Write(TextWriter output, ProxyOptions options, ProxyHost host, ClientChoices choices, Func<string, string?> variable)
    {
        string url = options.AddressFor(host.Address.Port);
        (string Name, string Text)[] lines =
        [
            ("Address", url),
            .. Elsewhere(options, host.Address.Port).Select(address => ("Elsewhere", address)),
            ("Health", url + "/health"),
            .. options.PublicUrl is { } shown ? [("Public", shown.ToString().TrimEnd('/'))] : ((string, string)[])[],
            .. host.Announcements,
        ];

        int width = lines.Max(line => line.Name.Length);
        // In one piece, or a log line might come in between.
        output.WriteLine(string.Join(Environment.NewLine,
        [
            $"codex-claude-proxy {ProductVersion.Text}",
            .. lines.Select(line => $"  {line.Name.PadRight(width)}  {line.Text}"),
            .. Exposure(options) is { } warning ? ["", $"  WARNING: {warning}"] : (string[])[],
            "",
            "For Claude Code, in another terminal:",
            $"  {Export("ANTHROPIC_BASE_URL", url)}",
            .. Key(options.ApiKey is not null ? "your access key" : host.HasClientKeys ? "the client's key" : null, choices).Select(line => $"  {line}"),
            .. choices.ProxyJudges ? (string[])[] : [$"  {Export(ClientEnvironment.AutoModeServer, "0")}"],
            .. NoProxy.IsNeeded(variable) ? [.. ProxyLines(NoProxy.With(variable, url))] : (string[])[],
            "  claude",
            "",
            // Without its port it would find another proxy, or start one of its own.
            $"Or start it with the models of your plan: codex-claude-proxy run{(host.Address.Port == ProxyOptions.DefaultPort ? "" : $" --port {host.Address.Port}")}",
            "",
        ]));
        output.Flush();
    }

    /// <summary>A wildcard address is shown as a real one, because no client can connect to 0.0.0.0.</summary>
    private static IEnumerable<string> Elsewhere(ProxyOptions options, int port) =>
        options.Host is "0.0.0.0" or "::"
            ? OwnAddresses.Find().Where(address => options.Host == "::" || address.AddressFamily == AddressFamily.InterNetwork).Take(MostAddresses).Select(address => $"http://{new IPEndPoint(address, port)}")
            : [];

    /// <summary>A token would take the place of Claude Code's own sign-in where that is needed, too.</summary>
    /// <param name="key">What the key is called that clients need; null for none.</param>
    private static IEnumerable<string> Key(string? key, ClientChoices choices) =>
        !choices.KeepsSignIn ? [Export(ClientEnvironment.AuthToken, key ?? "any")]
        : key is null ? []
        : [Export(CustomHeaders.Variable, $"{CustomHeaders.Key}: {key}")];

    /// <summary>A proxy is set, and would be asked for this machine, too.</summary>
    private static IEnumerable<string> ProxyLines(string hosts) =>
        OperatingSystem.IsWindows() ? [$"  {Export("NO_PROXY", hosts)}"] : [$"  {Export("NO_PROXY", hosts)}", $"  {Export("no_proxy", hosts)}"];

    /// <summary>Which other machines can connect, and what keeps them from using the accounts; null when none can.</summary>
    public static string? Exposure(ProxyOptions options)
    {
        if (!options.IsExposed) return null;
        string where = options.IsLoopback ? $"through {options.PublicUrl}" : options.Host is "0.0.0.0" or "::" ? "at every address of this machine" : $"at {options.Host}";
        return $"this program can be reached from outside, {where}. " + (options.ApiKey is null
            ? "It has no access key: anyone who can reach the reverse proxy can use your accounts. Set one with --api-key-file."
            : "Anyone with the access key can use your accounts, and without TLS the key can be read on the network.");
    }

    private static string Export(string name, string value) =>
        OperatingSystem.IsWindows() ? $"$env:{name} = \"{value}\"" : $"export {name}=\"{value}\"";
}
