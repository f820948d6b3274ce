using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>
/// Where Claude Code keeps its settings: <c>$CLAUDE_CONFIG_PATH</c> (the original tool's name for it), else Claude Code's own
/// <c>$CLAUDE_CONFIG_DIR</c>, else <c>~/.claude</c>.
/// </summary>
/// <param name="SearchPath">Where programs are looked for: the value of <c>PATH</c>.</param>
internal sealed record ClaudeHome(string Directory, string SearchPath)
{
    public string SettingsFile => Path.Combine(Directory, "settings.json");

    /// <summary>The folder whose own settings count; null where none is known, as for a server.</summary>
    public string? Project { get; init; }

    /// <summary>Where an administrator's settings lie; null for nowhere.</summary>
    public string? ManagedDirectory { get; init; }

    /// <param name="variable">Usually <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
    public static ClaudeHome FromEnvironment(Func<string, string?> variable)
    {
        string? told = variable("CLAUDE_CONFIG_PATH") is { Length: > 0 } original ? original : variable("CLAUDE_CONFIG_DIR");
        string directory = string.IsNullOrEmpty(told) ? Path.Combine(UserPaths.Home(variable), ".claude") : UserPaths.ExpandHome(told, variable);
        return new ClaudeHome(Path.GetFullPath(directory), variable("PATH") ?? "") { ManagedDirectory = Managed };
    }

    /// <summary>As <see cref="FromEnvironment"/>, for a command that is called in a folder.</summary>
    public static ClaudeHome Here(Func<string, string?> variable) => FromEnvironment(variable) with { Project = Environment.CurrentDirectory };

    private static string Managed =>
        OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "ClaudeCode")
        : OperatingSystem.IsMacOS() ? "/Library/Application Support/ClaudeCode"
        : "/etc/claude-code";
}
