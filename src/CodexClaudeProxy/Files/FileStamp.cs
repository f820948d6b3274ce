namespace CodexClaudeProxy.Files;

/// <summary>What a look at the directory tells about a file; <see cref="AtomicFile"/> never leaves the same stamp twice. A missing file has the default one.</summary>
internal readonly record struct FileStamp(DateTime Changed, long Length)
{
    public static FileStamp Of(string path) =>
        AtomicFile.Target(path) is FileInfo { Exists: true } file ? new FileStamp(file.LastWriteTimeUtc, file.Length) : default;
}
