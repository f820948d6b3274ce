using System.Buffers;
using CodexClaudeProxy.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class ServerHostTests
{
    /// <summary>What the framework's host would run beside the server. A new one has to be looked at: ours would leave it out without a word.</summary>
    [Fact]
    public async Task Our_host_leaves_out_nothing_but_what_is_known()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        IServiceCollection services = builder.Services;
        await using WebApplication app = builder.Build(); // adds the last of them

        Assert.Equal(["GenericWebHostService"], Names(services, typeof(IHostedService)));
        Assert.Equal(["ForwardedHeadersStartupFilter", "HostFilteringStartupFilter"], Names(services, typeof(IStartupFilter)));
    }

    [Fact]
    public async Task Nothing_to_serve_is_no_start()
    {
        await using WebApplication app = App(out _);

        await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_serves_stops_and_can_be_disposed_of_twice()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        WebApplication app = App(out ApplicationLifetime lifetime);
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(http => http.Response.WriteAsync(http.Request.Path, http.RequestAborted));
        ((ServerHost)app.Services.GetRequiredService<IHost>()).Pipeline = ((IApplicationBuilder)app).Build();

        await app.StartAsync(cancellation);
        Assert.True(lifetime.ApplicationStarted.IsCancellationRequested);
        using (var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) })
        {
            // The second one on the same connection, with the same context.
            Assert.Equal("/one", await client.GetStringAsync("/one", cancellation));
            Assert.Equal("/two", await client.GetStringAsync("/two", cancellation));
        }

        await app.StopAsync(cancellation);
        Assert.True(lifetime.ApplicationStopped.IsCancellationRequested);
        await app.DisposeAsync();
        await app.DisposeAsync();
    }

    /// <summary>The shared pool hands out arrays of powers of two: several times what waits for a client that does not read. The server's own has small ones.</summary>
    [Fact]
    public async Task Connections_have_our_pool_of_blocks()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(compose: static _ => new Routes().Get("/pool", static http =>
        {
            MemoryPool<byte> pool = http.Features.GetRequiredFeature<IMemoryPoolFeature>().MemoryPool;
            return http.Response.WriteAsync($"{pool.GetType().Name} {pool.MaxBufferSize}");
        }));

        Assert.Equal("ConnectionMemory 16384", (await proxy.GetAsync("/pool")).Body);
    }

    private static WebApplication App(out ApplicationLifetime lifetime)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        var own = lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        builder.Services.AddSingleton<IHostApplicationLifetime>(own);
        builder.Services.AddSingleton<IHost>(services => new ServerHost(services, own));
        return builder.Build();
    }

    private static string[] Names(IServiceCollection services, Type service) =>
        [.. services.Where(one => one.ServiceType == service).Select(one => (one.ImplementationType ?? one.ImplementationInstance?.GetType() ?? one.ImplementationFactory!.Method.ReturnType).Name).Order()];
}
