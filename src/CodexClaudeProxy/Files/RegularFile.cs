using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Files;

/// <summary>Tells files from what only has a file's name: to open a pipe, for instance, would wait for somebody at its other end.</summary>
internal static partial class RegularFile
{
    private const int CurrentPosition = 1;
    private const int End = 2;

    /// <summary>ENXIO: there is nothing to open at a socket.</summary>
    private const int NoSuchDevice = 6;

    private static readonly int NonBlocking = OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    /// <summary>Does nothing when a file, a link to one, or nothing at all is there.</summary>
    /// <exception cref="IOException">Something else is there.</exception>
    public static void Demand(string path)
    {
        if (Oddity(path) is { } oddity) throw new IOException($"{path} is {oddity}, not a file. Move it away, or put a file in its place.");
    }

    private static string? Oddity(string path)
    {
        if (Directory.Exists(path)) return "a directory";
        var file = new FileInfo(path);
        if (file.LinkTarget is { } target && !LeadsSomewhere(file)) return $"a link to {target}, which leads nowhere";
        return OperatingSystem.IsWindows() || !file.Exists ? null : UnixOddity(path);
    }

    private static bool LeadsSomewhere(FileInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true)!.Exists;
        }
        catch (IOException)
        {
            // Links that lead to each other.
            return false;
        }
    }

    private static string? UnixOddity(string path)
    {
        int descriptor = Open(path, NonBlocking);
        // What may not be read is told by whoever reads it.
        if (descriptor < 0) return Marshal.GetLastPInvokeError() == NoSuchDevice ? "a socket" : null;
        try
        {
            if (Seek(descriptor, 0, CurrentPosition) < 0) return "a pipe or a terminal";
            // A device such as /dev/zero has no length, and yet something to read.
            return Seek(descriptor, 0, End) == 0 && Read(descriptor, new byte[1], 1) > 0 ? "a device" : null;
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(int descriptor, long offset, int origin);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, byte[] buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
