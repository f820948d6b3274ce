namespace CodexClaudeProxy.Protocol.MessagesToCodex.Content;

/// <summary>What an image is by its first bytes, whatever anybody calls it.</summary>
public static class ImageType
{
    /// <summary>How many bytes tell.</summary>
    public const int Head = 12;

    /// <summary>The media type; null for what the backend does not read.</summary>
    public static string? Of(ReadOnlySpan<byte> image)
    {
        if (image.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47])) return "image/png";
        if (image.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return "image/jpeg";
        if (image.StartsWith("GIF8"u8)) return "image/gif";
        return image.Length >= Head && image.StartsWith("RIFF"u8) && image[8..].StartsWith("WEBP"u8) ? "image/webp" : null;
    }
}
