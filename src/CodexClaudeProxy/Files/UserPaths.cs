namespace CodexClaudeProxy.Files;

/// <summary>Paths as a person writes them, by the customs of the system.</summary>
internal static class UserPaths
{
    /// <summary>Whether two spellings are one file.</summary>
    public static StringComparison Comparison => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <param name="variable">Usually <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
    public static string Home(Func<string, string?> variable) =>
        variable(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") is { Length: > 0 } told ? told : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>A shell expands the tilde on the command line, but nobody does in a service file or in the environment.</summary>
    public static string ExpandHome(string path, string home, bool onWindows) =>
        path is "~" or ['~', '/', ..] || (onWindows && path is ['~', '\\', ..]) ? home + path[1..] : path;

    public static string ExpandHome(string path, Func<string, string?> variable) => ExpandHome(path, Home(variable), OperatingSystem.IsWindows());
}
