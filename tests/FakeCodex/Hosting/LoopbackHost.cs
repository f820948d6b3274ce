using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FakeCodex;

/// <summary>A real Kestrel on a loopback port, silent, without configuration files.</summary>
internal static class LoopbackHost
{
    public static async Task<WebApplication> StartAsync(int port, Action<WebApplication> map)
    {
        // A fixed content root: the slim builder would otherwise watch the whole working directory.
        WebApplicationOptions options = new() { ContentRootPath = AppContext.BaseDirectory };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(options);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            // A test holds a stream open for as long as it likes; no rate or idle limit may end it.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));

        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    public static Uri AddressOf(WebApplication app) => new(app.Urls.First());
}
