namespace CodexClaudeProxy.Files;

/// <summary>
/// Files that others have open. Windows then refuses to replace, delete or even open a file; virus scanners, indexers and sync programs
/// let go of it after a moment, so what failed is tried again for some two seconds. Elsewhere an open file stands in nobody's way.
/// </summary>
internal static class BusyFile
{
    private const int AccessDenied = 5;
    private const int SharingViolation = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Renames, over an existing file too. Not <see cref="File.Replace(string,string,string)"/>: with it readers see no file for a moment.</summary>
    public static void Move(string from, string to) => Retry(() => File.Move(from, to, overwrite: true));

    public static void Delete(string path) => Retry(() => File.Delete(path));

    public static void DeleteDirectory(string path) => Retry(() => Directory.Delete(path, recursive: true));

    /// <summary>The whole file, read so that a writer can replace it meanwhile.</summary>
    public static byte[] Read(string path)
    {
        byte[] content = [];
        Retry(() =>
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using MemoryStream read = new();
            file.CopyTo(read);
            content = read.ToArray();
        });
        return content;
    }

    /// <param name="pause">Waits; for tests that do not want to.</param>
    internal static void Retry(Action step, Func<Exception, bool> isBusy, Action<TimeSpan> pause)
    {
        TimeSpan waited = TimeSpan.Zero;
        for (TimeSpan wait = FirstPause; ; wait = wait * 2 < LongestPause ? wait * 2 : LongestPause)
        {
            try
            {
                step();
                return;
            }
            catch (Exception e) when (waited < Patience && isBusy(e))
            {
                pause(wait);
                waited += wait;
            }
        }
    }

    /// <summary>Windows' own error numbers; on other systems the same ones mean something else, and nothing that passes.</summary>
    internal static bool IsBusy(Exception e, bool onWindows) =>
        onWindows && e is (IOException or UnauthorizedAccessException) and { HResult: var code } && (code & 0xFFFF) is AccessDenied or SharingViolation;

    // Readers and writers here are synchronous, and what they wait for is a matter of milliseconds on one system.
#pragma warning disable RS0030
    private static void Retry(Action step) => Retry(step, static e => IsBusy(e, OperatingSystem.IsWindows()), Thread.Sleep);
#pragma warning restore RS0030
}
