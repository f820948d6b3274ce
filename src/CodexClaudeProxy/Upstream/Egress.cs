using System.Net;
using System.Net.Security;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Upstream;

/// <summary>The one way out: connections to the backends, shared by everything and alive as long as the process.</summary>
internal static class Egress
{
    /// <summary>Every address of a host is tried for itself (<see cref="AddressRace"/>), so this is the limit of all of them with the TLS handshake.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// An invoker, not an HttpClient, which would buffer and time out on its own. Redirects, cookies and decompression are off:
    /// what the backend sends is what we see. The proxy variables of the environment count, unless an account has a proxy of its own, and so
    /// do extra certificate authorities. Each request must say its <see cref="OutboundRoute"/>.
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="connectLimit">Null for the usual one.</param>
    public static HttpMessageInvoker Create(Func<string, string?> variable, TimeProvider? time = null, TimeSpan? connectLimit = null)
    {
        var race = new AddressRace(time ?? TimeProvider.System);
        TimeSpan limit = connectLimit ?? ConnectLimit;
        IWebProxy proxy = OutboundProxy.OrSystem(variable);
        return new HttpMessageInvoker(new RoutedConnections(
            new HttpMessageInvoker(new NamedProxyFailures(Handler(race, proxy, variable, limit), proxy)),
            own => new HttpMessageInvoker(Handler(race, own.ForConnections, variable, limit)),
            time ?? TimeProvider.System));
    }

    /// <param name="proxy">Null for none at all.</param>
    private static SocketsHttpHandler Handler(AddressRace race, IWebProxy? proxy, Func<string, string?> variable, TimeSpan connectLimit)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy,
            ConnectCallback = (context, cancellation) => race.ConnectAsync(context.DnsEndPoint, cancellation),
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            // Over HTTP/1.1 an answer that we end ourselves is read on before its connection is closed, in case that saves the connection:
            // only the last bytes of one that is over are worth it.
            MaxResponseDrainSize = 16 * 1024,
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(50),
            // What the backend may send before it is read: more would wait here for a client that does not read.
            InitialHttp2StreamWindowSize = 96 * 1024,
            ConnectTimeout = connectLimit,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            PooledConnectionLifetime = TimeSpan.FromMinutes(30),
            // A long thought is a long silence: only pings tell it from a dead connection.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (ExtraCertificates.FromEnvironment(variable) is { } extra)
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = extra.Accept };
        return handler;
    }

    /// <summary>Says which proxy it was when a proxy is why a request failed: "connection refused" alone points at the wrong machine.</summary>
    private sealed class NamedProxyFailures(HttpMessageHandler inner, IWebProxy proxy) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException e) when (What(e.HttpRequestError) is { } what && Name(request.RequestUri!) is { } name)
            {
                throw new HttpRequestException(HttpRequestError.ProxyTunnelError, $"{name} {what}", e);
            }
        }

        private string? Name(Uri destination) =>
            proxy is OutboundProxy named ? named.Describe(destination)
            : proxy.IsBypassed(destination) || proxy.GetProxy(destination) is not { } address || address == destination ? null
            : $"the system's proxy {address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}";

        private static string? What(HttpRequestError error) => error switch
        {
            HttpRequestError.NameResolutionError => "was not found",
            HttpRequestError.ConnectionError => "could not be reached",
            HttpRequestError.ProxyTunnelError => "refused the connection",
            _ => null,
        };
    }
}
