using System.Text;

namespace CodexClaudeProxy.Protocol.Tests.Tokens;

/// <summary>The headers of image files; what follows them nobody looks at.</summary>
internal static class ImageFiles
{
    public static byte[] Png(int width, int height) => [0x89, .. "PNG\r\n\x1A\n"u8, 0, 0, 0, 13, .. "IHDR"u8, .. Big32(width), .. Big32(height), 8, 6, 0, 0, 0];

    public static byte[] Gif(int width, int height) => [.. "GIF89a"u8, .. Little16(width), .. Little16(height), 0, 0, 0];

    /// <summary>With an application segment of the given length before the frame, as cameras and editors write it.</summary>
    public static byte[] Jpeg(int width, int height, int application = 16, byte frame = 0xC2) =>
    [
        0xFF, 0xD8,
        0xFF, 0xE1, .. Big16(application), .. new byte[application - 2],
        0xFF, 0xC4, .. Big16(5), 0xFF, 0xC0, 0x11,
        0xFF, 0xFF, frame, .. Big16(17), 8, .. Big16(height), .. Big16(width), 3, 1, 0x11,
    ];

    public static byte[] WebPLossy(int width, int height) => WebP("VP8 ", [0x30, 1, 0, 0x9D, 1, 0x2A, .. Little16(width), .. Little16(height), 0, 0, 0, 0]);

    public static byte[] WebPLossless(int width, int height) => WebP("VP8L", [0x2F, .. Little32(width - 1 | height - 1 << 14 | 1 << 28), 0, 0, 0, 0, 0]);

    public static byte[] WebPExtended(int width, int height) => WebP("VP8X", [0x10, 0, 0, 0, .. Little32(width - 1)[..3], .. Little32(height - 1)[..3]]);

    public static string DataUrl(byte[] file, string mediaType = "image/png") => $"data:{mediaType};base64,{Convert.ToBase64String(file)}";

    private static byte[] WebP(string chunk, byte[] data) =>
        [.. "RIFF"u8, .. Little32(data.Length + 12), .. "WEBP"u8, .. Encoding.ASCII.GetBytes(chunk), .. Little32(data.Length), .. data];

    private static byte[] Big16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Big32(int value) => [.. Big16(value >> 16), .. Big16(value)];

    private static byte[] Little16(int value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Little32(int value) => [.. Little16(value), .. Little16(value >> 16)];
}
