using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Doctor;

/// <summary>Who listens where the proxy should.</summary>
internal enum PortState
{
    Free,

    /// <summary>A proxy that lets us in.</summary>
    Ours,

    /// <summary>Something that wants another access key.</summary>
    OtherKey,

    Other,
}

/// <summary>Finds out whether the proxy runs, by asking it.</summary>
internal static class PortProbe
{
    private const int MostBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <param name="address">For instance <c>http://127.0.0.1:8081</c>.</param>
    public static async Task<PortState> AskAsync(string address, string? accessKey, CancellationToken cancellation)
    {
        // What the environment says about proxies is not meant for this machine.
        using SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = Patience };
        using HttpClient http = new(handler) { MaxResponseContentBufferSize = MostBytes };
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using HttpRequestMessage request = new(HttpMethod.Get, address + "/health");
        if (accessKey is not null) request.Headers.TryAddWithoutValidation("x-api-key", accessKey);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, limit.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized && response.Headers.Contains("request-id")) return PortState.OtherKey;
            if (response.StatusCode != HttpStatusCode.OK) return PortState.Other;
            using JsonDocument health = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limit.Token), JsonDepth.Document);
            if (health.RootElement.Text("status") != "ok") return PortState.Other;
            if (Has("configPath") && Has("accounts")) return PortState.Ours;

            // That much any program may say. Ours tells callers without its key no more here, but says its name at the root.
            using JsonDocument root = JsonDocument.Parse(await http.GetByteArrayAsync(address + "/", limit.Token), JsonDepth.Document);
            if (root.RootElement.Text("name") != ProductVersion.Name) return PortState.Other;
            // A client's key opens no more than what is for clients.
            return KeyText.IsForClient(accessKey) && await OpensModelsAsync(http, address, accessKey!, limit.Token) ? PortState.Ours : PortState.OtherKey;

            bool Has(string member) => health.RootElement.Member(member).ValueKind != JsonValueKind.Undefined;
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return PortState.Free;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return PortState.Other;
        }
    }

    private static async Task<bool> OpensModelsAsync(HttpClient http, string address, string key, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, address + "/v1/models");
        request.Headers.TryAddWithoutValidation("x-api-key", key);
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        return response.IsSuccessStatusCode;
    }
}
