using System.IO.Compression;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Turns;

/// <summary>A whole request body in pooled memory: the backend needs it in one piece, and another attempt needs it again.</summary>
internal static class RequestBody
{
    /// <exception cref="InvalidRequestException">The body is too long, or packed in a way we cannot unpack.</exception>
    public static async Task<PooledBuffer> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        await using Stream body = Unpacked(request);
        var read = new PooledBuffer();
        try
        {
            if (request.ContentLength is > 0 and <= FrontDoor.MaxBody) read.GetSpan((int)request.ContentLength.Value + 1);
            int count;
            while ((count = await body.ReadAsync(read.GetMemory(16 * 1024), cancellation)) > 0)
            {
                read.Advance(count);
                // The limit holds for the unpacked bytes too.
                if (read.Length > FrontDoor.MaxBody) throw new InvalidRequestException(LocalErrors.BodyTooLarge);
            }

            return read;
        }
        catch (InvalidDataException)
        {
            read.Dispose();
            throw new InvalidRequestException(ApiError.Invalid($"The request body is not valid {request.Headers.ContentEncoding} data"));
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    private static Stream Unpacked(HttpRequest request) => request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant() switch
    {
        "" or "identity" => request.Body,
        "gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
        "br" => new BrotliStream(request.Body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress),
        var other => throw new InvalidRequestException(
            ApiError.Invalid($"Content-Encoding: '{other}' is not supported; send gzip, br, deflate or nothing") with { Status = 415 }),
    };
}
