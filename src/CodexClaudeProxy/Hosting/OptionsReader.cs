using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Hosting;

/// <summary>One thing that can be set: as <c>--name</c>, in the environment, or as camelCase member of config.json.</summary>
/// <param name="IsFlag">False where a command-line option would only be clutter.</param>
internal sealed record Setting(string Name, string[] Environment, string Help, string ValueName, bool IsFlag = true)
{
    /// <summary>The words it can be; empty when it can be anything.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>A JSON array stays one: its elements may hold commas.</summary>
    public bool IsList { get; init; }

    /// <summary>The help of a command that asks the running proxy instead of being it.</summary>
    public string HelpToAsk { get; init; } = Help;

    public string Flag { get; } = "--" + Name;

    public string ConfigKey { get; } = string.Concat(Name.Split('-').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}

/// <summary>What <see cref="OptionsReader"/> found: the options, or why there are none.</summary>
/// <param name="Unreadable">The trouble is a file, not what the user typed.</param>
internal sealed record OptionsResult(ProxyOptions Options, IReadOnlyList<string> Problems, bool Unreadable = false);

/// <summary>Puts the options together: flag over environment over config.json over default.</summary>
internal sealed class OptionsReader
{
    public static readonly Setting[] Settings =
    [
        new("host", ["CCP_HOST"], $"Address to listen on; beyond this machine only with an access key of at least {AccessKey.LeastLength} characters, {AccessKey.LeastDifferent} of them different", "address") { HelpToAsk = "Address the proxy listens on" },
        new("port", ["CCP_PORT", "PORT"], "Port to listen on; 0 picks a free one", "number") { HelpToAsk = "Port the proxy listens on" },
        new("data-dir", ["CCP_DATA_DIR"], "Directory of accounts, settings and statistics", "directory"),
        new("api-key", ["CCP_API_KEY"], "Access key that clients must send, as bearer token or x-api-key; better in a file, because others on this machine can read the command line", "key") { HelpToAsk = "Access key of the proxy; better in a file, because others on this machine can read the command line" },
        new("api-key-file", ["CCP_API_KEY_FILE"], "File that holds the access key; codex-claude-proxy keys generate --file makes one", "path"),
        new("trusted-proxies", ["CCP_TRUSTED_PROXIES"], "Addresses of reverse proxies whose X-Forwarded headers are trusted, such as 127.0.0.1,10.0.0.0/8", "addresses"),
        new("public-url", ["CCP_PUBLIC_URL"], "Address of this program behind a reverse proxy", "url"),
        new("base-path", ["CCP_BASE_PATH"], "Path prefix that a reverse proxy does not remove, such as /ccp", "path"),
        new("log-format", ["CCP_LOG_FORMAT"], "text or json", "format") { Choices = ["text", "json"] },
        new("log-level", ["CCP_LOG_LEVEL"], "trace, debug, info, warn, error or none; the setting logLevel changes it while the program runs", "level") { Choices = ["trace", "debug", "info", "warn", "error", "none"] },
        new("log-file", ["CCP_LOG_FILE"], "Also write the log to this file, in the same format", "path"),
        new("log-file-size", ["CCP_LOG_FILE_SIZE"], "Megabytes at which the log file is renamed to .1 and a new one begins", "number"),
        new("log-file-keep", ["CCP_LOG_FILE_KEEP"], "How many full log files are kept", "number"),
        new("alert-command", ["CCP_ALERT_COMMAND"], "Program to start for each alert, which gets it as JSON on its standard input: a path, or a JSON array of the program and its arguments", "command") { IsList = true },
        new("drain", ["CCP_DRAIN"], "Seconds running responses may continue after a stop signal", "seconds"),
        new("header-timeout", ["CCP_HEADER_TIMEOUT"], "Seconds upstream may take to start a response, once it has the request", "seconds", IsFlag: false),
        new("first-event-timeout", ["CCP_FIRST_EVENT_TIMEOUT"], "Seconds until a response's first event", "seconds", IsFlag: false),
        new("idle-timeout", ["CCP_IDLE_TIMEOUT"], "Seconds between two events of a response", "seconds", IsFlag: false),
        new("keepalive-timeout", ["CCP_KEEPALIVE_TIMEOUT"], "Seconds upstream may send nothing but keep-alives", "seconds", IsFlag: false),
        new("client-timeout", ["CCP_CLIENT_TIMEOUT"], "Seconds after which a client that reads nothing of its response is disconnected", "seconds", IsFlag: false),
        new("chatgpt-url", ["CCP_CHATGPT_URL"], "The ChatGPT backend, for tests and for gateways of your own", "url", IsFlag: false),
        new("auth-url", ["CCP_AUTH_URL"], "OpenAI's login server", "url", IsFlag: false),
        new("login-host", ["CCP_LOGIN_HOST"], "Host of the address the browser returns to after a sign-in: localhost or 127.0.0.1", "host", IsFlag: false),
        new("login-ports", ["CCP_LOGIN_PORTS"], "Ports of that address, in order of preference", "numbers", IsFlag: false),
        new("kilo-url", ["CCP_KILO_URL"], "The Kilo gateway", "url", IsFlag: false),
        new("anthropic-url", ["CCP_ANTHROPIC_URL"], "Anthropic's API, for the models of the setting anthropicModels", "url", IsFlag: false),
        new("codex-version", ["CCP_CODEX_VERSION"], "Codex CLI version to emulate; upstream offers new models to new versions only", "version", IsFlag: false),
    ];

