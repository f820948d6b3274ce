namespace CodexClaudeProxy.Files;

/// <summary>Files and directories nobody but their owner may read (0600 and 0700). On Windows the profile directory protects them.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        FileStreamOptions options = new() { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // In one go only the last level would get the mode.
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent && !Directory.Exists(parent)) CreateDirectory(parent);
        Directory.CreateDirectory(path, Owner);
    }

    /// <summary>The rights of a file that somebody else made, for <see cref="AtomicFile.Write"/>; null where there is none.</summary>
    public static UnixFileMode? ModeOf(string path) => !OperatingSystem.IsWindows() && File.Exists(path) ? File.GetUnixFileMode(path) : null;

    /// <summary>Takes every right of group and others away from one file or directory. A link stays untouched: what it leads to may be somebody else's.</summary>
    public static void Tighten(string path)
    {
        if (OperatingSystem.IsWindows() || new FileInfo(path).LinkTarget is not null) return;
        try
        {
            UnixFileMode mode = File.GetUnixFileMode(path);
            if ((mode & ~Owner) != 0) File.SetUnixFileMode(path, mode & Owner);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another process has just finished with it: a journal, or a file on its way to its name.
        }
    }
}
