using System.Text.Json;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

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
            using JsonDocument health = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limit.Token), JsonDepth.Document);
            return health.RootElement.Text("configPath") == accountsFile ? address : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>
    /// What a running proxy would tell a client. Asked, it fetches the plan's models where it has none yet, and keeps a copy in its data
    /// directory. Empty when it does not answer.
    /// </summary>
    /// <param name="wanted">The user's own model for a lane.</param>
    public static async Task<IReadOnlyList<ClientVariable>> AskForVariablesAsync(
        string address, string? accessKey, IReadOnlyDictionary<string, string> wanted, TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
            string query = string.Join('&', wanted.Select(lane => $"{lane.Key}={Uri.EscapeDataString(lane.Value)}"));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/claude/environment?{query}");
            if (accessKey is not null) request.Headers.TryAddWithoutValidation("x-api-key", accessKey);
            using HttpResponseMessage response = await http.SendAsync(request, limit.Token);
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(limit.Token), ClaudeCodeContext.Default.ClientSetupReport)?.Variables ?? [];
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // Then what is known already must do.
            return [];
        }
    }
}