    private readonly IReadOnlyDictionary<string, string> _flags;
    private readonly Func<string, string?> _environment;
    private readonly List<string> _problems = [];
    private Dictionary<string, string> _config = [];

    private OptionsReader(IReadOnlyDictionary<string, string> flags, Func<string, string?> environment)
    {
        _flags = flags;
        _environment = environment;
    }

    /// <param name="flags">Values given on the command line, by setting name.</param>
    /// <param name="environment">Usually <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
    public static OptionsResult Read(IReadOnlyDictionary<string, string> flags, Func<string, string?> environment) =>
        new OptionsReader(flags, environment).Read();

    private OptionsResult Read()
    {
        var defaults = new ProxyOptions();

        // The data directory holds config.json, so that file cannot name it.
        string dataDirectory = UserPaths.ExpandHome(Value("data-dir") ?? defaults.DataDirectory, _environment);
        if (string.IsNullOrWhiteSpace(dataDirectory)) return new OptionsResult(defaults, ["data-dir: must not be empty."]);

        dataDirectory = Path.GetFullPath(dataDirectory);
        if (!TryReadConfig(Path.Combine(dataDirectory, "config.json"))) return new OptionsResult(defaults, _problems, Unreadable: true);

        Uri? publicUrl = Url("public-url");
        var options = new ProxyOptions
        {
            DataDirectory = dataDirectory,
            Host = HostName(Value("host")) ?? defaults.Host,
            Port = Number("port") ?? defaults.Port,
            ApiKey = ReadAccessKey(),
            TrustedProxies = Parse("trusted-proxies", "a list of addresses such as 127.0.0.1,10.0.0.0/8", ParseNetworks) ?? defaults.TrustedProxies,
            PublicUrl = publicUrl,
            BasePath = BasePath(Value("base-path") ?? publicUrl?.AbsolutePath ?? ""),
            ChatGptUrl = Url("chatgpt-url") ?? defaults.ChatGptUrl,
            AuthUrl = Url("auth-url") ?? defaults.AuthUrl,
            LoginHost = Value("login-host")?.ToLowerInvariant() ?? defaults.LoginHost,
            LoginPorts = Parse("login-ports", "a list of port numbers such as 1455,1457", ParsePorts) ?? defaults.LoginPorts,
            KiloUrl = Url("kilo-url") ?? defaults.KiloUrl,
            AnthropicUrl = Url("anthropic-url") ?? defaults.AnthropicUrl,
            CodexVersion = Value("codex-version") ?? defaults.CodexVersion,
            LogFormat = Parse<LogFormat?>("log-format", "text or json", ParseFormat) ?? defaults.LogFormat,
            LogLevel = Parse<LogLevel?>("log-level", "trace, debug, info, warn, error or none", ParseLevel) ?? defaults.LogLevel,
            LogFile = Value("log-file") is { Length: > 0 } file ? Path.GetFullPath(UserPaths.ExpandHome(file, _environment)) : null,
            LogFileMegabytes = Number("log-file-size") ?? defaults.LogFileMegabytes,
            LogFileKeep = Number("log-file-keep") ?? defaults.LogFileKeep,
            AlertCommand = Parse("alert-command", "the path of a program, or a JSON array of a program and its arguments", ParseCommand) ?? defaults.AlertCommand,
            Limits = ReadLimits(defaults.Limits),
        };

        if (OutboundProxy.ProblemOf(_environment) is { } proxy) _problems.Add(proxy);
        return new OptionsResult(options, [.. _problems, .. options.Problems()]);
    }

    /// <summary>An empty environment variable counts as unset, as in every shell script; an empty flag is a mistake worth telling.</summary>
    private string? Value(string name) => Find(name).Text;

    /// <summary>The value, and where it stands: in a flag, in the environment, in the file or nowhere.</summary>
    private (string? Text, int Place) Find(string name)
    {
        if (_flags.TryGetValue(name, out string? flag)) return (flag, 0);

        Setting setting = Array.Find(Settings, setting => setting.Name == name)!;
        foreach (string variable in setting.Environment)
        {
            if (_environment(variable) is { Length: > 0 } value) return (value, 1);
        }

        return _config.TryGetValue(setting.ConfigKey, out string? member) ? (member, 2) : (null, 3);
    }

