using System.Net;

namespace CodexClaudeProxy.Network;

/// <summary>
/// The proxies that the environment names: <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>ALL_PROXY</c> and <c>NO_PROXY</c>, in small letters
/// too, with the schemes and forms that curl, git and the Codex CLI understand.
/// </summary>
internal sealed class OutboundProxy : IWebProxy
{
    private static readonly string[] Variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

    private readonly Entry? _http;
    private readonly Entry? _https;
    private readonly DirectHosts _direct;

    private OutboundProxy(Entry? http, Entry? https, DirectHosts direct)
    {
        _http = http;
        _https = https;
        _direct = direct;
        Credentials = new ProxyCredentials([.. new[] { http, https }.OfType<Entry>()]);
    }

    public ICredentials? Credentials { get; set; }

    /// <summary>Null when the environment names none; then the system's own settings count.</summary>
    public static OutboundProxy? FromEnvironment(Func<string, string?> variable)
    {
        Entry? all = Parse(variable, "ALL_PROXY").Entry;
        Entry? http = Parse(variable, "HTTP_PROXY").Entry ?? all;
        Entry? https = Parse(variable, "HTTPS_PROXY").Entry ?? all;
        return http is null && https is null ? null : new OutboundProxy(http, https, DirectHosts.Parse(Value(variable, "NO_PROXY")));
    }

    /// <summary>The proxies that the environment names, or else those of the system's own settings.</summary>
    public static IWebProxy OrSystem(Func<string, string?> variable) => FromEnvironment(variable) ?? HttpClient.DefaultProxy;

    /// <summary>Why a variable cannot be used, as a sentence that shows no password; null when all can. Going out around such a proxy would be worse than not starting.</summary>
    public static string? ProblemOf(Func<string, string?> variable) =>
        Variables.Select(name => Parse(variable, name).Problem).FirstOrDefault(problem => problem is not null);

    /// <summary>A proxy variable in either spelling; an empty one counts as unset.</summary>
    public static string? Value(Func<string, string?> variable, string name)
    {
        if (variable(name.ToLowerInvariant()) is { Length: > 0 } lower) return lower;
        // A web server hands the header "Proxy" of strangers to its CGI programs under this name.
        bool isForged = name == "HTTP_PROXY" && variable("GATEWAY_INTERFACE") is { Length: > 0 };
        return !isForged && variable(name) is { Length: > 0 } value ? value : null;
    }

    public Uri? GetProxy(Uri destination) => EntryFor(destination)?.Address;

    public bool IsBypassed(Uri host) => EntryFor(host) is null;

    /// <summary>For instance <c>the proxy socks5://10.0.0.1:1080/ of ALL_PROXY</c>; null when the destination is reached without one.</summary>
    public string? Describe(Uri destination) => EntryFor(destination) is { } entry ? $"the proxy {entry.Address} of {entry.Variable}" : null;

    private Entry? EntryFor(Uri destination)
    {
        Entry? entry = destination.Scheme is "https" or "wss" ? _https : _http;
        return entry is not null && !_direct.Include(destination) ? entry : null;
    }

    private static (Entry? Entry, string? Problem) Parse(Func<string, string?> variable, string name)
    {
        if (Value(variable, name)?.Trim() is not { Length: > 0 } text) return default;
        if (ProxyAddress.UnknownScheme(text) is { } scheme)
            return (null, $"{name} names a proxy with the scheme '{scheme}', which cannot be used. Use one of {ProxyAddress.KnownSchemes}, or unset the variable.");
        return ProxyAddress.Parse(text) is { } proxy
            ? (new Entry(name, proxy.Address, proxy.Credential), null)
            : (null, $"{name} is not the address of a proxy. Correct it, for instance to http://proxy.example:3128, or unset it.");
    }

    private sealed record Entry(string Variable, Uri Address, NetworkCredential? Credential);

    private sealed class ProxyCredentials(Entry[] entries) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType) => Array.Find(entries, entry => entry.Address == uri)?.Credential;
    }
}
