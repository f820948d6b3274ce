namespace CodexClaudeProxy.Files;

/// <summary>What a look at the directory tells about a file; <see cref="AtomicFile"/> never leaves the same stamp twice. A missing file has the default one.</summary>
internal readonly record struct FileStamp(DateTime Changed, long Length)
{
    public static FileStamp Of(string path)
    {
        // Asked several times with every request: one look tells whether there is a link to follow.
        FileInfo file = new(path);
        if (!file.Exists || (file.Attributes & FileAttributes.ReparsePoint) == 0) return Of(file);
        return AtomicFile.Target(path) is FileInfo target ? Of(target) : default;
    }

    private static FileStamp Of(FileInfo file) => file.Exists ? new FileStamp(file.LastWriteTimeUtc, file.Length) : default;
}
