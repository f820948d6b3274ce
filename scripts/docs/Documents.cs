namespace CodexClaudeProxy.Scripts.Docs;

/// <summary>The documents that are made from the program's source, wholly or in part.</summary>
internal static class Documents
{
    /// <param name="root">Of the repository.</param>
    /// <returns>Each file's path below the root, and the text it should have.</returns>
    public static IEnumerable<(string Name, string Text)> Of(string root)
    {
        yield return (Path.Combine("docs", "codex-claude-proxy.1"), ManualPage.Text());
        foreach (string path in Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md").Append(Path.Combine(root, "README.md")).Order(StringComparer.Ordinal))
        {
            string before = File.ReadAllText(path).ReplaceLineEndings("\n");
            string after = Parts.Aggregate(before, static (text, part) => Fill(text, part.Key, part.Value));
            if (after.Contains("<!-- made: ", StringComparison.Ordinal)) yield return (Path.GetRelativePath(root, path), after);
        }
    }

    private static readonly Dictionary<string, Func<string>> Parts = new()
    {
        ["options"] = Configuration.Options,
        ["environment"] = Configuration.Environment,
        ["settings"] = Configuration.Settings,
        ["exit codes"] = Configuration.ExitCodes,
    };

    /// <summary>Replaces what stands between the two marks of a part, wherever a document has them.</summary>
    private static string Fill(string document, string name, Func<string> make)
    {
        string begin = $"<!-- made: {name} -->\n";
        const string End = "<!-- end -->";
        int from = document.IndexOf(begin, StringComparison.Ordinal);
        if (from < 0) return document;
        from += begin.Length;
        int to = document.IndexOf(End, from, StringComparison.Ordinal);
        return $"{document[..from]}{make()}{document[to..]}";
    }
}
