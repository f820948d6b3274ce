using System.Buffers.Binary;

namespace CodexClaudeProxy.Hosting;

/// <summary>The name of one request, in the header, in error bodies and in the log. Kept in <see cref="HttpContext.TraceIdentifier"/>.</summary>
internal static class RequestId
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static void Assign(HttpContext http)
    {
        http.TraceIdentifier = New();
        string header = Caller.EnvelopeOf(http.Request) == Envelope.OpenAi ? "x-request-id" : "request-id";
        http.Response.Headers[header] = http.TraceIdentifier;
    }

    /// <summary><c>req_</c> and 24 letters or digits. Unique, not secret: a GUID comes without OpenSSL, which would cost 4 MB at the first request.</summary>
    public static string New()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(bytes);
        UInt128 number = BinaryPrimitives.ReadUInt128LittleEndian(bytes);

        Span<char> digits = stackalloc char[24];
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            (number, UInt128 digit) = UInt128.DivRem(number, 62);
            digits[i] = Base62[(int)digit];
        }

        return string.Concat("req_", digits);
    }
}
