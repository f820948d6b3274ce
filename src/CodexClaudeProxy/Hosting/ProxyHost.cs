using System.Net;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Protocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CodexClaudeProxy.Hosting;

/// <summary>The running web server. Knows nothing of what it serves: that is handed in as a table of routes.</summary>
internal sealed partial class ProxyHost : IAsyncDisposable
{
    /// <summary>What the server has left after the drain, for the last bytes of answers that are over.</summary>
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HurriedBytes = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The server adds up the time its writes would take at a rate, so that a client which was fast could stand still for hours. At this rate
    /// they take none, and what counts is the grace that each write has.
    /// </summary>
    private const double AnyRate = 1e12;

    private const long MostUnsent = 32 * 1024;

    private readonly WebApplication _app;
    private readonly Journal _journal;
    private readonly HostParts _parts;
    private readonly IdleTrim _idle;
    private readonly Drain _drain;
    private readonly StopSignals? _signals;

    private ProxyHost(WebApplication app, Journal journal, HostParts parts, IdleTrim idle, Drain drain)
    {
        _app = app;
        _journal = journal;
        _parts = parts;
        _idle = idle;
        _drain = drain;
        if (parts.Options.StopsOnSignals) _signals = new StopSignals(drain, parts.Loggers.CreateLogger("Host"));
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
    }

    public Journal Journal => _journal;

    /// <summary>Where the server listens, with the real port.</summary>
    public Uri Address { get; }

    /// <summary>Clients have keys of their own.</summary>
    public bool HasClientKeys => _parts.Keys.Read().IsRequired;

    /// <summary>The process was told to stop; what runs has the time of the drain.</summary>
    public CancellationToken StopOrdered => _drain.Stopping;

    public IReadOnlyList<(string Name, string Text)> Announcements => _parts.Announcements;

