using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>What Claude Code is told for one run; it wins over the user's own settings.</summary>
/// <param name="SkipWebFetchPreflight">Claude Code does not ask Anthropic about each address before it fetches it.</param>
/// <param name="Env">Variables, where the user's own settings contradict ours.</param>
internal sealed record RunSettingsContent(bool SkipWebFetchPreflight, IReadOnlyDictionary<string, string> Env);

/// <summary>Settings for one run of Claude Code, in a file because they hold the access key. It is there no longer than the run.</summary>
internal sealed class RunSettings : IDisposable
{
    private readonly FileStream _claim;

    public RunSettings(string dataDirectory, ReadOnlySpan<byte> content)
    {
        PrivateFiles.CreateDirectory(dataDirectory);
        string stem = System.IO.Path.Combine(dataDirectory, $"run-{Guid.NewGuid():N}");
        Path = stem + ".json";
        _claim = Claim.Take(stem + ".lock");
        AtomicFile.Write(Path, content);
    }

    public string Path { get; }

    /// <summary>Removes the files of runs that were killed.</summary>
    public static void Sweep(string dataDirectory)
    {
        foreach (string claim in Directory.EnumerateFiles(dataDirectory, "run-*.lock").Where(Claim.IsAbandoned)) Delete(claim);
    }

    public void Dispose()
    {
        _claim.Dispose();
        Delete(_claim.Name);
    }

    private static void Delete(string claim)
    {
        try
        {
            // The claim last: without it nobody would look for the other.
            BusyFile.Delete(System.IO.Path.ChangeExtension(claim, ".json"));
            BusyFile.Delete(claim);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }
}
