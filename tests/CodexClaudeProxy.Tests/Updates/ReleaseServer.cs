using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary>Releases as GitHub serves them: the newest is a redirect to the one with its version, and that one to where the files are.</summary>
internal sealed class ReleaseServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ReleaseServer(WebApplication app) => _app = app;

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public string Source => Address + "/releases";

    public string Newest { get; set; } = "1.1.0";

    /// <summary>The files, by names such as <c>v1.1.0/checksums.txt</c>.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = [];

    /// <summary>A file of which only the first half comes before the connection breaks.</summary>
    public string? Truncated { get; set; }

    /// <summary>A file of which only the first half comes, and then nothing.</summary>
    public string? Stalled { get; set; }

    /// <summary>When the first half of that file was sent.</summary>
    public TaskCompletionSource Stalling { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The files that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public static async Task<ReleaseServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var server = new ReleaseServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>A program that only tells which build it is.</summary>
    public static byte[] Program(string version, string target) => Encoding.UTF8.GetBytes(
        "#!/bin/sh\necho '{\"name\":\"codex-claude-proxy\",\"version\":\"" + version + "\",\"commit\":null,\"target\":\"" + target + "\"}'\n");

    /// <summary>A whole release, signed.</summary>
    public void Publish(string version, SigningKey key, params (string Name, byte[] Content)[] files)
    {
        (string Name, byte[] Content)[] all = [("version.txt", Encoding.UTF8.GetBytes(version + "\n")), .. files];
        byte[] checksums = Encoding.UTF8.GetBytes(string.Concat(all.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Content))}  {file.Name}\n")));
        foreach ((string name, byte[] content) in all) Files[$"v{version}/{name}"] = content;
        Files[$"v{version}/checksums.txt"] = checksums;
        Files[$"v{version}/checksums.txt.sig"] = key.Sign(checksums);
    }

    public void Tamper(string file) => Files[file] = [.. Files[file][..^2], (byte)(Files[file][^2] ^ 1), Files[file][^1]];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        const string newest = "/releases/latest/download/", one = "/releases/download/", storage = "/storage/";
        string path = http.Request.Path.Value!;
        if (path.StartsWith(newest, StringComparison.Ordinal)) http.Response.Redirect($"{one}v{Newest}/{path[newest.Length..]}");
        else if (path.StartsWith(one, StringComparison.Ordinal)) http.Response.Redirect(storage + path[one.Length..]);
        else await SendAsync(http, path[storage.Length..]);
    }

    private async Task SendAsync(HttpContext http, string file)
    {
        Requests.Enqueue(file);
        if (!Files.TryGetValue(file, out byte[]? content))
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.ContentLength = content.Length;
        if (file != Truncated && file != Stalled)
        {
            await http.Response.Body.WriteAsync(content, http.RequestAborted);
            return;
        }

        await http.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        if (file == Stalled)
        {
            Stalling.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        http.Abort();
    }
}
