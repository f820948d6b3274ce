using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Architecture;

/// <summary>One method with a body, as long as it stands in its file: without the comments and attributes above it.</summary>
internal sealed partial record SourceMethod(SourceFile File, string Name, int Lines)
{
    public override string ToString() => $"{File}: {Name}";

    /// <summary>
    /// Found by layout, which is the same everywhere: a member begins at the indentation of its type and ends before the next line that is not
    /// deeper. Local functions belong to the method around them.
    /// </summary>
    public static IEnumerable<SourceMethod> In(SourceFile file)
    {
        string[] lines = file.Text.TrimEnd().Split('\n');
        return Members(file, lines, 0, lines.Length, 0);
    }

    private static IEnumerable<SourceMethod> Members(SourceFile file, string[] lines, int from, int to, int depth)
    {
        for (int at = from, next; at < to; at = next)
        {
            next = at + 1;
            if (DepthOf(lines[at]) != depth || !Beginning().IsMatch(lines[at])) continue;

            next = EndOf(lines, at, to, depth);
            int last = next;
            while (lines[last - 1].Length == 0) last--;
            if (Type().IsMatch(lines[at]))
            {
                foreach (SourceMethod inner in Members(file, lines, at + 1, last, depth + 4)) yield return inner;
            }
            else if (Method().Match(lines[at]) is { Success: true } head && HasBody(lines[at..last], depth))
            {
                yield return new SourceMethod(file, head.Groups["name"].Value, last - at);
            }
        }
    }

    /// <summary>The first line behind the member.</summary>
    private static int EndOf(string[] lines, int at, int to, int depth)
    {
        for (int line = at + 1; line < to; line++)
        {
            if (lines[line].Length == 0 || lines[line][0] == '#' || DepthOf(lines[line]) > depth) continue;
            char first = lines[line][Math.Min(depth, lines[line].Length - 1)];
            if (DepthOf(lines[line]) == depth && first == '{') continue;
            return DepthOf(lines[line]) == depth && first is '}' or ')' ? line + 1 : line;
        }

        return to;
    }

    private static bool HasBody(string[] lines, int depth) =>
        lines.Any(line => line.Contains("=>", StringComparison.Ordinal) || line == new string(' ', depth) + "{") || lines[^1].EndsWith('}');

    private static int DepthOf(string line) => line.Length == 0 ? int.MaxValue : line.Length - line.TrimStart(' ').Length;

    /// <summary>No comment, attribute, directive or brace.</summary>
    [GeneratedRegex(@"^ *\w")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"^ *(?:(?:public|internal|private|protected|static|sealed|abstract|readonly|ref|partial|file|unsafe) )*(?:class|struct|interface|enum|record(?: struct)?) \w")]
    private static partial Regex Type();

    [GeneratedRegex(@"^[^=;""]*?\b(?!new\b)(?<name>\w+)(?:<[^()]*>)?\(")]
    private static partial Regex Method();
}
