using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Architecture;

/// <summary>
/// One source file of the product, and the room it stands in: its folder, <c>Outer.Inner</c> for one inside another, or the file itself when
/// it lies in the project's root.
/// </summary>
/// <param name="Text">The file as it is.</param>
internal sealed partial record SourceFile(string Project, string Room, string Name, string Text)
{
    /// <summary>The text without comments.</summary>
    public string Code { get; } = Comments().Replace(Text, "");

    public override string ToString() => $"{Project}/{Room}/{Name}";

    /// <summary>The types it declares, without nested ones.</summary>
    public IEnumerable<string> Types => Declaration().Matches(Code).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^\w[\w ]*\b(?:class|record|enum|struct|interface) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}

/// <summary>The product's source, read as text.</summary>
internal static class SourceTree
{
    public static IReadOnlyList<SourceFile> Program { get; } = Read("CodexClaudeProxy");

    public static IReadOnlyList<SourceFile> Protocol { get; } = Read("CodexClaudeProxy.Protocol");

    /// <summary>Room → the rooms of the same project its files use. A room and one inside it are two.</summary>
    public static Dictionary<string, HashSet<string>> Uses(IReadOnlyList<SourceFile> files)
    {
        string root = files[0].Project;
        var rooms = files.Select(file => file.Room).ToHashSet();
        ILookup<string, string> types = files.SelectMany(file => file.Types.Select(type => (file.Room, type))).ToLookup(one => one.Room, one => one.type);
        var uses = rooms.ToDictionary(room => room, _ => new HashSet<string>());
        foreach (SourceFile file in files)
        {
            foreach (Match match in Regex.Matches(file.Code, $@"\b{Regex.Escape(root)}\.([\w.]+)"))
            {
                string used = match.Groups[1].Value;
                while (!rooms.Contains(used) && used.Contains('.')) used = used[..used.LastIndexOf('.')];
                if (used != file.Room && rooms.Contains(used)) uses[file.Room].Add(used);
            }

            // The types of the room around it need no using; one of the same name in the room itself hides them.
            for (string outer = file.Room; outer.Contains('.');)
            {
                outer = outer[..outer.LastIndexOf('.')];
                if (types[outer].Except(types[file.Room]).Any(type => Regex.IsMatch(file.Code, $@"(?<![\w.]){type}\b"))) uses[file.Room].Add(outer);
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
            string room = parts.Length > 1 ? string.Join('.', parts[..^1]) : Path.GetFileName(path).Split('.')[0];
            return new SourceFile(project, room, parts[^1], File.ReadAllText(path));
        })];
    }

    public static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
