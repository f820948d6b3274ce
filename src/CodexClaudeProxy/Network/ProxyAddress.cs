using System.Net;

namespace CodexClaudeProxy.Network;

/// <summary>Where a proxy is and how it is spoken to, in the forms that curl, git and the Codex CLI understand.</summary>
/// <param name="Address">With a scheme the connection handler knows, and without credentials.</param>
/// <param name="Credential">Null when the address names none.</param>
internal sealed record ProxyAddress(Uri Address, NetworkCredential? Credential)
{
    /// <summary>Scheme as it is written → scheme as the connection handler knows it, and the port when none is named. SOCKS 5 servers look names up themselves.</summary>
    private static readonly Dictionary<string, (string Scheme, int Port)> Schemes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["http"] = ("http", 80),
        ["https"] = ("https", 443),
        ["socks"] = ("socks5", 1080),
        ["socks5"] = ("socks5", 1080),
        ["socks5h"] = ("socks5", 1080),
        ["socks4"] = ("socks4", 1080),
        ["socks4a"] = ("socks4a", 1080),
    };

    /// <summary>For people: all schemes but the short form of one.</summary>
    public static string KnownSchemes { get; } = string.Join(", ", Schemes.Keys.Where(static key => key != "socks"));

    /// <summary>The scheme as it is written, when it is one that cannot be used; else null.</summary>
    public static string? UnknownScheme(string text)
    {
        int end = text.IndexOf("://", StringComparison.Ordinal);
        return end >= 0 && !Schemes.ContainsKey(text[..end]) ? text[..end] : null;
    }

    /// <summary>Null when the text is not the address of a proxy. Without a scheme it is an HTTP proxy.</summary>
    public static ProxyAddress? Parse(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal)) text = "http://" + text;
        string scheme = text[..text.IndexOf("://", StringComparison.Ordinal)];
        if (!Schemes.TryGetValue(scheme, out (string Scheme, int Port) known)) return null;
        // With a scheme the parser knows, since it must find host, port and user in all of them.
        if (!Uri.TryCreate("http" + text[scheme.Length..], UriKind.Absolute, out Uri? parsed) || parsed.Host.Length == 0) return null;

        int port = parsed.IsDefaultPort && !text.Split('/')[2].EndsWith(":80", StringComparison.Ordinal) ? known.Port : parsed.Port;
        string[] user = parsed.UserInfo.Split(':', 2);
        NetworkCredential? credential = parsed.UserInfo.Length == 0 ? null : new NetworkCredential(Uri.UnescapeDataString(user[0]), user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "");
        return new ProxyAddress(new UriBuilder(known.Scheme, parsed.Host, port).Uri, credential);
    }

    /// <summary>Without credentials.</summary>
    public override string ToString() => Address.ToString();
}
