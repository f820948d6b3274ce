using System.Text.Json;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Hosting;

/// <summary>Reads the small JSON bodies of the management routes.</summary>
internal static class JsonBody
{
    /// <summary>The body as a JSON object; an absent body is an empty one. Anything else is the caller's fault.</summary>
    public static async Task<JsonDocument> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength is 0 || !LocalGate.HasBody(http.Request)) return JsonDocument.Parse("{}", JsonDepth.Document);

        using PooledBuffer body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (!RequestDocument.TryRead(body.Written.ToArray(), out JsonDocument? document, out ApiError? error)) throw new InvalidRequestException(error!);
        if (document!.RootElement.ValueKind == JsonValueKind.Object) return document;

        document.Dispose();
        throw new InvalidRequestException(LocalErrors.InvalidJson("an object was expected"));
    }
}
