using System.Runtime.CompilerServices;

namespace CodexClaudeProxy.Tests.Dashboard;

/// <summary>The page as it lies in the source tree.</summary>
internal static class PageFiles
{
    public static string Folder { get; } = FolderFrom();

    /// <summary>Paths below the folder, with slashes.</summary>
    public static IReadOnlyList<string> Served { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))
            .Where(file => !file.EndsWith(".md", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Ours, without what is vendored.</summary>
    public static IEnumerable<(string Name, string Text)> Own =>
        Served.Where(file => !file.StartsWith("vendor/", StringComparison.Ordinal)).Select(file => (file, File.ReadAllText(Path.Combine(Folder, file))));

    private static string FolderFrom([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "src", "CodexClaudeProxy", "Dashboard", "wwwroot"));
}
