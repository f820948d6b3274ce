using System.IO.Compression;
using ZstdSharp;

namespace FakeCodex;

/// <summary>A request body as it came, and with its content encodings undone.</summary>
internal sealed record RequestBody(byte[] Sent, byte[] Plain)
{
    /// <param name="knowsZstd">False leaves what is compressed like that as it is.</param>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken, bool knowsZstd = true)
    {
        using MemoryStream raw = new();
        await request.Body.CopyToAsync(raw, cancellationToken);
        byte[] sent = raw.ToArray();
        byte[] body = sent;

        // "If multiple encodings have been applied, they are listed in the order in which they were applied": undo from the end.
        const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        string[] encodings = request.Headers.ContentEncoding.ToString().Split(',', Clean);
        foreach (string encoding in encodings.Reverse())
        {
            if (knowsZstd || encoding != "zstd") body = await DecodeAsync(body, encoding, cancellationToken);
        }

        return new RequestBody(sent, body);
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
