using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Backups;

/// <summary>Puts what matters of a data directory into one encrypted file. A proxy may run meanwhile: each file is read as a whole.</summary>
internal sealed class BackupWriter(string dataDirectory, string version, TimeProvider time)
{
    private static readonly TimeSpan StatisticsPatience = TimeSpan.FromSeconds(10);

    public KeyCost Cost { get; init; } = KeyCost.Usual;

    /// <exception cref="BackupException">There is nothing to back up, or the statistics cannot be read.</exception>
    public BackupManifest Write(Stream output, string passphrase, bool withStatistics)
    {
        List<(BackupEntry Entry, Stream Content)> files = [];
        try
        {
            foreach ((string name, _) in BackupContent.Files)
            {
                string path = Path.Combine(dataDirectory, name);
                if (!File.Exists(path) || (name == BackupContent.Statistics && !withStatistics)) continue;
                Stream content = name == BackupContent.Statistics ? Snapshot(path) : new MemoryStream(Whole(name, path), writable: false);
                files.Add((new BackupEntry(name, content.Length), content));
            }

            if (files.Count == 0) throw new BackupException($"There is nothing to back up in {dataDirectory}. Is it the --data-dir you mean?");
            BackupManifest manifest = new("codex-claude-proxy", version, time.GetUtcNow(), [.. files.Select(static file => file.Entry)]);
            (BackupHeader header, byte[] key) = BackupHeader.Create(passphrase, Cost);
            output.Write(header.Bytes);
            using SealingStream chunks = new(output, header, key);
            using (GZipStream packed = new(chunks, CompressionLevel.Optimal, leaveOpen: true)) WriteTo(packed, manifest, files.Select(static file => file.Content));
            chunks.Complete();
            return manifest;
        }
        finally
        {
            foreach ((_, Stream content) in files) content.Dispose();
        }
    }

    /// <summary>A backup that no restore would take is worth nothing.</summary>
    private static byte[] Whole(string name, string path)
    {
        byte[] content = BusyFile.Read(path);
        if (name != BackupContent.Accounts) return content;
        try
        {
            AccountsDocument.Parse(content);
            return content;
        }
        catch (JsonException)
        {
            throw new BackupException($"The account file {path} is damaged, and a backup of it could not be restored. Its copy from before is {path}.bak: codex-claude-proxy accounts repairs the file from there, then back up again.");
        }
    }

    private static void WriteTo(Stream packed, BackupManifest manifest, IEnumerable<Stream> contents)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(manifest, BackupsContext.Default.BackupManifest);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        packed.Write(length);
        packed.Write(json);
        foreach (Stream content in contents) content.CopyTo(packed);
    }

    /// <summary>The database at one moment, without what is still in its log beside it. The file is gone when it is closed.</summary>
    private FileStream Snapshot(string path)
    {
        // A name that is swept away at a start, should this process be killed.
        string copy = Path.Combine(dataDirectory, $".{BackupContent.Statistics}.{Guid.NewGuid():N}.tmp");
        try
        {
            new FileStream(copy, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None)).Dispose();
            using (Database database = Database.Open(path, create: false, StatisticsPatience)) database.Execute($"VACUUM INTO '{copy.Replace("'", "''", StringComparison.Ordinal)}'");
            return new FileStream(copy, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Options = FileOptions.DeleteOnClose });
        }
        catch (SqliteException e)
        {
            File.Delete(copy);
            throw new BackupException($"The statistics cannot be read: {e.Message}. Make the backup without --statistics.");
        }
    }
}
