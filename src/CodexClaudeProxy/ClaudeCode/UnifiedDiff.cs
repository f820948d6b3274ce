using System.Text;
using DiffPlex;
using DiffPlex.Chunkers;
using DiffPlex.Model;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>The difference between two texts in the form <c>diff -u</c> prints.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <param name="shownBefore">The same lines as in <paramref name="before"/>, as they may be shown.</param>
    /// <returns>Empty when the texts are the same.</returns>
    public static string Of(string path, string before, string after, string shownBefore, string shownAfter)
    {
        List<(char Mark, string Line)> lines = [.. Compare(before, after, Lines(shownBefore), Lines(shownAfter))];
        if (lines.TrueForAll(line => line.Mark == ' ')) return "";

        StringBuilder diff = new($"--- {path}\n+++ {path}\n");
        for (int at = 0; Next(lines, at) is var first && first < lines.Count;)
        {
            int from = Math.Max(at, first - Context);
            int to = first;
            // Changes that are closer than two contexts share a hunk.
            for (int next = first; next < lines.Count && next <= to + (2 * Context); next = Next(lines, next + 1)) to = next;
            to = Math.Min(lines.Count, to + 1 + Context);
            WriteHunk(diff, lines, from, to);
            at = to;
        }

        return diff.ToString();
    }

    private static int Next(List<(char Mark, string Line)> lines, int from)
    {
        int found = lines.FindIndex(Math.Min(from, lines.Count), line => line.Mark != ' ');
        return found < 0 ? lines.Count : found;
    }

    private static void WriteHunk(StringBuilder diff, List<(char Mark, string Line)> lines, int from, int to)
    {
        var hunk = lines.GetRange(from, to - from);
        diff.Append($"@@ -{Range(lines, hunk, from, '+')} +{Range(lines, hunk, from, '-')} @@\n");
        foreach ((char mark, string line) in hunk)
        {
            diff.Append(mark).Append(line.TrimEnd('\n'));
            diff.Append(line.EndsWith('\n') ? "\n" : "\n\\ No newline at end of file\n");
        }
    }

    private static string Range(List<(char Mark, string Line)> lines, List<(char Mark, string Line)> hunk, int from, char other)
    {
        int count = hunk.Count(line => line.Mark != other);
        int start = lines.Take(from).Count(line => line.Mark != other) + (count == 0 ? 0 : 1);
        return count == 1 ? $"{start}" : $"{start},{count}";
    }

    /// <summary>Compares the texts as they are, and gives the lines as they may be shown.</summary>
    private static IEnumerable<(char Mark, string Line)> Compare(string before, string after, string[] shownBefore, string[] shownAfter)
    {
        int at = 0;
        foreach (DiffBlock change in Differ.Instance.CreateDiffs(before, after, ignoreWhiteSpace: false, ignoreCase: false, new CustomFunctionChunker(Lines)).DiffBlocks)
        {
            while (at < change.DeleteStartA) yield return (' ', shownBefore[at++]);
            while (at < change.DeleteStartA + change.DeleteCountA) yield return ('-', shownBefore[at++]);
            for (int i = 0; i < change.InsertCountB; i++) yield return ('+', shownAfter[change.InsertStartB + i]);
        }

        while (at < shownBefore.Length) yield return (' ', shownBefore[at++]);
    }

    /// <summary>The lines with their ends. As for <c>diff</c>, only a line feed ends one.</summary>
    private static string[] Lines(string text)
    {
        List<string> lines = [];
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..end]);
            at = end;
        }

        return [.. lines];
    }
}
