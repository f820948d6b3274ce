using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Service;

/// <summary>The path under which this program is installed.</summary>
internal static class InstalledPath
{
    /// <summary>Directories that the protection of a system service hides.</summary>
    private static readonly string[] HiddenFromSystem = ["/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"];

    /// <summary>
    /// The name that the search path knows, which may be a link to a version that the next update replaces; else the file that runs.
    /// </summary>
    /// <param name="running">The file that runs.</param>
    /// <param name="searchPath">The variable <c>PATH</c>.</param>
    public static string Find(string running, string searchPath)
    {
        string name = OperatingSystem.IsWindows() ? ServicePlan.Name + ".exe" : ServicePlan.Name;
        string real = AtomicFile.Target(running).FullName;
        foreach (string directory in searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string candidate = Path.Combine(directory, name);
            if (Path.IsPathFullyQualified(candidate) && File.Exists(candidate) && AtomicFile.Target(candidate).FullName.Equals(real, UserPaths.Comparison)) return candidate;
        }

        return running;
    }

    /// <summary>Why a system service cannot run the program, as a sentence; null when it can.</summary>
    public static string? ObstacleForSystem(string program) =>
        Array.Find(HiddenFromSystem, directory => AtomicFile.Target(program).FullName.StartsWith(directory, StringComparison.Ordinal)) is { } hidden
            ? $"A system service does not see {hidden.TrimEnd('/')}, where this program is. Install it for the machine first: install -m 755 {program} /usr/local/bin/{ServicePlan.Name}"
            : null;
}
