using System.Net;
using System.Net.Sockets;
using System.Text.Json;
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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <param name="address">For instance <c>http://127.0.0.1:8081</c>.</param>
    public static async Task<PortState> AskAsync(string address, string? accessKey, CancellationToken cancellation)
    {
        // What the environment says about proxies is not meant for this machine.
        using SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = Patience };
        using HttpMessageInvoker http = new(handler);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using HttpRequestMessage request = new(HttpMethod.Get, address + "/health");
        if (accessKey is not null) request.Headers.TryAddWithoutValidation("x-api-key", accessKey);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, limit.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized && response.Headers.Contains("request-id")) return PortState.OtherKey;
            return response.StatusCode == HttpStatusCode.OK && IsHealth(await response.Content.ReadAsByteArrayAsync(limit.Token)) ? PortState.Ours : PortState.Other;
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

    private static bool IsHealth(byte[] body)
    {
        using JsonDocument health = JsonDocument.Parse(body, JsonDepth.Document);
        JsonElement root = health.RootElement;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("status"u8, out JsonElement status) && status.ValueKind == JsonValueKind.String && status.ValueEquals("ok"u8)
            && root.TryGetProperty("configPath"u8, out _) && root.TryGetProperty("accounts"u8, out _);
    }
}