    /// <param name="compose">Puts the parts of the program together and returns what they answer to.</param>
    /// <param name="logs">Sees every log line as it was written, secrets and all: for tests.</param>
    /// <param name="console">Where log lines are shown; null keeps them in memory only.</param>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<ProxyHost> StartAsync(
        ProxyOptions options,
        Func<HostParts, Task<Routes>> compose,
        TimeProvider? time = null,
        ILoggerProvider? logs = null,
        TextWriter? console = null,
        CancellationToken cancellation = default)
    {
        time ??= TimeProvider.System;
        Journal journal = OpenJournal(options, console, time);
        int descriptors = Descriptors.Raise();
        var capacity = new Capacity(options.Descriptors ?? descriptors);
        WebApplication app = Build(options, journal, logs, new ClientConnections(capacity.MostConnections, TimeProvider.System));

        // Its time is the system's, which kills what takes longer.
        var drain = new Drain(options.Limits.Drain, TimeProvider.System);
        var parts = new HostParts(options, time, app.Services.GetRequiredService<ILoggerFactory>(), journal)
        {
            Stopping = drain.Stopping,
            DrainEnding = drain.Ending,
            UnbegunEnding = drain.UnbegunEnding,
            Capacity = capacity,
        };
        ILogger log = parts.Loggers.CreateLogger("Host");
        drain.Stopping.Register(() => Stopping(log, drain.Limit.TotalSeconds));

        var idle = new IdleTrim(time, IdleTrim.CollectGarbage);
        try
        {
            Routes routes = await compose(parts);
            var door = new FrontDoor(routes, new LocalGate(options, parts.Keys, time), new ReverseProxy(options), idle, parts.Loggers.CreateLogger("Requests"), drain);
            app.Run(door.HandleAsync);
            ((ServerHost)app.Services.GetRequiredService<IHost>()).Pipeline = ((IApplicationBuilder)app).Build();
            await app.StartAsync(cancellation);
            return new ProxyHost(app, journal, parts, idle, drain);
        }
        catch
        {
            idle.Dispose();
            drain.Dispose();
            await app.DisposeAsync();
            await parts.DisposeOwnedAsync();
            await journal.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when the process was told to stop, or the token says so, and the drain is over.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellation)
    {
        using CancellationTokenRegistration order = cancellation.Register(_drain.Order);
        await _drain.WaitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_drain.Ordered.IsCompleted) _drain.Order();
        await _drain.WaitAsync();
        using var lastBytes = new CancellationTokenSource(_drain.IsHurried ? HurriedBytes : LastBytes);
        await _app.StopAsync(lastBytes.Token);
        await _app.DisposeAsync();
        await _parts.DisposeOwnedAsync();
        _idle.Dispose();
        await _journal.DisposeAsync();
        _signals?.Dispose();
        _drain.Dispose();
    }

    private static Journal OpenJournal(ProxyOptions options, TextWriter? console, TimeProvider time) => new(time)
    {
        Level = options.LogLevel,
        Format = options.LogFormat,
        Reader = options.ConsoleReader,
        Console = console is null ? null : new QueuedWriter(console),
        Redaction = new Redaction(options.ApiKey),
        File = options.LogFile is { } path ? new LogFile(path, options.LogFileMegabytes * 1024L * 1024, options.LogFileKeep, time) : null,
    };

    private static WebApplication Build(ProxyOptions options, Journal journal, ILoggerProvider? logs, ClientConnections connections)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // Otherwise the working directory is searched for settings and watched with everything below it.
            ContentRootPath = AppContext.BaseDirectory,
            // ASPNETCORE_ENVIRONMENT=Development would add a page with stack traces.
            EnvironmentName = Environments.Production,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });

        // Our options are complete: a stray appsettings.json or ASPNETCORE_URLS must not add to them.
        ((IConfigurationBuilder)builder.Configuration).Sources.Clear();

        // Ready instances: the container would put each together from a dozen services that nothing else needs.
        ILoggerFactory loggers = LoggersOver(journal, logs);
        var kestrel = new KestrelServerOptions();
        Configure(kestrel, options, connections);
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(Options.Create(kestrel));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ConnectionMemory());
        // Its options come from the container, which puts the pool of blocks into them. Without it connections take large arrays from the
        // shared one, which costs 200 KB for a client that does not read.
        builder.Services.AddSingleton<IConnectionListenerFactory>(services =>
            new GuardedListeners(new SocketTransportFactory(services.GetRequiredService<IOptions<SocketTransportOptions>>(), loggers), connections));
        builder.Services.AddSingleton<IHostApplicationLifetime>(lifetime);
        builder.Services.AddSingleton<IHost>(services => new ServerHost(services, lifetime));

        return builder.Build();
    }

    private static LoggerFactory LoggersOver(Journal journal, ILoggerProvider? logs)
    {
        var filters = new LoggerFilterOptions();
        // Asked at each line, because the level may change while the program runs.
        filters.AddFilter(level => level >= journal.Level);
        filters.AddFilter("Microsoft", level => level >= LogLevel.Warning && level >= journal.Level);
        return new LoggerFactory(logs is null ? [journal] : [journal, logs], filters);
    }

    private static void Configure(KestrelServerOptions kestrel, ProxyOptions options, ClientConnections connections)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = FrontDoor.MaxBody;
        // What waits here for a client that does not read, beside what the system keeps for it.
        kestrel.Limits.MaxResponseBufferSize = MostUnsent;
        // What is only somewhat too long is refused by us, in the caller's words.
        kestrel.Limits.MaxRequestLineSize = 8 * FrontDoor.MostLineBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8 * FrontDoor.MostHeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = 8 * FrontDoor.MostHeaders;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        // Longer than any client keeps an idle connection, so that none meets one we have just closed.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        // A large prompt over a slow link is fine; only a stalled upload is not.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30));
        // A client that takes nothing is cut, so that it does not hold an account's stream for ever. What the system keeps for it comes on top.
        kestrel.Limits.MinResponseDataRate = new MinDataRate(AnyRate, options.Limits.Client);
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            // Without TLS there is no other.
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.Use(next => connection => connections.ServeAsync(connection, next));
        });

        if (options.Host != "localhost") kestrel.Listen(IPAddress.Parse(options.Host), options.Port);
        else if (options.Port == 0) kestrel.Listen(IPAddress.Loopback, 0);
        else kestrel.ListenLocalhost(options.Port);
    }

    [LoggerMessage(2, LogLevel.Information, "Stopping; running responses have {Seconds} seconds to finish")]
    private static partial void Stopping(ILogger log, double seconds);
}
