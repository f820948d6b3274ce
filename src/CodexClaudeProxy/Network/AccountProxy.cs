using System.Net;
using System.Text;

namespace CodexClaudeProxy.Network;

/// <summary>
/// The proxy that everything of one account goes through, whatever the environment says; or the wish that it goes out directly.
/// One that cannot be used is kept as it is: then nothing goes out at all.
/// </summary>
internal sealed record AccountProxy
{
    /// <summary>No proxy, not even the environment's.</summary>
    public const string Direct = "direct";

    /// <summary>What has to be given, for those who gave something else.</summary>
    public const string Wanted = "the address of an http, https, socks5 or socks4a proxy, such as socks5://user:password@host:1080, or direct";

    public const int Longest = 2000;

    private const string Mask = "***";

    /// <summary>What a SOCKS 5 server can be sent (RFC 1929).</summary>
    private const int LongestSocksWord = 255;

    private readonly ProxyAddress? _proxy;

    private AccountProxy(string text, ProxyAddress? proxy, string? problem)
    {
        (Text, _proxy, Problem) = (text, proxy, problem);
        if (proxy is null) return;
        string scheme = text[..text.IndexOf("://", StringComparison.Ordinal)].ToLowerInvariant();
        Shown = $"{scheme}://{(proxy.Credential is null ? "" : Mask + "@")}{proxy.Address.Authority}{(proxy.Address.IsDefaultPort ? $":{proxy.Address.Port}" : "")}";
    }

    /// <summary>As it is stored, with its credentials.</summary>
    public string Text { get; }

    /// <summary>For people: without credentials. <c>direct</c> for no proxy.</summary>
    public string Shown { get; private init; } = Direct;

    /// <summary>Why it cannot be used, as what it must be; null when it can. Never shows credentials.</summary>
    public string? Problem { get; }

    public bool IsDirect => _proxy is null && Problem is null;

    /// <summary>For the connection handler; null for no proxy.</summary>
    public IWebProxy? ForConnections => _proxy is { } proxy ? new Only(proxy) : null;

    public static AccountProxy Parse(string text)
    {
        text = text.Trim();
        if (text.Equals(Direct, StringComparison.OrdinalIgnoreCase)) return new AccountProxy(Direct, null, null);
        return ProblemOf(text) is { } problem ? new AccountProxy(text, null, problem) { Shown = "(not usable)" } : new AccountProxy(text, ProxyAddress.Parse(text), null);
    }

    /// <summary>The same proxy with the same credentials.</summary>
    public bool Equals(AccountProxy? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Shown;

    private static string? ProblemOf(string text)
    {
        int end = text.IndexOf("://", StringComparison.Ordinal);
        if (end < 0) return "it must begin with its kind: http://, https://, socks5:// or socks4a://";
        string scheme = text[..end].ToLowerInvariant();
        // It looks names up here, beside the proxy.
        if (scheme == "socks4") return "socks4 cannot look names up; use socks4a:// or socks5://";
        if (ProxyAddress.UnknownScheme(text) is not null) return "its kind must be http, https, socks5 or socks4a";
        string authority = text[(end + 3)..].TrimEnd('/');
        if (text.Length > Longest || text.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c)) || authority.AsSpan().ContainsAny("/?#\\"))
            return "nothing may follow its host and port, and special characters in a user name or password must be percent-encoded, such as %2F for /";
        if (authority.AsSpan().Count('@') > 1) return "an @ in a user name or password must be written as %40";
        if (authority.StartsWith(Mask, StringComparison.Ordinal) && authority.Contains('@', StringComparison.Ordinal)) return $"{Mask} stands for hidden credentials; enter the user name and the password again";
        if (ProxyAddress.Parse(text) is not { } proxy || proxy.Address.Port == 0) return "it must name a host, and a port if it is not the usual one, such as socks5://proxy.example:1080";
        if (scheme.StartsWith("socks5", StringComparison.Ordinal) && proxy.Credential is { } credential && (IsTooLong(credential.UserName) || IsTooLong(credential.Password)))
            return $"a user name or password for SOCKS 5 has at most {LongestSocksWord} bytes";
        return null;

        static bool IsTooLong(string word) => Encoding.UTF8.GetByteCount(word) > LongestSocksWord;
    }

    /// <summary>For every destination, also those on this machine.</summary>
    private sealed class Only(ProxyAddress proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; } = proxy.Credential;

        public Uri? GetProxy(Uri destination) => proxy.Address;

        public bool IsBypassed(Uri host) => false;
    }
}
