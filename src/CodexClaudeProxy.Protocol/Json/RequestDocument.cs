using System.Text.Json;
using System.Text.Unicode;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>A client's request body, read once into a document over its own bytes.</summary>
public static class RequestDocument
{
    /// <summary>From here on it is worth a copy to read it faster.</summary>
    private const int Large = 8 * 1024;

    public static bool TryRead(ReadOnlyMemory<byte> body, out JsonDocument? document, out ApiError? error)
    {
        document = null;
        error = null;
        body = ByteOrderMark.Skip(body);
        if (!Utf8.IsValid(body.Span))
        {
            error = Invalid("it is not UTF-8");
            return false;
        }

        try
        {
            body = LoneSurrogates.Replace(body);
            document = body.Length < Large ? JsonDocument.Parse(body, JsonDepth.Request) : EscapedJson.Parse(body);
            return true;
        }
        catch (JsonException e)
        {
            error = Invalid(e.Message);
            return false;
        }
    }

    /// <summary>A part of what was a valid document before, on its own.</summary>
    public static JsonElement Part(ReadOnlySpan<byte> json) => JsonElement.Parse(json, JsonDepth.Request);

    private static ApiError Invalid(string reason) => ApiError.Invalid($"The request body is not valid JSON: {reason}");
}
