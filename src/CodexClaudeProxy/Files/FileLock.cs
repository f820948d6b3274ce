namespace CodexClaudeProxy.Files;

/// <summary>
/// A lock between processes: an open file that nobody else can open. The operating system releases it when the process ends,
/// however it ends. The file itself stays, because deleting a lock that another process waits for would give two owners.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Null when somebody else holds the lock.</summary>
    public static FileLock? TryAcquire(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)));
        }
        catch (IOException e) when (IsHeldElsewhere(e))
        {
            return null;
        }
    }

    /// <exception cref="TimeoutException">Another process held the lock all the time.</exception>
    public static async Task<FileLock> AcquireAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken ct)
    {
        long start = time.GetTimestamp();
        for (TimeSpan wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                return new FileLock(new FileStream(path, PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)));
            }
            catch (IOException e) when (IsHeldElsewhere(e))
            {
                if (time.GetElapsedTime(start) > patience) throw new TimeoutException($"Another process keeps {path} locked.", e);
            }

            // By the system's clock, whatever the program's is: who holds the lock goes on by that one.
            await Task.Delay(wait, ct);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK (Linux 11, macOS 35), ERROR_SHARING_VIOLATION or ERROR_LOCK_VIOLATION; any other error would not go away by waiting.</summary>
    private static bool IsHeldElsewhere(IOException e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;
}
