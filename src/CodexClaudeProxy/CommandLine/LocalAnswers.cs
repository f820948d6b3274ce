using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// What the running proxy says, asked over plain sockets: loading an HTTP client takes longer than the rest of a status line.
/// </summary>
/// <param name="Pool">The answer of <c>/api/pool</c>; null when there is none.</param>
/// <param name="Requests">The session's last requests.</param>
internal sealed record LocalAnswers(JsonDocument? Pool, JsonDocument? Requests)
{
    /// <summary>Far more than it takes: Claude Code runs the line beside its work, and starts it anew when something has changed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1_500);

    public static async Task<LocalAnswers> AskAsync(string address, string? key, StatusInput status, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? proxy) || proxy.Scheme != "http") return new LocalAnswers(null, null);

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        Task<JsonDocument?> pool = AskAsync(proxy, "/api/pool" + (status.Model is { } model ? $"?model={Uri.EscapeDataString(model)}" : ""), key, limit.Token);
        Task<JsonDocument?> requests = status.Session is { } session
            ? AskAsync(proxy, $"/api/requests?limit=20&session={Uri.EscapeDataString(session)}", key, limit.Token)
            : Task.FromResult<JsonDocument?>(null);
        return new LocalAnswers(await pool, await requests);
    }

    private static async Task<JsonDocument?> AskAsync(Uri proxy, string path, string? key, CancellationToken cancellation)
    {
        try
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(proxy.IdnHost, proxy.Port, cancellation);
            string authorization = string.IsNullOrEmpty(key) || key.Any(char.IsControl) ? "" : $"Authorization: Bearer {key}\r\n";
            await socket.SendAsync(Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: {proxy.Authority}\r\n{authorization}Connection: close\r\n\r\n"), cancellation);

            using MemoryStream answer = new();
            byte[] buffer = new byte[16 * 1024];
            int count;
            while ((count = await socket.ReceiveAsync(buffer, cancellation)) > 0) answer.Write(buffer, 0, count);
            return Body(answer.GetBuffer().AsMemory(0, (int)answer.Length));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or JsonException or IOException)
        {
            return null;
        }
    }

    /// <summary>Our own answers have a length and come in one piece.</summary>
    private static JsonDocument? Body(ReadOnlyMemory<byte> answer)
    {
        int end = answer.Span.IndexOf("\r\n\r\n"u8);
        return end < 0 || !answer.Span.StartsWith("HTTP/1.1 200"u8) ? null : JsonDocument.Parse(answer[(end + 4)..], JsonDepth.Document);
    }
}