    /// <summary>The key itself or the file that holds it, whichever is named in the stronger place.</summary>
    private string? ReadAccessKey()
    {
        (string? key, int place) = Find("api-key");
        (string? file, int filePlace) = Find("api-key-file");
        if (file is null || place < filePlace) return key;
        if (place == filePlace)
        {
            _problems.Add("api-key-file: there is also an api-key; name only one of them.");
            return key;
        }

        try
        {
            return AccessKey.Read(Path.GetFullPath(UserPaths.ExpandHome(file, _environment)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _problems.Add($"api-key-file: {e.Message}");
            return null;
        }
    }

    private static string BasePath(string text) => text.Trim('/') is { Length: > 0 } path ? "/" + path : "";

    private T? Parse<T>(string name, string expected, Func<string, T?> parse)
    {
        if (Value(name) is not { } text) return default;

        T? value = parse(text);
        if (value is null) _problems.Add($"{name}: '{text}' is not {expected}.");
        return value;
    }

    private TimeLimits ReadLimits(TimeLimits defaults) => new()
    {
        Headers = Seconds("header-timeout") ?? defaults.Headers,
        FirstEvent = Seconds("first-event-timeout") ?? defaults.FirstEvent,
        Idle = Seconds("idle-timeout") ?? defaults.Idle,
        OnlyAlive = Seconds("keepalive-timeout") ?? defaults.OnlyAlive,
        Client = Seconds("client-timeout") ?? defaults.Client,
        Drain = Seconds("drain") ?? defaults.Drain,
    };

    private TimeSpan? Seconds(string name) => Number(name) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private int? Number(string name) =>
        Parse<int?>(name, "a whole number", text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : null);

    /// <summary>A trailing slash would double when a path is appended.</summary>
    private Uri? Url(string name) => Parse(name, "an http or https address without a query", text =>
        Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out Uri? url) && url is { Scheme: "http" or "https", Query: "", Fragment: "" } ? url : null);

    private static string? HostName(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        "*" => "0.0.0.0",
        ['[', .. var address, ']'] => address,
        var name => name,
    };

    private static int[]? ParsePorts(string text)
    {
        int?[] ports = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : (int?)null)];
        return ports.All(port => port is not null) ? [.. ports.Select(port => port!.Value)] : null;
    }

    private static IPNetwork[]? ParseNetworks(string text)
    {
        IPNetwork?[] networks = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseNetwork)];
        return networks.All(network => network is not null) ? [.. networks.Select(network => network!.Value)] : null;
    }

    private static IPNetwork? ParseNetwork(string text) =>
        IPAddress.TryParse(text.AsSpan().Trim("[]"), out IPAddress? address) ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
        : IPNetwork.TryParse(text, out IPNetwork network) ? network
        : null;

    private static string TextOf(JsonProperty member)
    {
        if (member.Value.ValueKind != JsonValueKind.Array) return member.Value.ToString();
        return Array.Exists(Settings, setting => setting.IsList && setting.ConfigKey == member.Name) ? member.Value.GetRawText() : string.Join(',', member.Value.EnumerateArray());
    }

    private static string[]? ParseCommand(string text)
    {
        if (!text.TrimStart().StartsWith('[')) return text.Trim() is { Length: > 0 } program ? [program] : null;
        try
        {
            using JsonDocument list = JsonDocument.Parse(text, JsonDepth.Document);
            string?[] words = [.. list.RootElement.EnumerateArray().Select(static word => word.ValueKind == JsonValueKind.String ? word.GetString() : null)];
            return words is [{ Length: > 0 }, ..] && !words.Contains(null) ? [.. words.OfType<string>()] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static LogFormat? ParseFormat(string text) => text.ToLowerInvariant() switch
    {
        "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        _ => null,
    };

    private static LogLevel? ParseLevel(string text) => text.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" or "information" => LogLevel.Information,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "none" => LogLevel.None,
        _ => null,
    };

    private bool TryReadConfig(string file)
    {
        try
        {
            RegularFile.Demand(file);
            using var document = JsonDocument.Parse(ByteOrderMark.Skip(BusyFile.Read(file)), JsonDepth.Document with
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
            });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("it is not an object.");
            _config = document.RootElement.EnumerateObject()
                .Where(member => member.Value.ValueKind != JsonValueKind.Null)
                .ToDictionary(member => member.Name, TextOf);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            _problems.Add($"{file} cannot be read: {e.Message}");
            return false;
        }

        // A misspelt apiKey must not silently leave the proxy without a key.
        foreach (string key in _config.Keys.Where(key => !Array.Exists(Settings, setting => setting.ConfigKey == key && setting.Name != "data-dir")))
            _problems.Add($"{file}: unknown member '{key}'.");
        return true;
    }
}
