using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CodexClaudeProxy.Backups;

/// <summary>
/// Chunks encrypted one by one with AES-256-GCM. The nonce is the chunk's number and whether it is the last one, so that chunks cannot be
/// exchanged, repeated or dropped, and the end cannot be cut off. A key serves one file only.
/// </summary>
internal sealed class SealedChunks(byte[] key, BackupHeader header) : IDisposable
{
    public const int TagSize = 16;
    private const int NonceSize = 12;

    private readonly AesGcm _cipher = new(key, TagSize);

    public void Seal(long number, bool isLast, ReadOnlySpan<byte> plain, Span<byte> sealedChunk)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Write(nonce, number, isLast);
        _cipher.Encrypt(nonce, plain, sealedChunk[..plain.Length], sealedChunk[plain.Length..], header.Bytes);
    }

    /// <returns>False when the chunk is not what was sealed under this number.</returns>
    public bool TryOpen(long number, bool isLast, ReadOnlySpan<byte> sealedChunk, Span<byte> plain)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Write(nonce, number, isLast);
        try
        {
            _cipher.Decrypt(nonce, sealedChunk[..^TagSize], sealedChunk[^TagSize..], plain, header.Bytes);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => _cipher.Dispose();

    private static void Write(Span<byte> nonce, long number, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[3..], number);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }
}
