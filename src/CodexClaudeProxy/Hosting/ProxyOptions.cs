using CodexClaudeProxy.Files;
using System.Net;
using CodexClaudeProxy.Logs;

namespace CodexClaudeProxy.Hosting;

/// <summary>Everything that can be set from outside, read once at start by <see cref="OptionsReader"/>.</summary>
internal sealed record ProxyOptions
{
    public const int DefaultPort = 8081;

    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0 lets the system choose.</summary>
    public int Port { get; init; } = DefaultPort;

    public string DataDirectory { get; init; } =
        Path.Combine(UserPaths.Home(Environment.GetEnvironmentVariable), ".codex-claude-proxy");

    /// <summary>What clients must present when it is set; needed to listen beyond this machine.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The reverse proxies whose <c>X-Forwarded-*</c> headers count. This machine is none unless it is named: a web page can send such headers too.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The address under which browsers see the program behind a reverse proxy.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The path that a reverse proxy leaves in front of ours, such as <c>/ccp</c>; empty for none.</summary>
    public string BasePath { get; init; } = "";

    /// <summary>Where the official client sends its requests.</summary>
    public static readonly Uri OfficialBackend = new("https://chatgpt.com/backend-api");

    public Uri ChatGptUrl { get; init; } = OfficialBackend;

    /// <summary>Requests go to the host of the official client's.</summary>
    public bool HasOfficialBackend => ChatGptUrl.IdnHost == OfficialBackend.IdnHost;

    public Uri AuthUrl { get; init; } = new("https://auth.openai.com");

    /// <summary>The host in the address a browser comes back to after a sign-in: the issuer knows <c>localhost</c> and <c>127.0.0.1</c>.</summary>
    public string LoginHost { get; init; } = "localhost";

    /// <summary>Where a sign-in may come back to, in order of preference. The issuer knows no other ports.</summary>
    public IReadOnlyList<int> LoginPorts { get; init; } = [1455, 1457];

    public Uri KiloUrl { get; init; } = new("https://api.kilo.ai/api/openrouter");

    /// <summary>Where requests for Anthropic's own models go (setting <c>anthropicModels</c>).</summary>
    public Uri AnthropicUrl { get; init; } = new("https://api.anthropic.com");

    /// <summary>The version of the official client we speak as.</summary>
    public string CodexVersion { get; init; } = "0.169.0";

    public LogFormat LogFormat { get; init; }

    /// <summary>Found out, not set: it follows from where the output goes.</summary>
    public ConsoleReader ConsoleReader { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Where log lines are kept beside the console; null for nowhere.</summary>
    public string? LogFile { get; init; }

    /// <summary>The size at which a new file begins.</summary>
    public int LogFileMegabytes { get; init; } = 10;

    /// <summary>How many full log files stay.</summary>
    public int LogFileKeep { get; init; } = 5;

    /// <summary>A program and its arguments that gets each alert; empty for none.</summary>
    public IReadOnlyList<string> AlertCommand { get; init; } = [];

    /// <summary>How long what may take.</summary>
    public TimeLimits Limits { get; init; } = new();

    /// <summary>False where the process lives for something else, and the server ends with that.</summary>
    public bool StopsOnSignals { get; init; } = true;

    /// <summary>How many files and connections may be open; null for what the system allows.</summary>
    public int? Descriptors { get; init; }

    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Others than this machine may get here: directly, or through a reverse proxy.</summary>
    public bool IsExposed => !IsLoopback || PublicUrl is { IsLoopback: false };

    /// <summary>The name in a <c>Host</c> header is one of ours.</summary>
    public bool IsOwnName(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.Equals(PublicUrl?.Host, StringComparison.OrdinalIgnoreCase)) return true;

        // Beyond this machine the access key is the guard; under which names we are known there cannot be told.
        ReadOnlySpan<char> name = host.AsSpan().Trim("[]");
        if (!IsLoopback && (Host is "0.0.0.0" or "::" || name.Equals(Host, StringComparison.OrdinalIgnoreCase))) return true;

        return IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address);
    }

    /// <summary>Where programs on this machine reach the server. Numbers, because <c>localhost</c> may lead to IPv6 first.</summary>
    /// <param name="port">The real one, where the system chose it.</param>
    public string AddressFor(int port) => Host switch
    {
        "localhost" or "0.0.0.0" or "::" => $"http://127.0.0.1:{port}",
        _ when Host.Contains(':') => $"http://[{Host}]:{port}",
        _ => $"http://{Host}:{port}",
    };

    /// <summary>Everything that is wrong with the combination, one sentence each.</summary>
    public IEnumerable<string> Problems()
    {
        if (Host != "localhost" && !IPAddress.TryParse(Host, out _))
            yield return $"host: '{Host}' is neither an IP address nor localhost.";
        else if (!IsLoopback && ApiKey is null)
            yield return $"host: listening on {Host} would let anyone on the network spend your accounts; set an access key first: codex-claude-proxy keys generate makes one, --api-key-file names the file that holds it.";
        else if (IsExposed && ApiKey is not null && AccessKey.IsWeak(ApiKey))
            yield return $"api-key: anyone on the network could guess this key; beyond this machine it must have at least {AccessKey.LeastLength} characters, {AccessKey.LeastDifferent} of them different. Make one: codex-claude-proxy keys generate";

        if (Port is < 0 or > 65_535) yield return $"port: {Port} is not between 0 and 65535.";
        if (LoginHost is not ("localhost" or "127.0.0.1")) yield return $"login-host: '{LoginHost}' is neither localhost nor 127.0.0.1.";
        if (LoginPorts.Count == 0 || LoginPorts.Any(port => port is < 0 or > 65_535)) yield return "login-ports: each must be between 0 and 65535.";
        if (ApiKey is not null && string.IsNullOrWhiteSpace(ApiKey)) yield return "api-key: must not be empty.";
        if (BasePath.Length > 0 && !IsPath(BasePath)) yield return $"base-path: '{BasePath}' is not a path such as /ccp.";
        if (LogFileMegabytes is < 1 or > 1024) yield return $"log-file-size: {LogFileMegabytes} is not between 1 and 1024.";
        foreach ((string name, TimeSpan time) in ((string, TimeSpan)[])[
            ("header-timeout", Limits.Headers), ("first-event-timeout", Limits.FirstEvent), ("idle-timeout", Limits.Idle), ("keepalive-timeout", Limits.OnlyAlive)])
        {
            if (time.TotalSeconds is < 1 or > 86_400) yield return $"{name}: {time.TotalSeconds} is not between 1 and 86400.";
        }

        if (Limits.Client.TotalSeconds is < 2 or > 86_400) yield return $"client-timeout: {Limits.Client.TotalSeconds} is not between 2 and 86400.";
        if (Limits.Drain.TotalSeconds is < 0 or > 3600) yield return $"drain: {Limits.Drain.TotalSeconds} is not between 0 and 3600.";
        if (LogFileKeep is < 0 or > 100) yield return $"log-file-keep: {LogFileKeep} is not between 0 and 100.";
        if (LogFile is not null && Directory.Exists(LogFile)) yield return $"log-file: {LogFile} is a directory.";
        if (!Version.TryParse(CodexVersion, out _)) yield return $"codex-version: '{CodexVersion}' is not a version number.";
    }

    /// <summary>Segments of plain characters, each behind a slash.</summary>
    public static bool IsPath(string text) =>
        text.StartsWith('/') && text[1..].Split('/').All(static segment =>
            segment.Length > 0 && segment is not ("." or "..") && segment.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~'));
}
