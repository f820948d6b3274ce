using System.IO.Compression;
using CodexClaudeProxy.Protocol;
using Microsoft.AspNetCore.Connections;
using CodexClaudeProxy.Protocol.Json;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace CodexClaudeProxy.Hosting;

/// <summary>A whole request body in pooled memory: the backend needs it in one piece, and another attempt needs it again.</summary>
internal static class RequestBody
{
    private const int LongestWindowBits = 25;

    /// <summary>The room for a body whose length is not known; it grows with what comes.</summary>
    private const int FirstRoom = 4 * 1024;

    /// <exception cref="InvalidRequestException">The body is too long, or packed in a way we cannot unpack.</exception>
    public static Task<PooledBuffer> ReadAsync(HttpRequest request, CancellationToken cancellation) => ReadAsync(request, Unpacked(request, request.Body), cancellation);

    /// <summary>The body as it came, also where it is packed.</summary>
    /// <exception cref="InvalidRequestException">The body is too long.</exception>
    public static Task<PooledBuffer> ReadAsReceivedAsync(HttpRequest request, CancellationToken cancellation) => ReadAsync(request, request.Body, cancellation);

    /// <summary>What is in a body that was read as it came; that buffer itself where nothing is packed.</summary>
    /// <exception cref="InvalidRequestException">The body is too long, or packed in a way we cannot unpack.</exception>
    public static async Task<PooledBuffer> UnpackAsync(HttpRequest request, PooledBuffer received, CancellationToken cancellation)
    {
        // Takes no memory before something is written, and most bodies are not packed.
        using var packed = new MemoryStream();
        Stream body = Unpacked(request, packed);
        if (body == packed) return received;
        packed.Write(received.Written);
        packed.Position = 0;
        return await ReadAsync(request, body, cancellation);
    }

    private static async Task<PooledBuffer> ReadAsync(HttpRequest request, Stream from, CancellationToken cancellation)
    {
        await using Stream body = from;
        var read = new PooledBuffer();
        try
        {
            // One byte more, for the read that finds the end.
            read.GetSpan(request.ContentLength is > 0 and <= FrontDoor.MaxBody and { } length ? (int)length + 1 : FirstRoom);
            int count;
            while ((count = await body.ReadAsync(read.GetMemory(), cancellation)) > 0)
            {
                read.Advance(count);
                // The limit holds for the unpacked bytes too.
                if (read.Length > FrontDoor.MaxBody) throw new InvalidRequestException(LocalErrors.BodyTooLarge);
            }

            return read;
        }
        catch (Exception e) when (e is InvalidDataException or ZstdException or InvalidOperationException or EndOfStreamException)
        {
            read.Dispose();
            throw new InvalidRequestException(ApiError.Invalid($"The request body is not valid {request.Headers.ContentEncoding} data"));
        }
        // The server's own word for chunks whose size it cannot read; a connection that broke is another matter.
        catch (IOException e) when (e is not (BadHttpRequestException or ConnectionResetException))
        {
            read.Dispose();
            throw new InvalidRequestException(ApiError.Invalid("The request body is not valid: " + e.Message));
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    private static DecompressionStream Zstd(Stream body)
    {
        var unpacked = new DecompressionStream(body);
        // The sender chooses how much memory unpacking takes; no honest one needs more than the longest body.
        unpacked.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LongestWindowBits);
        return unpacked;
    }

    private static Stream Unpacked(HttpRequest request, Stream body) => request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant() switch
    {
        "" or "identity" => body,
        "gzip" => new GZipStream(body, CompressionMode.Decompress),
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress),
        "zstd" => Zstd(body),
        var other => throw new InvalidRequestException(
            ApiError.Invalid($"Content-Encoding: '{other}' is not supported; send gzip, br, zstd, deflate or nothing") with { Status = 415 }),
    };
}
