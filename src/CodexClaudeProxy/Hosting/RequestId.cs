using System.Security.Cryptography;

namespace CodexClaudeProxy.Hosting;

/// <summary>The name of one request, in the header, in error bodies and in the log. Kept in <see cref="HttpContext.TraceIdentifier"/>.</summary>
internal static class RequestId
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static void Assign(HttpContext http)
    {
        http.TraceIdentifier = "req_" + RandomNumberGenerator.GetString(Base62, 24);
        string header = Caller.EnvelopeOf(http.Request) == Envelope.OpenAi ? "x-request-id" : "request-id";
        http.Response.Headers[header] = http.TraceIdentifier;
    }
}
