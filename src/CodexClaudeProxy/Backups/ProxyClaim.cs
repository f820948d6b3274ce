using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Backups;

/// <summary>Shows other processes that a proxy works in a data directory: what it keeps in memory would be written over files that are exchanged meanwhile.</summary>
internal sealed class ProxyClaim : IDisposable
{
    private readonly FileStream _file;

    public ProxyClaim(string dataDirectory)
    {
        PrivateFiles.CreateDirectory(dataDirectory);
        foreach (string claim in Claims(dataDirectory).Where(Claim.IsAbandoned)) TryDelete(claim);
        _file = Claim.Take(Path.Combine(dataDirectory, $"proxy-{Guid.NewGuid():N}.lock"));
    }

    public static bool IsHeld(string dataDirectory) => Claims(dataDirectory).Any(static claim => !CanOpen(claim));

    public void Dispose()
    {
        _file.Dispose();
        TryDelete(_file.Name);
    }

    private static IEnumerable<string> Claims(string dataDirectory) => Directory.EnumerateFiles(dataDirectory, "proxy-*.lock");

    private static bool CanOpen(string claim)
    {
        try
        {
            using FileStream opened = new(claim, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void TryDelete(string claim)
    {
        try
        {
            BusyFile.Delete(claim);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }
}
