using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CodexClaudeProxy.Files;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace CodexClaudeProxy.Backups;

/// <summary>The cost of making a key of a passphrase, with Argon2id.</summary>
internal sealed record KeyCost(int MemoryKiB, int Passes, int Lanes)
{
    /// <summary>The second recommendation of RFC 9106: 64 MiB, three passes.</summary>
    public static readonly KeyCost Usual = new(64 * 1024, 3, 4);

    /// <summary>A file says what it costs to open, so there must be an end to it.</summary>
    public bool IsBearable => MemoryKiB is >= 64 and <= 256 * 1024 && Passes is >= 1 and <= 10 && Lanes is >= 1 and <= 16;
}

/// <summary>
/// The first 64 bytes of a backup. They say how the key is made of the passphrase and are authenticated with every chunk. The layout is
/// described in docs/BACKUP.md, for anyone who wants to write a decoder.
/// </summary>
internal sealed class BackupHeader
{
    public const int Size = 64;
    public const int ChunkSize = 64 * 1024;
    public const int LargestChunk = 1024 * 1024;

    private const byte Version = 1;
    private const byte Argon2Id = 1;
    private const byte Aes256Gcm = 1;
    private const int KeySize = 32;
    private const int SaltSize = 16;
    private const int Described = 44;
    private const int Tagged = Described + SealedChunks.TagSize;

    private readonly byte[] _bytes;

    private BackupHeader(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public KeyCost Cost => new(Number(12), Number(16), Number(20));

    public int Chunk => Number(24);

    private static ReadOnlySpan<byte> Magic => "CCPBAK\r\n"u8;

    private static ReadOnlySpan<byte> CheckNonce => [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    public static (BackupHeader Header, byte[] Key) Create(string passphrase, KeyCost cost)
    {
        byte[] bytes = new byte[Size];
        Magic.CopyTo(bytes);
        (bytes[8], bytes[9], bytes[10]) = (Version, Argon2Id, Aes256Gcm);
        int at = 12;
        foreach (int number in (int[])[cost.MemoryKiB, cost.Passes, cost.Lanes, ChunkSize])
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), number);
            at += sizeof(int);
        }

        RandomNumberGenerator.Fill(bytes.AsSpan(at, SaltSize));
        var header = new BackupHeader(bytes);
        byte[] key = header.Derive(passphrase);
        using (AesGcm cipher = new(key, SealedChunks.TagSize)) cipher.Encrypt(CheckNonce, [], [], bytes.AsSpan(Described, SealedChunks.TagSize), bytes.AsSpan(0, Described));
        Checksum(bytes).CopyTo(bytes, Tagged);
        return (header, key);
    }

    /// <exception cref="BackupException">It is no backup, damaged, from a newer version, or wants more than is reasonable.</exception>
    public static BackupHeader Read(Stream file)
    {
        byte[] bytes = new byte[Size];
        int length = file.ReadAtLeast(bytes, Size, throwOnEndOfStream: false);
        if (length < Magic.Length || !bytes.AsSpan().StartsWith(Magic)) throw new BackupException("This is no backup of codex-claude-proxy.");
        if (length < Size) throw new BackupException("The backup is cut short. Copy the file again.");
        if (bytes[8] > Version) throw new BackupException("This backup was made by a newer version of codex-claude-proxy. Update this one first: codex-claude-proxy update");
        if (!Checksum(bytes).AsSpan().SequenceEqual(bytes.AsSpan(Tagged))) throw new BackupException("The beginning of the backup is damaged. Copy the file again.");
        var header = new BackupHeader(bytes);
        bool isKnown = bytes[8] == Version && bytes[9] == Argon2Id && bytes[10] == Aes256Gcm && bytes[11] == 0;
        if (!isKnown || !header.Cost.IsBearable || header.Chunk is < 1 or > LargestChunk) throw new BackupException("The backup asks for an encryption, or for an effort, that this version does not take.");
        return header;
    }

    /// <exception cref="BackupException">The passphrase is another one.</exception>
    public byte[] Unlock(string passphrase)
    {
        byte[] key = Derive(passphrase);
        try
        {
            using AesGcm cipher = new(key, SealedChunks.TagSize);
            cipher.Decrypt(CheckNonce, [], _bytes.AsSpan(Described, SealedChunks.TagSize), [], _bytes.AsSpan(0, Described));
            return key;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new BackupException("The passphrase is wrong.");
        }
    }

    private byte[] Derive(string passphrase)
    {
        var generator = new Argon2BytesGenerator();
        generator.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id).WithVersion(Argon2Parameters.Version13)
            .WithSalt(_bytes[28..Described]).WithMemoryAsKB(Cost.MemoryKiB).WithIterations(Cost.Passes).WithParallelism(Cost.Lanes).Build());
        byte[] key = new byte[KeySize];
        generator.GenerateBytes(Encoding.UTF8.GetBytes(passphrase), key);
        return key;
    }

    /// <summary>Tells damage from a wrong passphrase; it protects nothing.</summary>
    private static byte[] Checksum(byte[] header) => Convert.FromHexString(ManagedSha256.Hex(header.AsSpan(0, Tagged), Size - Tagged));

    private int Number(int at) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));
}
