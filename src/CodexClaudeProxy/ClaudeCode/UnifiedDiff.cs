using System.Text;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>The difference between two texts in the form <c>diff -u</c> prints.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>Beyond this many compared pairs of lines the changed part is told as one replacement.</summary>
    private const long MostPairs = 4_000_000;

    /// <param name="shownBefore">The same lines as in <paramref name="before"/>, as they may be shown.</param>
    /// <returns>Empty when the texts are the same.</returns>
    public static string Of(string path, string before, string after, string shownBefore, string shownAfter)
    {
        List<(char Mark, string Line)> lines = [.. Compare(Lines(before), Lines(after), Lines(shownBefore), Lines(shownAfter))];
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

    private static IEnumerable<(char Mark, string Line)> Compare(string[] before, string[] after, string[] shownBefore, string[] shownAfter)
    {
        int head = 0;
        while (head < before.Length && head < after.Length && before[head] == after[head]) head++;
        int tail = 0;
        while (tail < before.Length - head && tail < after.Length - head && before[^(tail + 1)] == after[^(tail + 1)]) tail++;

        for (int i = 0; i < head; i++) yield return (' ', shownBefore[i]);
        int[,] common = Common(before.AsSpan(head..^tail), after.AsSpan(head..^tail));
        int a = head;
        int b = head;
        while (a < before.Length - tail || b < after.Length - tail)
        {
            bool hasBefore = a < before.Length - tail;
            bool hasAfter = b < after.Length - tail;
            if (hasBefore && hasAfter && common.Length > 0 && before[a] == after[b])
            {
                yield return (' ', shownBefore[a++]);
                b++;
            }
            else if (hasBefore && (!hasAfter || common.Length == 0 || common[a - head + 1, b - head] >= common[a - head, b - head + 1])) yield return ('-', shownBefore[a++]);
            else yield return ('+', shownAfter[b++]);
        }

        for (int i = before.Length - tail; i < before.Length; i++) yield return (' ', shownBefore[i]);
    }

    /// <summary>The length of the longest common run of lines from each pair of places on; empty when that would be too much work.</summary>
    private static int[,] Common(ReadOnlySpan<string> before, ReadOnlySpan<string> after)
    {
        if ((long)before.Length * after.Length > MostPairs) return new int[0, 0];
        int[,] common = new int[before.Length + 1, after.Length + 1];
        for (int a = before.Length - 1; a >= 0; a--)
        {
            for (int b = after.Length - 1; b >= 0; b--)
                common[a, b] = before[a] == after[b] ? common[a + 1, b + 1] + 1 : Math.Max(common[a + 1, b], common[a, b + 1]);
        }

        return common;
    }

    /// <summary>The lines with their ends.</summary>
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
