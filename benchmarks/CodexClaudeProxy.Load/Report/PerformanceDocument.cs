namespace CodexClaudeProxy.Load.Report;

/// <summary>The document whose frame is written by hand, and whose tables come from here.</summary>
internal static class PerformanceDocument
{
    private const string End = "<!-- end -->";

    /// <summary>Replaces what stands between the marks of one part.</summary>
    public static void Replace(string file, string part, string text)
    {
        string document = File.ReadAllText(file);
        string mark = $"<!-- bench: {part} -->";
        int from = document.IndexOf(mark, StringComparison.Ordinal);
        int to = from < 0 ? -1 : document.IndexOf(End, from, StringComparison.Ordinal);
        if (to < 0) throw new InvalidOperationException($"{file} has no part between {mark} and {End}.");
        File.WriteAllText(file, $"{document[..from]}{mark}\n{text}{document[to..]}");
    }
}
