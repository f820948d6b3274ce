using System.Text.Json;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Finds the proxy that works with the same accounts. It needs no message: it looks at the account file before each request.</summary>
internal static class RunningServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Its address; null when none answers where the options say, or it has other accounts.</summary>
    public static async Task<Uri?> FindAsync(ProxyOptions options, string accountsFile, CancellationToken ct)
    {
        if (options.Port == 0) return null;
        // Who listens everywhere listens on this machine's own address too.
        string host = options.Host is "0.0.0.0" or "::" ? "localhost" : options.Host;
        Uri address = new UriBuilder("http", host, options.Port).Uri;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            // A client of its own: what the environment says about HTTP proxies does not concern this machine.
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/health"));
            if (options.ApiKey is not null) request.Headers.TryAddWithoutValidation("x-api-key", options.ApiKey);
            using HttpResponseMessage response = await http.SendAsync(request, limit.Token);
            using JsonDocument health = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limit.Token));
            return health.RootElement.Text("configPath") == accountsFile ? address : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Has a proxy fetch the plan's models, of which it then keeps a copy in the data directory. One that has a copy answers at once.</summary>
    public static async Task AskForModelsAsync(string address, string? accessKey, TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
            using var request = new HttpRequestMessage(HttpMethod.Get, address + "/claude/environment");
            if (accessKey is not null) request.Headers.TryAddWithoutValidation("x-api-key", accessKey);
            using HttpResponseMessage response = await http.SendAsync(request, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // Then what is known already must do.
        }
    }
}
