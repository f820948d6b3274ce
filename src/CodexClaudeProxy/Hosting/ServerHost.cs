using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting.Internal;

namespace CodexClaudeProxy.Hosting;

/// <summary>
/// Starts and stops the web server and nothing else, in the place of the framework's host. That one builds half of its container at every
/// start for things we do not use (hosted services, start-up filters, diagnostics of its own): twice the processor time of a start, and 5 MB.
/// Signals are not its business: <see cref="StopSignals"/> has them.
/// </summary>
internal sealed class ServerHost(IServiceProvider services, ApplicationLifetime lifetime) : IHost, IAsyncDisposable
{
    private readonly IServer _server = services.GetRequiredService<IServer>();
    private bool _isDisposed;

    public IServiceProvider Services => services;

    /// <summary>What answers the requests. To be set before the start.</summary>
    public RequestDelegate? Pipeline { get; set; }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _server.StartAsync(new Application(Pipeline ?? throw new InvalidOperationException("There is nothing to serve.")), cancellationToken);
        lifetime.NotifyStarted();
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        lifetime.StopApplication();
        await _server.StopAsync(cancellationToken);
        lifetime.NotifyStopped();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Also called by the container, which this disposes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (services is IAsyncDisposable container) await container.DisposeAsync();
    }

    /// <summary>Keeps one context for each connection, as the framework's does.</summary>
    private sealed class Application(RequestDelegate pipeline) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures)
        {
            if (contextFeatures is not IHostContextContainer<HttpContext> connection) return new DefaultHttpContext(contextFeatures);
            if (connection.HostContext is not DefaultHttpContext context)
            {
                context = new DefaultHttpContext();
                connection.HostContext = context;
            }

            context.Initialize(contextFeatures);
            return context;
        }

        public Task ProcessRequestAsync(HttpContext context) => pipeline(context);

        public void DisposeContext(HttpContext context, Exception? exception) => ((DefaultHttpContext)context).Uninitialize();
    }
}
