using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using FakeCodex;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace CodexClaudeProxy.Load.Backend;

/// <summary>
/// The fake backend in a process of its own: the same answers over HTTP/1.1 in the clear and over TLS with HTTP/2. It reads requests without looking
/// at them. What it answers is said at <c>/bench/script</c>.
/// </summary>
internal static class BackendServer
{
    /// <summary>Prints the two ports, and ends when its standard input does.</summary>
    /// <param name="authorityFile">Where to write the certificate that clients must trust.</param>
    public static async Task<int> RunAsync(string authorityFile)
    {
        using X509Certificate2 certificate = FakeCertificate.ForLoopback();
        await File.WriteAllTextAsync(authorityFile, certificate.ExportCertificatePem());
        await using WebApplication app = Build(certificate);
        Script script = new(Pace.Burst, 1, TimeSpan.Zero);
        app.Run(http => AnswerAsync(http, ref script));
        await app.StartAsync();
        int[] ports = [.. app.Urls.Select(static url => new Uri(url).Port)];
        Console.WriteLine($"{ports[0]} {ports[1]}");
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nothing is said there; only its end counts.
        }
        return 0;
    }

    private static WebApplication Build(X509Certificate2 certificate)
    {
        // A fixed content root: the slim builder would otherwise watch the whole working directory.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
            // Only HTTP/2, so that nothing measured here went another way unnoticed.
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseHttps(certificate);
            });
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        return builder.Build();
    }

    private static Task AnswerAsync(HttpContext http, ref Script script)
    {
        string path = http.Request.Path.Value!;
        if (path.EndsWith("/responses", StringComparison.Ordinal)) return StreamAsync(http, script);
        switch (path)
        {
            case "/bench/script":
                script.Finish();
                script = Read(http.Request.Query);
                return Task.CompletedTask;
            case "/bench/finish":
                script.Finish();
                return Task.CompletedTask;
            case "/health":
                return Task.CompletedTask;
            case "/backend-api/codex/models":
                return SendAsync(http, Reply.Http("models-200"));
            case "/backend-api/wham/usage":
                return SendAsync(http, AccountAnswers.Usage(FakeAuth.DefaultUser));
            case "/backend-api/wham/accounts/check":
                return SendAsync(http, AccountAnswers.AccountsCheck(FakeAuth.DefaultUser));
            default:
                http.Response.StatusCode = 404;
                return Task.CompletedTask;
        }
    }

    private static Script Read(IQueryCollection query) => new(
        Enum.Parse<Pace>(query["pace"]!),
        int.Parse(query["deltas"]!, CultureInfo.InvariantCulture),
        TimeSpan.FromMilliseconds(int.Parse(query["milliseconds"]!, CultureInfo.InvariantCulture)));

    private static async Task StreamAsync(HttpContext http, Script script)
    {
        CancellationToken clientGone = http.RequestAborted;
        try
        {
            await ReadBodyAsync(http.Request.BodyReader, clientGone);
            http.Response.ContentType = "text/event-stream; charset=utf-8";
            http.Response.Headers.CacheControl = "no-cache";
            await script.PlayAsync(http.Response.BodyWriter, clientGone);
        }
        catch (Exception e) when (clientGone.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // A client that has seen enough.
        }
    }

    private static async Task ReadBodyAsync(PipeReader body, CancellationToken clientGone)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(clientGone);
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    private static async Task SendAsync(HttpContext http, Reply reply)
    {
        http.Response.ContentType = "application/json";
        await http.Response.BodyWriter.WriteAsync(reply.BodyBytes());
    }
}
