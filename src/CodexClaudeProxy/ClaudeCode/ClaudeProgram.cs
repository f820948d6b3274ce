using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>The installed Claude Code.</summary>
internal static class ClaudeProgram
{
    public const string Name = "claude";

    public const string InstallHint = "Install Claude Code with: npm install -g @anthropic-ai/claude-code, or see https://code.claude.com/docs/en/setup";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly string[] WindowsEndings = [".exe", ".cmd", ".bat"];
    private static readonly string[] Scripts = [".js", ".cjs", ".mjs"];

    private static readonly ConcurrentDictionary<(string Path, DateTime Changed), string?> Versions = [];

    /// <summary>The file a name stands for, as a shell would find it; null when there is none.</summary>
    public static string? Find(string name, string searchPath) =>
        OperatingSystem.IsWindows() ? FindOnWindows(name, searchPath, File.Exists)
        : (name.Contains('/') ? [name] : searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(place => Path.Combine(place, name))).FirstOrDefault(IsProgram);

    /// <summary>A program wins over a batch file, wherever it lies: it takes its arguments as they are.</summary>
    internal static string? FindOnWindows(string name, string searchPath, Func<string, bool> exists)
    {
        string[] endings = Array.Exists(WindowsEndings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) ? [""] : WindowsEndings;
        string[] places = name.AsSpan().IndexOfAny('\\', '/') >= 0 ? [""]
            : [.. Places(searchPath).Select(place => place + '\\')];
        return endings.SelectMany(ending => places.Select(place => place + name + ending)).FirstOrDefault(exists);
    }

    /// <summary>What starts a program that was found, with arguments that reach it as they are. A shim of npm is left out for what it stands for.</summary>
    /// <exception cref="NotSupportedException">An argument cannot be given to a batch file.</exception>
    public static ProcessStartInfo StartInfo(string path, IReadOnlyList<string> arguments)
    {
        if (!OperatingSystem.IsWindows() || !BatchFile.Is(path)) return new ProcessStartInfo(path, arguments);
        string searchPath = Environment.GetEnvironmentVariable("PATH") ?? "";
        return Behind(path, File.ReadAllText(path), searchPath, File.Exists) is [var program, .. var first]
            ? new ProcessStartInfo(program, [.. first, .. arguments])
            : new ProcessStartInfo(Path.Combine(Environment.SystemDirectory, "cmd.exe"), BatchFile.CommandLine(path, arguments));
    }

    /// <summary>The program a shim of npm stands for and the arguments it gives first; null for any other batch file.</summary>
    internal static string[]? Behind(string path, string text, string searchPath, Func<string, bool> exists)
    {
        if (BatchFile.Target(text) is not { } target) return null;
        string directory = path[..(path.LastIndexOfAny(['\\', '/']) + 1)];
        string file = directory + target;
        if (!exists(file)) return null;
        if (file.EndsWith(".exe", StringComparison.OrdinalIgnoreCase)) return [file];
        if (!Array.Exists(Scripts, ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase))) return null;
        string? node = exists(directory + "node.exe") ? directory + "node.exe" : FindOnWindows("node.exe", searchPath, exists);
        return node is null ? null : [node, file];
    }

    /// <summary>For instance <c>2.1.330</c>; null when it cannot be found out. Asked once for each installed file.</summary>
    public static async Task<string?> VersionAsync(string path, CancellationToken cancellation)
    {
        var key = (path, File.GetLastWriteTimeUtc(path));
        if (Versions.TryGetValue(key, out string? known)) return known;
        string? version = await AskAsync(path, cancellation);
        return version is null ? null : Versions[key] = version;
    }

    private static async Task<string?> AskAsync(string path, CancellationToken cancellation)
    {
        ProcessStartInfo start = StartInfo(path, ["--version"]);
        start.RedirectStandardInput = true;
        string output = (await OtherProgram.TryAsync(start, Patience, cancellation))?.Output ?? "";
        return output.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var version, ..] && version.Length < 40 && char.IsAsciiDigit(version[0]) ? version : null;
    }

    /// <summary>Entries may be quoted, and then have semicolons of their own.</summary>
    private static IEnumerable<string> Places(string searchPath)
    {
        // What stands between quotes has odd numbers.
        string[] parts = searchPath.Split('"');
        string[] marked = [.. parts.Select((part, i) => i % 2 == 0 ? part.Replace(';', '\n') : part)];
        return string.Concat(marked).Split('\n').Select(place => place.Trim().TrimEnd('\\')).Where(place => place.Length > 0);
    }

    [UnsupportedOSPlatform("windows")]
    private static bool IsProgram(string path) =>
        File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
