using System.Buffers.Binary;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Content;

/// <summary>
/// Tells whether an image is all there. One that was cut off is refused, and with it every later request of the conversation. What follows
/// the end does not matter: cameras and editors put thumbnails, films and zeros there.
/// </summary>
public static class ImageEnd
{
    /// <summary>The whole file, if it is one of <see cref="ImageType"/>.</summary>
    public static bool IsReached(ReadOnlySpan<byte> image)
    {
        // A bare signature is the usual stand-in for an image, and no file that broke off.
        if (image.Length <= ImageType.Head) return true;
        return ImageType.Of(image) switch
        {
            "image/png" => OfPng(image),
            "image/jpeg" => OfJpeg(image),
            "image/gif" => OfGif(image),
            "image/webp" => 8L + BinaryPrimitives.ReadUInt32LittleEndian(image[4..]) <= image.Length,
            _ => false,
        };
    }

    /// <summary>From chunk to chunk, each with its length in front and a checksum behind.</summary>
    private static bool OfPng(ReadOnlySpan<byte> image)
    {
        for (long at = 8; at + 8 <= image.Length;)
        {
            var chunk = image[(int)at..];
            if (chunk[4..].StartsWith("IEND"u8)) return true;
            at += 12 + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }

        return false;
    }

    /// <summary>From marker to marker. Within the compressed data no marker but a restart can appear, so the first end is the end.</summary>
    private static bool OfJpeg(ReadOnlySpan<byte> image)
    {
        for (var at = 2; at + 2 <= image.Length;)
        {
            var found = image[at..].IndexOf((byte)0xFF);
            if (found < 0 || at + found + 2 > image.Length) return false;
            at += found;
            var marker = image[at + 1];
            if (marker == 0xD9) return true;
            if (marker == 0xFF) at++;
            else if (marker is 0x00 or 0x01 or (>= 0xD0 and <= 0xD8)) at += 2;
            else if (at + 4 > image.Length) return false;
            else at += 2 + BinaryPrimitives.ReadUInt16BigEndian(image[(at + 2)..]);
        }

        return false;
    }

    /// <summary>From block to block: extensions and pictures, both in parts of up to 255 bytes.</summary>
    private static bool OfGif(ReadOnlySpan<byte> image)
    {
        const int screen = 13;
        if (image.Length < screen) return false;
        var at = screen + ColorTable(image[10]);
        while (at < image.Length)
        {
            switch (image[at])
            {
                case 0x3B:
                    return true;
                case 0x21:
                    at = AfterParts(image, at + 2);
                    break;
                case 0x2C when at + 10 < image.Length:
                    at = AfterParts(image, at + 11 + ColorTable(image[at + 9]));
                    break;
                case 0x2C:
                    return false;
                default:
                    // Some writers leave a zero too many.
                    at++;
                    break;
            }
        }

        return false;
    }

    private static int ColorTable(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;

    private static int AfterParts(ReadOnlySpan<byte> image, int at)
    {
        while (at < image.Length && image[at] != 0) at += 1 + image[at];
        return at + 1;
    }
}
