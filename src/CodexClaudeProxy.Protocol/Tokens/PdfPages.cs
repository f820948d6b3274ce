using System.Buffers;
using System.Buffers.Text;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>
/// Counts the page objects of a PDF, as far as they stand in it in the clear; newer files pack them away, and then one page
/// is all that is known.
/// </summary>
internal static class PdfPages
{
    private const int Chunk = 32 * 1024;

    /// <summary>What is looked for is at most this long: <c>/Type /Page</c> and the byte that tells it from <c>/Pages</c>.</summary>
    private const int Overlap = 12;

    /// <param name="data">A data URL, or the base64 alone.</param>
    public static int Count(ReadOnlySpan<byte> data)
    {
        data = data[(data.IndexOf((byte)',') + 1)..];
        var pooled = ArrayPool<byte>.Shared.Rent(Overlap + Chunk);
        var buffer = pooled.AsSpan(0, Overlap + Chunk);
        int pages = 0, kept = 0;
        while (true)
        {
            Base64.DecodeFromUtf8(data, buffer[kept..], out var consumed, out var decoded);
            if (decoded == 0) break;

            var length = kept + decoded;
            var searched = Math.Max(0, length - Overlap);
            pages += Occurrences(buffer[..length], searched);
            buffer[searched..length].CopyTo(buffer);
            kept = length - searched;
            data = data[consumed..];
        }

        pages += Occurrences(buffer[..kept], kept);
        ArrayPool<byte>.Shared.Return(pooled);
        return Math.Max(1, pages);
    }

    /// <summary>Those that begin before <paramref name="limit"/>.</summary>
    private static int Occurrences(ReadOnlySpan<byte> pdf, int limit)
    {
        var pages = 0;
        for (var at = 0; ; at += "/Type"u8.Length)
        {
            var found = pdf[at..].IndexOf("/Type"u8);
            at += found;
            if (found < 0 || at >= limit) return pages;

            var value = pdf[(at + "/Type"u8.Length)..];
            if (value is [(byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t', ..]) value = value[1..];
            if (value.StartsWith("/Page"u8) && !value["/Page"u8.Length..].StartsWith("s"u8)) pages++;
        }
    }
}
