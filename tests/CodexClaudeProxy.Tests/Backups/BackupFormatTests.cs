using System.Buffers.Binary;
using CodexClaudeProxy.Backups;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Tests.Backups;

/// <summary>What protects a backup: any change is noticed, and a hostile file costs nothing.</summary>
public sealed class BackupFormatTests
{
    private const string Passphrase = "correct horse battery";

    private static readonly KeyCost Cheap = new(64, 1, 1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BackupHeader.ChunkSize - 1)]
    [InlineData(BackupHeader.ChunkSize)]
    [InlineData(BackupHeader.ChunkSize + 1)]
    [InlineData((2 * BackupHeader.ChunkSize) + 7)]
    public void What_was_sealed_is_opened_however_it_is_written_and_read(int length)
    {
        byte[] content = new byte[length];
        Random random = new(length);
        random.NextBytes(content);
        byte[] backup = Seal(content, random);

        Assert.Equal(content, Open(backup, Passphrase, random));
        // Each chunk has its tag, and nothing else is added.
        Assert.Equal(BackupHeader.Size + length + (SealedChunks.TagSize * Math.Max(1, (length + BackupHeader.ChunkSize - 1) / BackupHeader.ChunkSize)), backup.Length);
    }

    [Fact]
    public void Any_flipped_bit_is_noticed()
    {
        byte[] backup = Seal(new byte[100], new Random(1));
        for (int at = 0; at < backup.Length; at++)
        {
            byte[] damaged = [.. backup];
            damaged[at] ^= (byte)(1 << (at % 8));
            Assert.Throws<BackupException>(() => Open(damaged, Passphrase));
        }
    }

    [Fact]
    public void Any_cut_is_noticed()
    {
        byte[] backup = Seal(new byte[BackupHeader.ChunkSize + 10], new Random(2));
        int[] cuts = [.. Enumerable.Range(0, 200), BackupHeader.Size + BackupHeader.ChunkSize, BackupHeader.Size + BackupHeader.ChunkSize + 15, BackupHeader.Size + BackupHeader.ChunkSize + 16, BackupHeader.Size + BackupHeader.ChunkSize + 17, backup.Length - 1];
        foreach (int cut in cuts) Assert.Throws<BackupException>(() => Open(backup[..cut], Passphrase));

        // Between two chunks it can be told from other damage.
        Assert.Equal("The backup is cut short. Copy the file again.", Assert.Throws<BackupException>(() => Open(backup[..(BackupHeader.Size + BackupHeader.ChunkSize + 16)], Passphrase)).Message);
    }

    [Fact]
    public void Chunks_cannot_be_exchanged_and_nothing_can_be_added()
    {
        byte[] content = new byte[3 * BackupHeader.ChunkSize];
        new Random(3).NextBytes(content);
        byte[] backup = Seal(content, new Random(3));
        const int Chunk = BackupHeader.ChunkSize + SealedChunks.TagSize;
        byte[] first = backup[BackupHeader.Size..(BackupHeader.Size + Chunk)], second = backup[(BackupHeader.Size + Chunk)..(BackupHeader.Size + (2 * Chunk))];

        Assert.Throws<BackupException>(() => Open([.. backup[..BackupHeader.Size], .. second, .. first, .. backup[(BackupHeader.Size + (2 * Chunk))..]], Passphrase));
        Assert.Throws<BackupException>(() => Open([.. backup, 0], Passphrase));
        Assert.Throws<BackupException>(() => Open([.. backup, .. first], Passphrase));
        Assert.Throws<BackupException>(() => Open([.. backup[..BackupHeader.Size], .. backup[(BackupHeader.Size + Chunk)..]], Passphrase));
    }

    [Fact]
    public void A_wrong_passphrase_is_told_from_damage()
    {
        byte[] backup = Seal(new byte[100], new Random(4));
        byte[] damagedHead = [.. backup], damagedBody = [.. backup];
        damagedHead[30] ^= 1;
        damagedBody[^1] ^= 1;

        Assert.Equal("The passphrase is wrong.", Assert.Throws<BackupException>(() => Open(backup, "another passphrase")).Message);
        Assert.Equal("The beginning of the backup is damaged. Copy the file again.", Assert.Throws<BackupException>(() => Open(damagedHead, Passphrase)).Message);
        Assert.Equal("The backup is damaged or cut short. Copy the file again.", Assert.Throws<BackupException>(() => Open(damagedBody, Passphrase)).Message);
        Assert.Equal("This is no backup of codex-claude-proxy.", Assert.Throws<BackupException>(() => Open("{\"accounts\":[]}"u8.ToArray(), Passphrase)).Message);
    }

    [Theory]
    [InlineData(12, int.MaxValue)]
    [InlineData(12, 256 * 1024 + 1)]
    [InlineData(12, -1)]
    [InlineData(16, 11)]
    [InlineData(16, 0)]
    [InlineData(20, 17)]
    [InlineData(24, BackupHeader.LargestChunk + 1)]
    [InlineData(24, 0)]
    public void A_hostile_file_cannot_ask_for_much_memory_or_time(int at, int value)
    {
        byte[] backup = Seal([], new Random(5));
        BinaryPrimitives.WriteInt32LittleEndian(backup.AsSpan(at), value);
        Sign(backup);

        Assert.StartsWith("The backup asks for", Assert.Throws<BackupException>(() => BackupHeader.Read(new MemoryStream(backup))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_version_is_refused()
    {
        byte[] backup = Seal([], new Random(6));
        backup[8] = 2;

        Assert.StartsWith("This backup was made by a newer version", Assert.Throws<BackupException>(() => BackupHeader.Read(new MemoryStream(backup))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_backups_of_the_same_have_nothing_in_common() =>
        Assert.NotEqual(Seal(new byte[64], new Random(7))[BackupHeader.Size..], Seal(new byte[64], new Random(7))[BackupHeader.Size..]);

    /// <summary>A hostile writer makes the checksum fit.</summary>
    private static void Sign(byte[] backup) => Convert.FromHexString(ManagedSha256.Hex(backup.AsSpan(0, 60), 4)).CopyTo(backup, 60);

    private static byte[] Seal(byte[] content, Random random)
    {
        using MemoryStream output = new();
        (BackupHeader header, byte[] key) = BackupHeader.Create(Passphrase, Cheap);
        output.Write(header.Bytes);
        using SealingStream chunks = new(output, header, key);
        for (int at = 0; at < content.Length;)
        {
            int length = Math.Min(random.Next(1, 50_000), content.Length - at);
            chunks.Write(content, at, length);
            at += length;
        }

        chunks.Complete();
        return output.ToArray();
    }

    private static byte[] Open(byte[] backup, string passphrase, Random? random = null)
    {
        using MemoryStream input = new(backup), content = new();
        BackupHeader header = BackupHeader.Read(input);
        using OpeningStream chunks = new(input, header, header.Unlock(passphrase));
        byte[] buffer = new byte[60_000];
        while (chunks.Read(buffer, 0, random?.Next(1, buffer.Length) ?? buffer.Length) is > 0 and var read) content.Write(buffer, 0, read);
        return content.ToArray();
    }
}
