using System.IO.Compression;
using ZstdSharp;

namespace FakeCodex;

/// <summary>Reads a request body and undoes its content encodings.</summary>
internal static class RequestBody
{
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using MemoryStream raw = new();
        await request.Body.CopyToAsync(raw, cancellationToken);
        byte[] body = raw.ToArray();

        // "If multiple encodings have been applied, they are listed in the order in which they were applied": undo from the end.
        const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        string[] encodings = request.Headers.ContentEncoding.ToString().Split(',', Clean);
        foreach (string encoding in encodings.Reverse()) body = await DecodeAsync(body, encoding, cancellationToken);
        return body;
    }

    private static async Task<byte[]> DecodeAsync(byte[] body, string encoding, CancellationToken cancellationToken)
    {
        using MemoryStream source = new(body);
        await using Stream decoder = encoding.ToLowerInvariant() switch
        {
            "identity" => source,
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            "zstd" => new DecompressionStream(source),
            _ => throw new InvalidDataException($"content-encoding '{encoding}' is not known"),
        };
        using MemoryStream decoded = new();
        await decoder.CopyToAsync(decoded, cancellationToken);
        return decoded.ToArray();
    }
}
