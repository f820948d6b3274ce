using System.Text;

namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>Our own rules, from one embedded file: how to judge, and three numbered lists.</summary>
internal static class CheckRules
{
    private const string Resource = "auto-mode-rules.md";

    private static readonly Dictionary<string, string> Sections = Read();

    /// <summary>How to judge, with the lists that count for a request.</summary>
    public static string For(ClassifierContext context)
    {
        var text = new StringBuilder(Sections[""]);
        foreach (var (name, title) in (ReadOnlySpan<(string, string)>)[("hard", "Hard rules:"), ("soft", "Soft rules:"), ("allow", "Always allowed, unless a hard or soft rule names it:")])
        {
            if (context.BuiltIn.Contains(name)) text.Append("\n\n").Append(title).Append('\n').Append(Sections[name]);
        }

        return text.ToString();
    }

    /// <summary>The numbers of one list, such as <c>S3</c>.</summary>
    public static IEnumerable<string> Ids(string section) =>
        Sections[section].Split('\n').Select(static line => line[..line.IndexOf(':')]);

    private static Dictionary<string, string> Read()
    {
        using var stream = typeof(CheckRules).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is missing");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var parts = reader.ReadToEnd().ReplaceLineEndings("\n").Split("\n## ");
        Dictionary<string, string> sections = new() { [""] = parts[0].Trim() };
        foreach (var part in parts.Skip(1))
        {
            var end = part.IndexOf('\n');
            sections[part[..end].Trim()] = part[(end + 1)..].Trim();
        }

        return sections;
    }
}
