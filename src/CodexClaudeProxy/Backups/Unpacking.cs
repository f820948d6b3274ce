using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Backups;

/// <summary>Unpacks a backup into a directory, and has verified all of it when it is done.</summary>
internal static class Unpacking
{
    private const int LongestManifest = 1024 * 1024;

    /// <returns>What the backup says of itself. Files with names that this version does not know are not unpacked.</returns>
    /// <exception cref="BackupException">The passphrase is wrong, or the file is damaged, cut short, of another kind, or from a newer version.</exception>
    public static BackupManifest Unpack(Stream file, string passphrase, string directory)
    {
        BackupHeader header = BackupHeader.Read(file);
        using OpeningStream chunks = new(file, header, header.Unlock(passphrase));
        try
        {
            using GZipStream packed = new(chunks, CompressionMode.Decompress, leaveOpen: true);
            BackupManifest manifest = ReadManifest(packed);
            foreach (BackupEntry entry in manifest.Files) Copy(packed, entry, directory);
            if (packed.ReadByte() >= 0) throw Damaged();
            // Whatever stands behind the packed content is authenticated too, and the end is the end.
            Span<byte> rest = stackalloc byte[256];
            while (chunks.Read(rest) > 0) { }
            return manifest;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException)
        {
            throw Damaged();
        }
    }

    private static BackupManifest ReadManifest(Stream packed)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        packed.ReadExactly(length);
        int size = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (size is < 2 or > LongestManifest) throw Damaged();
        byte[] json = new byte[size];
        packed.ReadExactly(json);
        BackupManifest? manifest = JsonSerializer.Deserialize(json, BackupsContext.Default.BackupManifest);
        bool isSound = manifest is { Files: { } files } && files.All(static file => file is { Name: not null, Size: >= 0 } && (file.Name == BackupContent.Statistics || file.Size <= BackupContent.LongestFile))
            && files.DistinctBy(static file => file.Name).Count() == files.Count;
        return isSound ? manifest! : throw Damaged();
    }

    private static void Copy(Stream packed, BackupEntry entry, string directory)
    {
        // A name is used only when it is one of ours: it leads nowhere else.
        using Stream target = BackupContent.IsKnown(entry.Name)
            ? new FileStream(Path.Combine(directory, entry.Name), PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None)) : Stream.Null;
        byte[] buffer = new byte[64 * 1024];
        for (long remaining = entry.Size; remaining > 0;)
        {
            int read = packed.Read(buffer, 0, (int)Math.Min(buffer.Length, remaining));
            if (read == 0) throw new EndOfStreamException();
            target.Write(buffer, 0, read);
            remaining -= read;
        }

        if (target is FileStream written) written.Flush(flushToDisk: true);
    }

    private static BackupException Damaged() => new("The content of the backup is not what this version expects.");
}
