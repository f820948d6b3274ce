using System.Text.RegularExpressions;
using CodexClaudeProxy.Tests.Architecture;

namespace CodexClaudeProxy.Tests.Documentation;

/// <summary>One of the documents for people.</summary>
internal sealed partial record MarkdownFile(string Path, string[] Lines)
{
    public static IReadOnlyList<MarkdownFile> All { get; } =
    [
        .. Directory.EnumerateFiles(System.IO.Path.Combine(SourceTree.Root(), "docs"), "*.md")
            .Concat([System.IO.Path.Combine(SourceTree.Root(), "README.md"), System.IO.Path.Combine(SourceTree.Root(), "CONTRIBUTING.md")])
            .Select(path => new MarkdownFile(path, File.ReadAllLines(path))),
    ];

    /// <summary>Lines outside and inside of code blocks, with the language of the block and the line's number.</summary>
    public IEnumerable<(int At, string? Language, string Text)> Parts()
    {
        string? language = null;
        for (int at = 0; at < Lines.Length; at++)
        {
            if (Lines[at].StartsWith("```", StringComparison.Ordinal)) language = language is null ? Lines[at][3..].Trim() : null;
            else yield return (at + 1, language, Lines[at]);
        }
    }

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public HashSet<string> Anchors() =>
        [.. Parts().Where(part => part.Language is null && part.Text.StartsWith('#')).Select(part => NotInAnchors().Replace(part.Text.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    public override string ToString() => System.IO.Path.GetFileName(Path);

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchors();
}
