using System.Text.Json;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Doctor;

/// <summary>Whether requests go up compressed, or why not.</summary>
internal static class CompressionCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Check Of(Patient patient) => new("compression", "Compressed requests", async token => Judge(patient, patient.UncompressedHosts ?? await AskAsync(patient, token)));

    private static Verdict Judge(Patient patient, IEnumerable<string> refusing)
    {
        string host = patient.Options.ChatGptUrl.IdnHost;
        if (!RequestCompression.IsWanted(patient.Settings.CompressRequests, patient.Options.HasOfficialBackend))
        {
            return Verdict.Ok(patient.Settings.CompressRequests == CompressionChoice.Off
                ? "Off, by the setting compressRequests"
                : $"Off: {host} is not the official host. The setting compressRequests can turn it on");
        }

        string hosts = string.Join(" and ", refusing);
        if (hosts.Length == 0) return Verdict.Ok($"Requests to {host} are compressed");
        return Verdict.Warn($"{hosts} did not accept compressed requests: until the proxy is restarted they are sent uncompressed, and take longer",
            "Find the HTTP proxy or gateway in between that refuses them; or set compressRequests to off");
    }

    /// <summary>Only the proxy that runs knows; where none answers, nobody has refused anything.</summary>
    private static async Task<IEnumerable<string>> AskAsync(Patient patient, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            // What the environment says about proxies is not meant for this machine.
            using HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
            using HttpRequestMessage request = new(HttpMethod.Get, patient.Address + "/api/about");
            if (patient.Options.ApiKey is { } key) request.Headers.TryAddWithoutValidation("x-api-key", key);
            using HttpResponseMessage response = await http.SendAsync(request, limit.Token);
            using JsonDocument about = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limit.Token), JsonDepth.Document);
            return [.. about.RootElement.Items("uncompressedHosts").Where(static host => host.ValueKind == JsonValueKind.String).Select(static host => host.GetString()!)];
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return [];
        }
    }
}
