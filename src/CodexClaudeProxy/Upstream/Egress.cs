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
        // Over HTTP/1.1 an answer that we end ourselves is read on before its connection is closed, in case that saves the connection:
        // only the last bytes of one that is over are worth it.
        MaxResponseDrainSize = 16 * 1024,
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(50),
        // What the backend may send before it is read: more would wait here for a client that does not read.
        InitialHttp2StreamWindowSize = 96 * 1024,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(30),
        // A long thought is a long silence: only pings tell it from a dead connection.
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    });
}
