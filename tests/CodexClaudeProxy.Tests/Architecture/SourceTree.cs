using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Architecture;

/// <summary>One source file of the product, and the room it stands in: its folder, or itself when it lies in the project's root.</summary>
internal sealed record SourceFile(string Project, string Room, string Name, string Code)
{
    public override string ToString() => $"{Project}/{Room}/{Name}";
}

/// <summary>The product's source, read as text.</summary>
internal static partial class SourceTree
{
    public static IReadOnlyList<SourceFile> Program { get; } = Read("CodexClaudeProxy");

    public static IReadOnlyList<SourceFile> Protocol { get; } = Read("CodexClaudeProxy.Protocol");

    /// <summary>Room → the rooms of the same project its files use.</summary>
    public static Dictionary<string, HashSet<string>> Uses(IReadOnlyList<SourceFile> files)
    {
        string root = files[0].Project;
        var rooms = files.Select(file => file.Room).ToHashSet();
        var uses = rooms.ToDictionary(room => room, _ => new HashSet<string>());
        foreach (SourceFile file in files)
        {
            foreach (Match match in Regex.Matches(file.Code, $@"\b{Regex.Escape(root)}\.(\w+)"))
            {
                string used = match.Groups[1].Value;
                if (used != file.Room && rooms.Contains(used)) uses[file.Room].Add(used);
            }
        }

        return uses;
    }

    private static List<SourceFile> Read(string project)
    {
        string root = Path.Combine(Root(), "src", project);
        return [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Select(path =>
        {
            string[] parts = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar);
            return new SourceFile(project, parts.Length > 1 ? parts[0] : Path.GetFileNameWithoutExtension(path), parts[^1], Comments().Replace(File.ReadAllText(path), ""));
        })];
    }

    public static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();
}
