using System.Net;

namespace CodexClaudeProxy.Upstream;

/// <summary>The one way out: connections to the backends, shared by everything and alive as long as the process.</summary>
internal static class Egress
{
    /// <summary>
    /// An invoker, not an HttpClient, which would buffer and time out on its own. Redirects, cookies and decompression are off:
    /// what the backend sends is what we see. The proxy variables of the environment count.
    /// </summary>
    public static HttpMessageInvoker Create() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = true,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(30),
        // A long thought is a long silence: only pings tell it from a dead connection.
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    });
}
