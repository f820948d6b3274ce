using System.Buffers.Binary;
using System.Buffers.Text;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>Reads an image's size out of its header, decoding no more of the base64 than it looks at.</summary>
internal static class ImageSize
{
    public static bool TryRead(ReadOnlySpan<byte> base64, out int width, out int height)
    {
        Span<byte> head = stackalloc byte[30];
        head = head[..Decode(base64, 0, head)];
        (width, height) = head switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] when head.Length >= 24 =>
                (BinaryPrimitives.ReadInt32BigEndian(head[16..]), BinaryPrimitives.ReadInt32BigEndian(head[20..])),
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] when head.Length >= 10 =>
                (BinaryPrimitives.ReadUInt16LittleEndian(head[6..]), BinaryPrimitives.ReadUInt16LittleEndian(head[8..])),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] when head.Length >= 30 && head[8..].StartsWith("WEBP"u8) => OfWebP(head[12..]),
            [0xFF, 0xD8, 0xFF, ..] => OfJpeg(base64),
            _ => (0, 0),
        };
        return width > 0 && height > 0;
    }

    /// <summary>The first chunk: lossy, lossless or extended, each with a header of its own.</summary>
    private static (int Width, int Height) OfWebP(ReadOnlySpan<byte> chunk)
    {
        if (chunk.StartsWith("VP8 "u8))
            return (BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(chunk[16..]) & 0x3FFF);

        if (chunk.StartsWith("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadInt32LittleEndian(chunk[9..]);
            return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
        }

        return chunk.StartsWith("VP8X"u8)
            ? ((chunk[12] | chunk[13] << 8 | chunk[14] << 16) + 1, (chunk[15] | chunk[16] << 8 | chunk[17] << 16) + 1)
            : (0, 0);
    }

    /// <summary>Steps over the segments to the start of the frame (SOF0 to SOF15).</summary>
    private static (int Width, int Height) OfJpeg(ReadOnlySpan<byte> base64)
    {
        Span<byte> segment = stackalloc byte[9];
        for (var at = 2; Decode(base64, at, segment) == segment.Length && segment[0] == 0xFF;)
        {
            var marker = segment[1];
            if (marker == 0xFF)
            {
                // A fill byte.
                at++;
                continue;
            }

            // In the same range are the Huffman tables, an extension and the arithmetic coding conditions.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (BinaryPrimitives.ReadUInt16BigEndian(segment[7..]), BinaryPrimitives.ReadUInt16BigEndian(segment[5..]));

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        }

        return (0, 0);
    }

    /// <summary>Decodes from any place: every four characters are three bytes. Returns how much there was.</summary>
    private static int Decode(ReadOnlySpan<byte> base64, int offset, Span<byte> target)
    {
        var start = (long)offset / 3 * 4;
        if (start >= base64.Length) return 0;

        Span<byte> decoded = stackalloc byte[36];
        Base64.DecodeFromUtf8(base64[(int)start..], decoded, out _, out var length);
        var wanted = decoded[Math.Min(offset % 3, length)..length];
        wanted = wanted[..Math.Min(wanted.Length, target.Length)];
        wanted.CopyTo(target);
        return wanted.Length;
    }
}
