using System.Text.Json;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Examines the proxy from the inside; <c>{"request":true}</c> also sends a real request.</summary>
/// <param name="patientAt">The proxy, at the address it listens on.</param>
internal sealed class DoctorEndpoint(ProxyOptions options, Func<string, Patient> patientAt)
{
    public void MapTo(Routes routes) => routes.Post("/api/doctor", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        bool sendsRequest = body.RootElement.TryGetProperty("request"u8, out JsonElement asked) && asked.ValueKind == JsonValueKind.True;
        IReadOnlyList<Finding> findings = await Examination.RunAsync(patientAt(options.AddressFor(http.Connection.LocalPort)), sendsRequest, http.RequestAborted);
        await JsonReply.WriteAsync(http, json => Examination.Write(json, findings));
    }
}
