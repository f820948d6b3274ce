using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Files;

/// <summary>
/// Replaces a file so that a reader, a crash or a power cut sees the old content or the new, never a part:
/// temporary file in the same directory, flush to the disk, rename, flush of the directory.
/// </summary>
internal static partial class AtomicFile
{
    /// <summary>Writes <paramref name="content"/> with mode 0600. The directory must exist.</summary>
    /// <param name="after">The new file's time of change is made later than this one, so that two writes within one clock tick differ.</param>
    /// <param name="mode">The rights of a file that is not ours alone; on Unix only.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, DateTime? after = null, UnixFileMode? mode = null)
    {
        // A rename would replace a symbolic link by a plain file; its owner wants the file behind it changed.
        string target = Target(path).FullName;
        string directory = Path.GetDirectoryName(target)!;
        string temporary = Path.Combine(directory, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = new(temporary, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None)))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
                // While it is ours alone: a scanner may open it as soon as it is closed.
                if (after is { } earlier && File.GetLastWriteTimeUtc(stream.SafeFileHandle) <= earlier) File.SetLastWriteTimeUtc(stream.SafeFileHandle, earlier.AddTicks(10));
            }

            if (mode is { } rights && !OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, rights);
            BusyFile.Move(temporary, target);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        FlushDirectory(directory);
    }

    /// <summary>The file itself, behind symbolic links.</summary>
    public static FileSystemInfo Target(string path)
    {
        FileInfo file = new(path);
        return file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true)!;
    }

    /// <summary>Removes what writers of <paramref name="path"/> left behind when they were killed. Only while no writer can be at work.</summary>
    public static void DeleteLeftovers(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        foreach (string leftover in Directory.EnumerateFiles(directory, $".{Path.GetFileName(path)}.*.tmp", Hidden(inSubdirectories: false))) TryDelete(leftover);
    }

    /// <summary>Removes what writers of any file in a directory left behind when they were killed, a minute ago at least.</summary>
    public static void Sweep(string directory)
    {
        foreach (string leftover in Directory.EnumerateFiles(directory, ".*.tmp", Hidden(inSubdirectories: true)))
        {
            // A name of ours, and nobody takes a minute to write.
            bool isOurs = Path.GetFileName(leftover).Split('.') is [_, _, .., { Length: 32 }, _];
            if (isOurs && new DateTimeOffset(File.GetLastWriteTimeUtc(leftover)) < TimeProvider.System.GetUtcNow().AddMinutes(-1)) TryDelete(leftover);
        }
    }

    /// <summary>Names with a dot in front count as hidden. Options also keep a pattern free of what DOS made of dots beside stars.</summary>
    private static EnumerationOptions Hidden(bool inSubdirectories) => new() { RecurseSubdirectories = inSubdirectories, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>What cannot be deleted now, because somebody has it open, is swept away at another start.</summary>
    private static void TryDelete(string temporary)
    {
        try
        {
            BusyFile.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>On Unix a rename is durable only when its directory is; Windows has no such call and needs none.</summary>
    private static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(directory, 0);
        if (descriptor < 0) return;
        // Some file systems refuse to flush a directory; the rename has happened all the same.
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
