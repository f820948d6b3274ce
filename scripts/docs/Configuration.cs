using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Scripts.Docs;

/// <summary>Tables of what can be set, and of exit codes.</summary>
internal static class Configuration
{
    /// <summary>Variables that are not options of this program, but count.</summary>
    public static readonly (string Names, string Meaning)[] OtherVariables =
    [
        ("CODEX_HOME", "Where the Codex CLI keeps its sign-in; ~/.codex unless it is set."),
        ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "A proxy on the way to upstream: http, https, socks4, socks4a, socks5 or socks5h. Another scheme stops the start. Clients see these variables, too, so run, claude config proxy and the start text spare this machine with NO_PROXY."),
        ("CODEX_CA_CERTIFICATE, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE", "PEM files with certificate authorities to trust beside the system's own."),
        ("NO_COLOR", "Any value switches colours off. There are none anyway where the output is no terminal."),
    ];

    private static readonly Dictionary<string, Func<ProxyOptions, string>> Defaults = new()
    {
        ["host"] = options => options.Host,
        ["port"] = options => $"{options.Port}",
        ["data-dir"] = _ => "~/.codex-claude-proxy",
        ["base-path"] = _ => "that of publicUrl",
        ["log-format"] = options => $"{options.LogFormat}".ToLowerInvariant(),
        ["log-level"] = _ => "info",
        ["log-file-size"] = options => $"{options.LogFileMegabytes}",
        ["log-file-keep"] = options => $"{options.LogFileKeep}",
        ["drain"] = options => $"{options.Limits.Drain.TotalSeconds}",
        ["header-timeout"] = options => $"{options.Limits.Headers.TotalSeconds}",
        ["first-event-timeout"] = options => $"{options.Limits.FirstEvent.TotalSeconds}",
        ["idle-timeout"] = options => $"{options.Limits.Idle.TotalSeconds}",
        ["keepalive-timeout"] = options => $"{options.Limits.OnlyAlive.TotalSeconds}",
        ["client-timeout"] = options => $"{options.Limits.Client.TotalSeconds}",
        ["chatgpt-url"] = options => $"{options.ChatGptUrl}",
        ["auth-url"] = options => $"{options.AuthUrl}".TrimEnd('/'),
        ["login-host"] = options => options.LoginHost,
        ["login-ports"] = options => string.Join(',', options.LoginPorts),
        ["kilo-url"] = options => $"{options.KiloUrl}",
        ["anthropic-url"] = options => $"{options.AnthropicUrl}".TrimEnd('/'),
        ["codex-version"] = options => options.CodexVersion,
    };

    /// <summary>Empty when there is none.</summary>
    public static string DefaultOf(Setting setting) => Defaults.GetValueOrDefault(setting.Name)?.Invoke(new ProxyOptions()) ?? "";

    /// <summary>The member of config.json; empty for the directory in which that file lies.</summary>
    public static string MemberOf(Setting setting) => setting.Name == "data-dir" ? "" : setting.ConfigKey;

    public static string Options() => Table(
        ["Flag", "Environment", "`config.json`", "Default", ""],
        OptionsReader.Settings.Select(setting => new[]
        {
            setting.IsFlag ? Code(setting.Flag) : "–",
            string.Join(", ", setting.Environment.Select(Code)),
            MemberOf(setting) is { Length: > 0 } member ? Code(member) : "–",
            DefaultOf(setting) switch
            {
                "" => "none",
                var value => value.Contains(' ') ? value : Code(value),
            },
            setting.Help + ".",
        }));

    public static string Environment() => Table(["Variable", ""], OtherVariables.Select(variable => new[] { string.Join(", ", variable.Names.Split(", ").Select(Code)), variable.Meaning }));

    public static string Settings() => Table(
        ["Member", "Values", "Default", ""],
        SettingKeys.All.Select(key => new[] { Code(key.Name), ValuesOf(key), Code(key.Value(ProxySettings.Default) is { } value ? Plain(value) : "null"), key.Help }));

    public static string ExitCodes() => Table(["Code", "Meaning"], Commands.ExitCodes.Select(code => new[] { $"{code.Code}", code.Meaning }));

    private static string ValuesOf(SettingKey key) => (key.Type switch
    {
        "choice" => string.Join(", ", key.Values.Select(Code)),
        "boolean" => "`true`, `false`",
        "integer" => $"{key.Min} to {key.Max}",
        "map" or SettingKey.PriceMap => "an object",
        _ => "a text",
    }) + (key.Nullable ? ", `null`" : "");

    private static string Plain(JsonNode value) => value is JsonValue text && text.TryGetValue(out string? word) ? word : value.ToJsonString();

    private static string Code(string text) => $"`{text}`";

    private static string Table(string[] heading, IEnumerable<string[]> rows)
    {
        StringBuilder table = new();
        foreach (string[] row in (IEnumerable<string[]>)[heading, [.. heading.Select(static _ => "---")], .. rows])
            table.Append("| ").AppendJoin(" | ", row.Select(static cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        return table.ToString();
    }
}
