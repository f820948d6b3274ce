using System.Runtime.InteropServices;

namespace CodexClaudeProxy.CommandLine;

/// <summary>A program's path as the word with which a shell command begins.</summary>
internal static partial class ShellCommand
{
    public static string For(string program, Func<string, string?> variable) => OperatingSystem.IsWindows()
        ? OnWindows(program, Files.UserPaths.Home(variable), name => ClaudeCode.ClaudeProgram.Find(name, variable("PATH") ?? "") is not null, ShortPath)
        : OnUnix(program);

    /// <summary>A path as an argument, for a command that is to be copied.</summary>
    public static string Argument(string path) => IsPlain(path) ? path : SingleQuoted(path);

    public static string OnUnix(string program) => Argument(program);

    /// <summary>
    /// Claude Code uses Git Bash, or PowerShell where that is missing. Both understand forward slashes and the tilde; quotes they do not
    /// share, for PowerShell a quoted word is no command. So blanks are avoided as long as that is possible.
    /// </summary>
    /// <param name="isOnPath">Whether a bare name leads to a program.</param>
    /// <param name="shortPath">The path in names of eight and three letters; null where the disk keeps none.</param>
    public static string OnWindows(string program, string home, Func<string, bool> isOnPath, Func<string, string?> shortPath)
    {
        string path = program.Replace('\\', '/');
        string root = home.Replace('\\', '/').TrimEnd('/') + "/";
        if (path.StartsWith(root, StringComparison.OrdinalIgnoreCase) && IsPlain(path[root.Length..])) return "~/" + path[root.Length..];
        if (IsPlain(path)) return path;
        string name = path[(path.LastIndexOf('/') + 1)..];
        if (IsPlain(name) && isOnPath(name)) return name;
        string? brief = shortPath(program)?.Replace('\\', '/');
        return brief is not null && IsPlain(brief) ? brief : SingleQuoted(path);
    }

    /// <summary>Nothing in it means anything to a shell.</summary>
    private static bool IsPlain(string path) => path.Length > 0 && path.All(c => char.IsLetterOrDigit(c) || "/:._-~".Contains(c));

    private static string SingleQuoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string? ShortPath(string path)
    {
        char[] buffer = new char[1024];
        int length = GetShortPathName(path, buffer, buffer.Length);
        return length > 0 && length < buffer.Length ? new string(buffer, 0, length) : null;
    }

    [LibraryImport("kernel32", EntryPoint = "GetShortPathNameW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial int GetShortPathName(string path, [Out] char[] brief, int length);
}
