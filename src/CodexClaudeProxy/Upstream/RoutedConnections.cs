using System.Net;
using System.Net.Sockets;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Upstream;

/// <summary>
/// Sends each request over the connections of its route: those that all share, or those of one account through its own proxy. A proxy
/// that cannot be used fails the request; there is no other way for it.
/// </summary>
/// <param name="open">Makes the connections for a proxy.</param>
internal sealed class RoutedConnections(HttpMessageInvoker shared, Func<AccountProxy, HttpMessageInvoker> open, TimeProvider time) : HttpMessageHandler
{
    /// <summary>More than this many accounts with a proxy at once make room for each other.</summary>
    public const int MostOpen = 64;

    /// <summary>How long connections are kept that no request uses.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<OutboundRoute, Connections> _open = [];
    private ITimer? _sweep;

    /// <summary>How many proxies have connections, or had some a moment ago.</summary>
    public int Count
    {
        get { lock (_gate) return _open.Count; }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var route = OutboundRoute.Of(request);
        return route.Proxy is { } proxy ? SendAsync(route, proxy, request, cancellationToken) : shared.SendAsync(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(OutboundRoute route, AccountProxy proxy, HttpRequestMessage request, CancellationToken cancellation)
    {
        if (proxy.Problem is { } problem) throw new AccountProxyException(proxy, $"cannot be used: {problem}");
        Connections connections = Begin(route, proxy);
        try
        {
            HttpResponseMessage response = await connections.Http.SendAsync(request, cancellation);
            // In a tunnel this is an error by itself; an unencrypted request gets the proxy's refusal as its answer.
            if (proxy.IsDirect || response.StatusCode != HttpStatusCode.ProxyAuthenticationRequired) return response;
            response.Dispose();
            throw new AccountProxyException(proxy, "does not accept its user name and password, or asks for them");
        }
        catch (HttpRequestException e) when (!proxy.IsDirect && e is not AccountProxyException && e.InnerException is not SocketException { SocketErrorCode: SocketError.TooManyOpenSockets })
        {
            throw WhatOf(e) is { } what ? new AccountProxyException(proxy, what, e) : new AccountProxyException(proxy, "broke the connection, or upstream did", e) { IsCertain = false };
        }
        catch (OperationCanceledException) when (!proxy.IsDirect && !cancellation.IsCancellationRequested)
        {
            throw new AccountProxyException(proxy, "did not make the connection in time");
        }
        finally
        {
            End(connections);
        }
    }

    /// <summary>Null for what may be no fault of the proxy.</summary>
    private static string? WhatOf(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "was not found",
        HttpRequestError.ConnectionError => "could not be reached",
        HttpRequestError.ProxyTunnelError => "did not let the connection through; if it needs a user name and a password, check them",
        HttpRequestError.SecureConnectionError => "made no secure connection; if it opens encrypted connections, name its certificates in SSL_CERT_FILE",
        HttpRequestError.InvalidResponse => "does not answer like a proxy of its kind",
        _ => null,
    };

    private Connections Begin(OutboundRoute route, AccountProxy proxy)
    {
        // Without a proxy there is nothing that accounts could not share.
        if (proxy.IsDirect) route = route with { Account = null };
        lock (_gate)
        {
            if (!_open.TryGetValue(route, out Connections? connections))
            {
                foreach (OutboundRoute former in _open.Keys.Where(other => route.Account is not null && other.Account == route.Account).ToArray()) Close(former);
                if (_open.Count >= MostOpen) Close(_open.MinBy(static entry => entry.Value.LastUsed).Key);
                _open[route] = connections = new Connections(open(proxy));
                _sweep ??= time.CreateTimer(_ => Sweep(), null, Idle, Idle);
            }

            connections.Users++;
            connections.LastUsed = time.GetUtcNow();
            return connections;
        }
    }

    private void End(Connections connections)
    {
        lock (_gate)
        {
            connections.LastUsed = time.GetUtcNow();
            if (--connections.Users == 0 && connections.IsClosed) connections.Http.Dispose();
        }
    }

    private void Sweep()
    {
        lock (_gate)
        {
            foreach (OutboundRoute route in _open.Where(entry => entry.Value.Users == 0 && time.GetUtcNow() - entry.Value.LastUsed >= Idle).Select(static entry => entry.Key).ToArray()) Close(route);
            if (_open.Count > 0) return;
            _sweep?.Dispose();
            _sweep = null;
        }
    }

    /// <summary>Answers that still arrive go on to their end.</summary>
    private void Close(OutboundRoute route)
    {
        _open.Remove(route, out Connections? connections);
        connections!.IsClosed = true;
        if (connections.Users == 0) connections.Http.Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_gate)
            {
                _sweep?.Dispose();
                foreach (Connections connections in _open.Values) connections.Http.Dispose();
                _open.Clear();
            }

            shared.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <param name="Http">The way through one proxy.</param>
    private sealed record Connections(HttpMessageInvoker Http)
    {
        /// <summary>Requests that have no answer yet.</summary>
        public int Users { get; set; }

        public DateTimeOffset LastUsed { get; set; }

        /// <summary>Nobody begins anything with them any more.</summary>
        public bool IsClosed { get; set; }
    }
}
