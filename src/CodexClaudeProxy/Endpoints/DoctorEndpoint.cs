using System.ComponentModel;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Examines the proxy from the inside.</summary>
/// <param name="patientAt">The proxy, at the address it listens on.</param>
internal sealed class DoctorEndpoint(ProxyOptions options, Func<string, Patient> patientAt)
{
    public void MapTo(Routes routes) => routes.Post("/api/doctor", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        DoctorRequest asked = await JsonBody.ReadAsync(http, EndpointsContext.Default.DoctorRequest);
        IReadOnlyList<Finding> findings = await Examination.RunAsync(patientAt(options.AddressFor(http.Connection.LocalPort)), asked.Request == true, http.RequestAborted);
        await JsonReply.WriteAsync(http, DoctorReport.Of(findings), DoctorContext.Default.DoctorReport);
    }
}

/// <summary>How to examine the proxy.</summary>
/// <param name="Request">Whether to send a real, small request too, which costs a little of the quota.</param>
internal sealed record DoctorRequest([property: Description("true or false")] bool? Request);
