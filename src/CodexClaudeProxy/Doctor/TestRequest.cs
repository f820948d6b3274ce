using System.Net.Http.Headers;
using System.Text.Json;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Doctor;

/// <summary>A turn as a client sends it, through the running proxy, on a small model.</summary>
internal static class TestRequest
{
    private static readonly byte[] Body = """{"model":"claude-haiku-4-5","max_tokens":32,"messages":[{"role":"user","content":"Answer with the word OK."}]}"""u8.ToArray();

    public static async Task<Verdict> SendAsync(Patient patient, CancellationToken cancellation)
    {
        if (!patient.IsRunning && await PortProbe.AskAsync(patient.Address, patient.Options.ApiKey, cancellation) != PortState.Ours)
            return Verdict.Skipped("The proxy does not run");
        if (patient.Options.ApiKey is null && patient.ReadKeys().IsRequired) return Verdict.Skipped("Clients need a key, and there is no access key to send it with");

        using SocketsHttpHandler handler = new() { UseProxy = false };
        using HttpMessageInvoker http = new(handler);
        using HttpRequestMessage request = new(HttpMethod.Post, patient.Address + "/v1/messages") { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        if (patient.Options.ApiKey is { } key) request.Headers.TryAddWithoutValidation("x-api-key", key);

        long start = patient.Time.GetTimestamp();
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation), JsonDepth.Document);
        return response.IsSuccessStatusCode
            ? Verdict.Ok($"Answered within {patient.Time.GetElapsedTime(start).TotalSeconds:0.0} s by {answer.RootElement.Text("model")}")
            : Verdict.Fail($"Refused with {(int)response.StatusCode}: {answer.RootElement.Member("error").Text("message")}", "See the account checks above; the log shows each attempt");
    }
}
