namespace CodexClaudeProxy.Files;

/// <summary>
/// A file that its process keeps open as long as it lives, beside what must not outlive it. Of a killed process the file stays and can be
/// opened: then whoever starts next clears both away.
/// </summary>
internal static class Claim
{
    /// <summary>Between its creation and its lock a claim looks abandoned.</summary>
    private static readonly TimeSpan TooYoung = TimeSpan.FromMinutes(1);

    public static FileStream Take(string path) => new(path, PrivateFiles.Options(FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None));

    public static bool IsAbandoned(string path)
    {
        try
        {
            if (!File.Exists(path) || TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc(path) < TooYoung) return false;
            using FileStream opened = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
