using System.Text.Json;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Hosting;

/// <summary>Reads the small JSON bodies of the management routes.</summary>
internal static class JsonBody
{
    /// <summary>The body as a JSON object; an absent body is an empty one. Anything else is the caller's fault.</summary>
    public static async Task<JsonDocument> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength is 0 || !LocalGate.HasBody(http.Request)) return JsonDocument.Parse("{}");

        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        }
        catch (JsonException e)
        {
            throw new InvalidRequestException(LocalErrors.InvalidJson(e.Message));
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;

        document.Dispose();
        throw new InvalidRequestException(LocalErrors.InvalidJson("an object was expected"));
    }
}
