using System.Text.Encodings.Web;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>How JSON for the backend is written: nothing is escaped without need, and raw pieces go in unchecked.</summary>
internal static class WireJson
{
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
}
