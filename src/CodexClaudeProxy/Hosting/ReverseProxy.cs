using System.Net;

namespace CodexClaudeProxy.Hosting;

/// <summary>
/// Gives a request the address that the browser saw, where a reverse proxy stands in between: scheme, host and the path in front of
/// ours. What the proxy says counts only from addresses the owner has named, and only for a request that came under a name of ours: a
/// page that has pointed its own host name at this machine can send the same headers.
/// </summary>
internal sealed class ReverseProxy(ProxyOptions options)
{
    public void Restore(HttpRequest request)
    {
        // The gate refuses it as it came.
        if (!options.IsOwnName(request.Host.Host)) return;

        string prefix = "";
        if (options.PublicUrl is { } shown && IsAt(request.Host, shown)) (request.Scheme, prefix) = (shown.Scheme, options.BasePath);
        if (IsTrusted(request.HttpContext.Connection.RemoteIpAddress))
        {
            if (Told(request, "X-Forwarded-Proto")?.ToLowerInvariant() is ("http" or "https") and var scheme) request.Scheme = scheme;
            if (Told(request, "X-Forwarded-Host") is { } host) request.Host = new HostString(host);
            if (Told(request, "X-Forwarded-Prefix")?.TrimEnd('/') is { } path && ProxyOptions.IsPath(path)) prefix = path;
        }

        // One proxy takes the prefix away, another leaves it.
        string known = prefix.Length > 0 ? prefix : options.BasePath;
        if (known.Length > 0 && request.Path.StartsWithSegments(known, out PathString rest)) (request.Path, prefix) = (rest, known);
        request.PathBase = prefix;
    }

    private static bool IsAt(HostString host, Uri url) =>
        host.Host.Equals(url.Host, StringComparison.OrdinalIgnoreCase) && (host.Port is not { } port || port == url.Port);

    private bool IsTrusted(IPAddress? peer)
    {
        if (peer is null || options.TrustedProxies.Count == 0) return false;
        IPAddress address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return options.TrustedProxies.Any(network => network.Contains(address));
    }

    /// <summary>The last value is the one that the proxy in front of us has added.</summary>
    private static string? Told(HttpRequest request, string name) =>
        request.Headers[name] is [.., { Length: > 0 } values] && values[(values.LastIndexOf(',') + 1)..].Trim() is { Length: > 0 } last ? last : null;
}
