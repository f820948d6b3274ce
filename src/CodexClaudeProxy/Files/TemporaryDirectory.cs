namespace CodexClaudeProxy.Files;

/// <summary>A private directory that is gone when it is disposed; at the latest at the next start of its kind, if the process was killed.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public const string ClaimName = ".in-use";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _claim;

    /// <param name="prefix">Of the name; tells the kinds apart.</param>
    public TemporaryDirectory(string prefix)
    {
        // A container may hold nothing but the program.
        Directory.CreateDirectory(Path.GetTempPath());
        Sweep(Path.GetTempPath(), prefix);
        Info = Directory.CreateTempSubdirectory(prefix);
        _claim = Claim.Take(Path.Combine(Info.FullName, ClaimName));
    }

    public DirectoryInfo Info { get; }

    public void Dispose()
    {
        // Windows does not delete what is open.
        _claim.Dispose();
        TryDelete(Info);
    }

    /// <summary>Removes what killed processes left. Links and directories that others can write to are not ours.</summary>
    internal static void Sweep(string parent, string prefix)
    {
        foreach (DirectoryInfo directory in new DirectoryInfo(parent).EnumerateDirectories(prefix + "*"))
        {
            bool isOurs = directory.LinkTarget is null && (OperatingSystem.IsWindows() || directory.UnixFileMode == Private);
            if (isOurs && Claim.IsAbandoned(Path.Combine(directory.FullName, ClaimName))) TryDelete(directory);
        }
    }

    private static void TryDelete(DirectoryInfo directory)
    {
        try
        {
            BusyFile.DeleteDirectory(directory.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }
}
